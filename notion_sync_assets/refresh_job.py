"""``refresh_scope``: named pages of one scope read again, and what shows them rendered, as one run.

Here: the job that a webhook starts, and a person may. Not here: when (``webhook_sensor``), the sync (``core.sync``),
a whole export (``export_job``). It writes no receipt: that is the account of an export.
"""

import dagster as dg
from pydantic import Field

from notion_sync_assets.assets.derived import link_metadata, site_metadata
from notion_sync_assets.core.identifiers import parse_reference
from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.render.places import HTML
from notion_sync_assets.core.sync.thoroughness import Thoroughness
from notion_sync_assets.export_steps import chosen_scopes, only_export, prepare_root, private_files
from notion_sync_assets.failures import told_to_dagster
from notion_sync_assets.jobs import render_and_log, sync_and_log
from notion_sync_assets.names import Names
from notion_sync_assets.partitions import add_keys
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of

_ATTEMPTS = 3


class RefreshConfig(dg.Config):
    """What one run looks at again."""

    scope: str = Field(description="Partition key of the scope.")
    objects: list[str] = Field(
        default=[],
        description="Ids or addresses of its pages to read again; of its data source for schema and views.",
    )


def refresh_job(names: Names) -> dg.JobDefinition:
    """Return the job; beside the named pages it finds what Notion stamped as edited in the scope."""

    @dg.op(
        name=names.job("refresh_objects"),
        description="Sync one scope, then links, formats and site where they show it.",
        required_resource_keys={names.resource("export")},
        pool=names.notion_pool,
    )
    def refresh_objects(context: dg.OpExecutionContext, config: RefreshConfig) -> None:
        runtime = runtime_of(context.resources, names)
        with told_to_dagster(attempt=context.retry_number, attempts=_ATTEMPTS), private_files():
            prepare_root(runtime.settings)
            with only_export(runtime, context.run_id):
                _sync(context, runtime, names, config)
                _show(context, runtime, names, config.scope)

    @dg.job(
        name=names.job("refresh_scope"),
        description="Read named pages of one scope again, whatever their times say, and render them.",
        executor_def=dg.in_process_executor,
        tags=names.tags,
    )
    def refresh_scope() -> None:
        refresh_objects()

    return refresh_scope


def _sync(
    context: dg.OpExecutionContext, runtime: ExportRuntime, names: Names, config: RefreshConfig
) -> None:
    add_keys(context.instance, names.scopes, [config.scope])
    again = {config.scope: frozenset(map(_identifier, config.objects))}
    sync_and_log(context, runtime, names, [config.scope], Thoroughness(delta=True), again)
    if config.scope in runtime.batch.errors:
        raise runtime.batch.errors[config.scope]


def _show(context: dg.OpExecutionContext, runtime: ExportRuntime, names: Names, scope: str) -> None:
    links = runtime.build_links()
    context.log_event(dg.AssetMaterialization(names.notion("link_table"), metadata=link_metadata(links)))
    formats = [form.value for form in runtime.settings.output.formats]
    kept = {each.key for each in chosen_scopes(runtime)[0]}
    render_and_log(context, runtime, names, sorted({scope, *links.written} & kept), formats)
    if HTML in formats:
        site = runtime.build_site()
        context.log_event(dg.AssetMaterialization(names.export("site"), metadata=site_metadata(site)))


def _identifier(text: str) -> str:
    found = parse_reference(text)
    if found is None:
        raise ConfigurationError(
            f"{text[:80]!r} is neither an id nor an address of Notion", hint="copy the link of the page"
        )
    return found
