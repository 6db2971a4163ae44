"""``notion-sync history`` and ``diff``: what an export knows of the past. They read, call nobody and write nothing.

Here: the commands. Not here: what differs (``core.history``).
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.core.identifiers import parse_reference
from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.export_root import export_root
from notion_sync_assets.settings import load_settings

if TYPE_CHECKING:
    from notion_sync_assets.core.history.report import WorkspaceDifference
    from notion_sync_assets.core.storage.base import Storage

output_option = click.option("--output", "-o", help="Folder of the export (default: ./notion-export).")


@click.command()
@click.argument("page")
@output_option
@config_file_option
@json_option
def history(page: str, config_file: Path | None, *, output: str | None, as_json: bool) -> None:
    """Show every version of a page or data source (id or URL), and what each changed."""
    with explained(as_json=as_json):
        identifier = identifier_of(page)
        storage = _export(output, config_file)
        click.echo(_history_json(storage, identifier) if as_json else _history_text(storage, identifier))


@click.command()
@click.option("--since", required=True, help="A day or time, such as 2026-11-01 or 2026-11-01T09:00 (UTC).")
@click.option("--until", help="Up to this day or time (default: now).")
@click.option("--markdown", is_flag=True, help="Write Markdown.")
@output_option
@config_file_option
@json_option
def diff(
    config_file: Path | None,
    *,
    since: str,
    until: str | None,
    markdown: bool,
    output: str | None,
    as_json: bool,
) -> None:
    """Show what changed in the workspace since a time: pages, their properties and blocks, data sources."""
    with explained(as_json=as_json):
        from notion_sync_assets.core.history.report import WorkspaceDifference

        begin, end = moment(since), moment(until) if until else None
        storage = _export(output, config_file)
        with WorkspaceDifference(storage, begin, end) as found:
            if as_json:
                click.echo(_diff_json(found, begin, end))
            else:
                for line in _diff_lines(storage, found, begin, markdown=markdown):
                    click.echo(line)


def identifier_of(text: str) -> str:
    """Return the id a person gave as id or URL; ``ConfigurationError`` for anything else."""
    found = parse_reference(text)
    if found is None:
        raise ConfigurationError(
            f"{text!r} is neither a Notion id nor the address of a page",
            hint="copy the link of the page in Notion",
        )
    return found


def moment(text: str) -> str:
    """Return a time a person typed as UTC ISO with an offset; without one it is taken for UTC."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            f"{text!r} is no time", hint="write 2026-11-01 or 2026-11-01T09:00"
        ) from None
    aware = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).isoformat()


def _export(output: str | None, config_file: Path | None) -> "Storage":
    from notion_sync_assets.committed_work import require_export

    storage = export_root(load_settings({"output.path": output}, config_file=config_file))
    require_export(storage)
    return storage


def _user_names(storage: "Storage") -> dict[str, str]:
    from notion_sync_assets.core.sync.index import Index

    index = Index.load(storage)
    index.close()
    return {str(user["id"]): str(user["name"]) for user in index.state.users if user.get("name")}


def _history_text(storage: "Storage", identifier: str) -> str:
    from notion_sync_assets.core.history.texts import plain, version_lines
    from notion_sync_assets.core.history.versions import page_versions

    users = _user_names(storage)
    lines: list[str] = []
    title = ""
    for version in page_versions(storage, identifier):
        title = version.event.title
        lines += version_lines(version, users)
    if lines:
        return "\n".join([f"{plain(title) or 'Untitled'} ({identifier})", *lines])
    of_source = [plain(line, longest=None) for line in _source_lines(storage, identifier)]
    if not of_source:
        raise ConfigurationError(
            f"nothing was ever exported of {identifier}", hint="check the id, and the folder (--output)"
        )
    return "\n".join(of_source)


def _source_lines(storage: "Storage", identifier: str) -> Iterator[str]:
    for event in _source_events(storage, identifier):
        kind = "column" if event["object"] == "property" else "data source"
        yield f'{event["committed_at"]}  {event["change"]:8} {kind} "{event["title"]}" (commit {event["seq"]})'


def _source_events(storage: "Storage", identifier: str) -> list[dict[str, object]]:
    """Return the events of a data source and its columns."""
    from notion_sync_assets.core.history.stream import EventStream
    from notion_sync_assets.core.sync.commits import Commits
    from notion_sync_assets.core.sync.index import Index
    from notion_sync_assets.core.sync.scopes import key_id

    index = Index.load(storage)
    index.close()
    # What people copy in Notion is the address of the database.
    wanted = {identifier, *(each for each, database in index.state.sources.items() if database == identifier)}
    keys = [key for key in Commits(storage).committed_scopes() if key_id(key) in wanted]
    return [
        dataclasses.asdict(event)
        for key in keys
        for event in EventStream(storage).of_scope(key)
        if event.object in ("data_source", "property")
    ]


def _history_json(storage: "Storage", identifier: str) -> str:
    from notion_sync_assets.core.history.texts import version_json
    from notion_sync_assets.core.history.versions import page_versions

    versions = [version_json(each) for each in page_versions(storage, identifier)]
    found = {"id": identifier, "versions": versions, "events": _source_events(storage, identifier)}
    return orjson.dumps(found).decode()


def _diff_json(found: "WorkspaceDifference", since: str, until: str | None) -> str:
    from notion_sync_assets.core.history.texts import difference_json

    pages = [difference_json(page) for page in found.pages()]
    schema = [dataclasses.asdict(each) for each in found.schema]
    return orjson.dumps({"since": since, "until": until, "pages": pages, "data_sources": schema}).decode()


def _diff_lines(
    storage: "Storage", found: "WorkspaceDifference", since: str, *, markdown: bool
) -> Iterator[str]:
    from notion_sync_assets.core.history import texts

    users = _user_names(storage)
    scope, empty = None, True
    yield f"# Changes since {since}\n" if markdown else f"Changes since {since}"
    lines = texts.difference_markdown if markdown else texts.difference_lines
    for page in found.pages():
        if page.scope != scope:
            scope, title = page.scope, page.scope.rsplit("-", 1)[0]
            yield f"\n## {title}\n" if markdown else f"\n{title}"
        yield from lines(page, users)
        empty = False
    for number, each in enumerate(found.schema):
        if number == 0:
            yield "\n## Data sources\n" if markdown else "\nData sources"
        line = texts.schema_line(each)
        yield f"- {texts.marked(line, longest=None)}" if markdown else line
        empty = False
    if empty:
        yield "Nothing changed."
