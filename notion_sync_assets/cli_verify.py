"""``notion-sync verify``: whether an export is whole, and the repair of what is not.

Here: the command. Not here: the checks (``core.integrity``), the repair (``verifying``).
"""

import sys
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.cli_history import output_option
from notion_sync_assets.exit_codes import INCOMPLETE, OK
from notion_sync_assets.settings import load_settings

_HINT = "'notion-sync verify --repair' reads again what it can; what is left needs a backup ('notion-sync restore')"


@click.command()
@click.option("--repair", is_flag=True, help="Make again, or read again from Notion, what is damaged.")
@click.option(
    "--live", type=click.IntRange(min=0), default=0, help="Also compare this many pages with Notion."
)
@output_option
@config_file_option
@json_option
def verify(config_file: Path | None, *, repair: bool, live: int, output: str | None, as_json: bool) -> None:
    """Check every file of an export against hashes, manifests, events and links; exit code 1 if anything is wrong."""
    with explained(as_json=as_json):
        from notion_sync_assets.committed_work import opened_alone
        from notion_sync_assets.core.history.texts import plain
        from notion_sync_assets.verifying import verified

        settings = load_settings({"output.path": output}, config_file=config_file)
        with opened_alone(settings, "verify") as (runtime, _):
            result = verified(runtime, repair=repair, live=live)
        code = INCOMPLETE if result.problems else OK
        if as_json:
            told = {"findings": [asdict(each) for each in result.findings], "repaired": result.repaired}
            click.echo(orjson.dumps({**told, "compared": result.compared, "exit_code": code}).decode())
        else:
            for each in result.findings:
                click.echo(plain(f"{each.kind:12} {each.path}: {each.detail}", longest=None))
            click.echo(_conclusion(len(result.problems), result.repaired, result.compared))
            if result.problems:
                click.echo(f"       {_HINT}", err=True)
    sys.exit(code)


def _conclusion(problems: int, repaired: int, compared: int) -> str:
    parts = ["everything is as it was written" if not problems else f"{problems} problems"]
    parts += [f"{repaired} repaired"] if repaired else []
    parts += [f"{compared} pages compared with Notion"] if compared else []
    return ", ".join(parts)
