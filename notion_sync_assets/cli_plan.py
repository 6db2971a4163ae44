"""``notion-sync plan``: what an export would do, found out by a search and a sample, without writing anything.

Here: the command, and the forecast as text or JSON. Not here: the forecast (``core.sync.forecast``).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from notion_sync_assets.cli_errors import explained
from notion_sync_assets.cli_export import export, overrides
from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.errors import OutputFolderError
from notion_sync_assets.core.terminal import one_line
from notion_sync_assets.export_root import export_root
from notion_sync_assets.settings import load_settings

if TYPE_CHECKING:
    from notion_sync_assets.core.storage.base import Storage
    from notion_sync_assets.core.sync.estimate import Estimate
    from notion_sync_assets.core.sync.forecast import Forecast, ForecastOptions
    from notion_sync_assets.settings_model import Settings

_LEAST_SAMPLED = 3
_MOST_SAMPLED = 60
_SHOWN = 10
_MINUTE_S = 60
_HOUR_S = 3600
_STATES = ("new", "changed", "again", "unchanged", "missing")
_OF_EXPORT = (
    *("output", "state_dir", "databases", "pages", "exclude", "full", "config_file", "as_json"),
    *("no_blocks", "no_properties", "no_comments", "no_files"),
)


@click.command()
@click.option(
    "--sample",
    type=click.IntRange(_LEAST_SAMPLED, _MOST_SAMPLED),
    default=_MOST_SAMPLED,
    show_default=True,
    help="Pages to read for the estimate, at most.",
)
def plan(config_file: Path | None, *, as_json: bool, full: bool, sample: int, **options: Any) -> None:
    """Show what an export would do: scopes, pages, requests, time. Writes nothing."""
    import asyncio

    with explained(as_json=as_json):
        given = overrides({**options, "formats": None, "max_file_size": None})
        settings = load_settings(given, config_file=config_file)
        found = asyncio.run(_forecast(settings, full=full, sample=sample))
        report = plan_report(found, settings)
        click.echo(orjson.dumps(report).decode() if as_json else "\n".join(_lines(report)))


# The options that decide what an export reads mean the same here.
plan.params.extend(parameter for parameter in export.params if parameter.name in _OF_EXPORT)


async def _forecast(settings: "Settings", *, full: bool, sample: int) -> "Forecast":
    from notion_sync_assets.cli_connection import looking
    from notion_sync_assets.core.sync.forecast import forecast

    storage = export_root(settings)
    _check(storage)
    async with looking(settings) as client:
        return await forecast(
            client, storage, await client.me(), _options(settings, full=full, sample=sample)
        )


def _check(storage: "Storage") -> None:
    """Refuse a folder that the export would refuse; one that is not there yet is fine."""
    from notion_sync_assets.core.storage.local import LocalStorage
    from notion_sync_assets.core.sync.identity import check_folder

    if isinstance(storage, LocalStorage):
        nearest = next(place for place in (storage.root, *storage.root.parents) if place.exists())
        if not nearest.is_dir():
            raise OutputFolderError(f"cannot use the output folder {storage.root}: {nearest} is a file")
    check_folder(storage, storage.names(""))


def _options(settings: "Settings", *, full: bool, sample: int) -> "ForecastOptions":
    import datetime as dt

    from notion_sync_assets.core.sync.forecast import ForecastOptions
    from notion_sync_assets.core.sync.workload import WorkloadOptions

    output = settings.output
    workload = WorkloadOptions(
        fingerprint=settings.fingerprint(),
        margin=dt.timedelta(seconds=settings.sync.settle_seconds),
        full=full,
        exclude=frozenset(output.exclude),
        sample=sample,
    )
    wanted = frozenset((*output.databases, *output.pages))
    return ForecastOptions(
        workload,
        wanted,
        blocks=output.blocks,
        properties=output.properties,
        comments=output.comments,
        files=output.files,
        block_comments=output.block_comment_requests if output.block_comments else 0,
        verify=settings.sync.verify_requests,
    )


def plan_report(found: "Forecast", settings: "Settings") -> Json:
    """Return the forecast as JSON: numbers that are not known are ``{"low", "expected", "high"}``."""
    from notion_sync_assets.core.sync.identity import workspace_of

    notion = settings.notion
    return {
        "workspace": workspace_of(found.workspace),
        "output": settings.output.path,
        "scopes": [
            {"key": each.scope.key, "kind": each.scope.kind, "title": each.scope.title, "first": each.first}
            | {state: getattr(each, state) for state in _STATES}
            for each in found.outlooks
        ],
        "pages": {state: sum(getattr(each, state) for each in found.outlooks) for state in _STATES}
        | {"unplaced": found.unplaced},
        "requests": {
            "total": found.total.to_json(),
            "by_kind": {kind: each.to_json() for kind, each in found.requests.items()},
        },
        "seconds": _seconds(found.total, settings),
        "limit": {"requests": notion.requests_per_window, "window_seconds": notion.window_seconds},
        "comments_permitted": found.comments_permitted,
        "block_comments": found.block_comments.to_json(),
        "files": found.files.to_json(),
        "not_shared": found.not_shared,
        "linked_not_listed": found.unlisted,
        "plan": {"requests": found.spent, "pages_sampled": found.sampled},
    }


def _seconds(requests: "Estimate", settings: "Settings") -> Json:
    from notion_sync_assets.core.sync.estimate import seconds_at

    limit, window = settings.notion.requests_per_window, float(settings.notion.window_seconds)
    return {bound: seconds_at(number, limit, window) for bound, number in requests.to_json().items()}


def _lines(report: Json) -> Iterator[str]:
    name = one_line(report["workspace"].get("workspace_name") or "workspace")
    yield f"{name}: an export to {one_line(report['output'])} would work on"
    kinds = [each["kind"] for each in report["scopes"]]
    trees = kinds.count("page_tree")
    yield f"  scopes         {len(kinds)}: {len(kinds) - trees} data sources, {trees} page trees"
    for each in sorted(report["scopes"], key=lambda scope: (-scope["new"] - scope["changed"], scope["key"]))[
        :_SHOWN
    ]:
        yield f"                 {one_line(each['title'] or each['key'])}: {_pages(each)}"
    if len(kinds) > _SHOWN:
        yield f"                 … and {len(kinds) - _SHOWN} more"
    yield f"  pages          {_pages(report['pages'])}"
    requests = report["requests"]
    yield f"  requests       {_range(requests['total'])}"
    for kind, each in requests["by_kind"].items():
        if each["high"]:
            yield f"    {kind:17}{_range(each)}"
    yield f"  time           {_time(report)}"
    yield f"  comments       {_comments(report)}"
    yield f"  on blocks      {_range(report['block_comments'])} requests would read the comments on single blocks"
    yield f"  files          {_range(report['files'])}; they cost no requests"
    yield from _not_shared(report)
    spent = report["plan"]
    yield f"  this plan      {spent['requests']} requests, {spent['pages_sampled']} pages sampled; nothing was written"


def _pages(counts: Json) -> str:
    names = {"again": "to read again", "missing": "not in search", "unplaced": "without a known place"}
    shown = [
        f"{counts[state]} {names.get(state, state)}" for state in (*_STATES, "unplaced") if counts.get(state)
    ]
    return ", ".join(shown) or "no pages"


def _range(estimate: Json) -> str:
    if estimate["low"] == estimate["high"]:
        return str(estimate["low"])
    return f"{estimate['low']} to {estimate['high']}, likely {estimate['expected']}"


def _time(report: Json) -> str:
    limit, seconds = report["limit"], report["seconds"]
    if not limit["requests"]:
        return "not limited"
    bounds = dict.fromkeys(_duration(seconds[bound]) for bound in ("low", "high"))
    return f"{' to '.join(bounds)} at {limit['requests']} requests in {limit['window_seconds']} s"


def _duration(seconds: float) -> str:
    if seconds < _MINUTE_S:
        return "less than 1 min"
    if seconds < _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds / _HOUR_S:.1f} h"


def _comments(report: Json) -> str:
    if not report["comments_permitted"]:
        return "the connection may not read them: give it that capability, or use --no-comments"
    likely = report["requests"]["by_kind"]["comments"]["expected"]
    share = 100 * likely / report["requests"]["total"]["expected"]
    return f"{likely} of the requests ({share:.0f} %); --no-comments saves them"


def _not_shared(report: Json) -> Iterator[str]:
    known, unlisted = report["not_shared"], report["linked_not_listed"]
    if known:
        yield f"  not shared     {len(known)} linked and refused: {', '.join(known[:3])}"
    if unlisted:
        yield f"  not listed     {len(unlisted)} linked; not shared, or search left them out: {', '.join(unlisted[:3])}"
