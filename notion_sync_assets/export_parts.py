"""Jobs for a part of an export: the scopes somebody asked for, the scopes that failed, and what needs no Notion at all.

Here: these jobs. Not here: a whole export (``export_job``), who starts them (``request_sensor``, ``publishing_sensor``,
or a person). Each publishes what it did and then fails if something reachable is missing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg
from pydantic import Field

from notion_sync_assets.checks import failed_scopes
from notion_sync_assets.core.sync.thoroughness import Thoroughness
from notion_sync_assets.export_publish import asked_formats, catalog_op, publish_and_log
from notion_sync_assets.export_steps import chosen_scopes, only_export, prepare_root, private_files
from notion_sync_assets.failures import told_to_dagster
from notion_sync_assets.jobs import sync_and_log
from notion_sync_assets.names import Names
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of

_ATTEMPTS = 3
_MISSING = "What is missing, empty when nothing is."


class RequestConfig(dg.Config):
    """What somebody asked for."""

    scopes: list[str] = Field(description="Partition keys of the scopes to bring up to date.")
    formats: list[str] = Field(
        default=[], description="Names of the formats to write; none for those of output.formats."
    )
    full: bool = Field(default=False, description="Read every page again instead of only those that changed.")


def part_jobs(names: Names) -> list[dg.JobDefinition]:
    """Return the jobs of one workspace."""
    build_catalog = catalog_op(names, "build_catalog_of_part")
    return [
        _export_request(names, build_catalog),
        _sync_failed(names, build_catalog),
        _publish_export(names, build_catalog),
    ]


def _export_request(names: Names, build_catalog: Any) -> dg.JobDefinition:
    @dg.op(
        name=names.job("export_requested"),
        description="Sync the scopes, then links, formats and site.",
        required_resource_keys={names.resource("export")},
        pool=names.notion_pool,
        out=dg.Out(str, description=_MISSING),
    )
    def export_requested(context: dg.OpExecutionContext, config: RequestConfig) -> str:
        with _alone(context, names) as runtime:
            parts = (config.scopes, asked_formats(runtime.settings, config.formats))
            return _sync_and_publish(context, runtime, names, parts, Thoroughness(full=config.full))

    return _job(
        names,
        "export_request",
        "Bring some scopes up to date, in some formats; a request file starts it.",
        lambda: build_catalog(export_requested()),
    )


def _sync_failed(names: Names, build_catalog: Any) -> dg.JobDefinition:
    @dg.op(
        name=names.job("sync_failed_scopes"),
        description="Sync the scopes that the check failed_scopes names, then links, formats and site.",
        required_resource_keys={names.resource("export")},
        pool=names.notion_pool,
        out=dg.Out(str, description=_MISSING),
    )
    def sync_failed_scopes(context: dg.OpExecutionContext) -> str:
        with _alone(context, names) as runtime:
            parts = (failed_scopes(runtime).keys, asked_formats(runtime.settings, ()))
            return _sync_and_publish(context, runtime, names, parts, Thoroughness())

    return _job(
        names,
        "sync_failed",
        "Try again what failed: scopes with failed pages, and scopes that an error stopped.",
        lambda: build_catalog(sync_failed_scopes()),
    )


def _publish_export(names: Names, build_catalog: Any) -> dg.JobDefinition:
    @dg.op(
        name=names.job("publish_scopes"),
        description="Links, formats and site of everything committed.",
        required_resource_keys={names.resource("export")},
        # It asks nothing of Notion, but an export that waits out an outage holds the folder for minutes.
        pool=names.notion_pool,
        out=dg.Out(str, description="Always empty: nothing is asked of Notion."),
    )
    def publish_scopes(context: dg.OpExecutionContext) -> str:
        with _alone(context, names) as runtime:
            keys = [scope.key for scope in chosen_scopes(runtime)[0]]
            publish_and_log(context, runtime, names, keys, asked_formats(runtime.settings, ()))
        return ""

    return _job(
        names,
        "publish_export",
        "Bring links, formats, site and catalog up to what is committed, without Notion.",
        lambda: build_catalog(publish_scopes()),
    )


def _job(names: Names, name: str, description: str, steps: Callable[[], object]) -> dg.JobDefinition:
    @dg.job(
        name=names.job(name),
        description=description,
        executor_def=dg.in_process_executor,
        tags=names.tags,
    )
    def job() -> None:
        steps()

    return job


@contextmanager
def _alone(context: dg.OpExecutionContext, names: Names) -> Iterator[ExportRuntime]:
    """Hold the prepared export folder as the only export on it; errors are told in Dagster's words."""
    runtime = runtime_of(context.resources, names)
    with told_to_dagster(attempt=context.retry_number, attempts=_ATTEMPTS), private_files():
        prepare_root(runtime.settings)
        with only_export(runtime, context.run_id):
            yield runtime


def _sync_and_publish(
    context: dg.OpExecutionContext,
    runtime: ExportRuntime,
    names: Names,
    parts: tuple[Sequence[str], Sequence[str]],
    mode: Thoroughness,
) -> str:
    """Sync scopes and publish them; ``parts``: their keys and the formats. Return what is missing of them."""
    keys, formats = parts
    sync_and_log(context, runtime, names, keys, mode)
    publish_and_log(context, runtime, names, keys, formats)
    found = failed_scopes(runtime)
    lines = [f"{key}: {count} pages failed" for key, count in found.scopes.items() if key in keys]
    lines += [f"{each.key}: {each.message} {each.hint}" for each in found.stopped if each.key in keys]
    return "\n".join(lines[:20])
