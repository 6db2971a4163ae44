"""``notion-sync``: the command line (design §11).

Here: the group, and how errors end a command. Not here: any command (``cli_*``). Nothing heavy is imported until a
command needs it: help is quick.
"""

import logging
import sys
import warnings

import click

from notion_sync_assets.allocation import keep_heaps_small
from notion_sync_assets.cli_backup import backup, restore
from notion_sync_assets.cli_catalog import catalog_group, query
from notion_sync_assets.cli_config import config_group
from notion_sync_assets.cli_demo import demo, emulator
from notion_sync_assets.cli_doctor import doctor
from notion_sync_assets.cli_export import export
from notion_sync_assets.cli_history import diff, history
from notion_sync_assets.cli_keeping import gc, publish, purge, rollback
from notion_sync_assets.cli_maintain import maintain
from notion_sync_assets.cli_plan import plan
from notion_sync_assets.cli_serve import health, serve, webhook_group
from notion_sync_assets.cli_status import status
from notion_sync_assets.cli_verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="notion-sync-assets", prog_name="notion-sync")
def cli() -> None:
    """Keep a complete, current, versioned copy of a Notion workspace.

    NOTION_TOKEN holds the token of a connection; 'notion-sync demo' needs none.
    """
    # Dagster binds resources to a sensor of two jobs by a copy that names a parameter nobody gave.
    warnings.filterwarnings("ignore", message="Parameter `owners` of initializer `SensorDefinition")
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )


_COMMANDS = (
    *(export, plan, doctor, status, query, history, diff, verify),
    *(catalog_group, backup, restore, gc, rollback, purge, publish, maintain, config_group),
    *(serve, webhook_group, health, emulator, demo),
)
for _command in _COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    keep_heaps_small()
    cli(prog_name="notion-sync")


if __name__ == "__main__":
    main()
