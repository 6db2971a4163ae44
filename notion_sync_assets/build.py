"""The only assembly of definitions (design §8).

Here: which assets, jobs, schedules, sensors, checks and resources make a code location, from settings, with overrides for tests. Not
here: any of their code. Nothing is opened: loading works without a token, a network or an export.
"""

import datetime as dt

import dagster as dg

from notion_sync_assets.assets.derived import (
    catalog_asset,
    export_asset,
    link_table,
    page_versions,
    site_asset,
)
from notion_sync_assets.assets.index import index_asset
from notion_sync_assets.assets.scopes import scope_assets
from notion_sync_assets.checks import failed_scopes_check
from notion_sync_assets.content_checks import content_checks
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.export_job import export_job
from notion_sync_assets.export_parts import part_jobs
from notion_sync_assets.failure_sensor import run_failure_sensor
from notion_sync_assets.io_managers.documents import DocumentsIOManager
from notion_sync_assets.io_managers.formats import FormatIOManager
from notion_sync_assets.jobs import asset_jobs, batch_jobs
from notion_sync_assets.names import Names
from notion_sync_assets.publishing_sensor import publish_after_sync_sensor
from notion_sync_assets.refresh_job import refresh_job
from notion_sync_assets.request_sensor import export_request_sensor
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets.schedules import export_schedules
from notion_sync_assets.sensors import changed_scopes_sensor
from notion_sync_assets.settings_model import Settings
from notion_sync_assets.webhook_sensor import webhook_sensor


def build_definitions(settings: Settings, *, runtime: ExportRuntime | None = None) -> dg.Definitions:
    """Return the definitions of one workspace.

    ``runtime``: a runtime somebody else opens and closes, as the command line does; by default one of its own.
    """
    shared = runtime or ExportRuntime(settings)
    names = Names(settings.output.workspace)
    forms = tuple(FORMATS)
    fresh = freshness_policy(settings.dagster.fresh_within_hours)
    whole, parts, refresh = export_job(names), part_jobs(names), refresh_job(names)
    return dg.Definitions(
        assets=[
            index_asset(names, fresh),
            scope_assets(names),
            page_versions(names),
            link_table(names),
            *(export_asset(names, form) for form in forms),
            site_asset(names, fresh),
            catalog_asset(names, fresh),
        ],
        asset_checks=[failed_scopes_check(names), content_checks(names)],
        jobs=[*asset_jobs(names, forms), *batch_jobs(names), whole, *parts, refresh],
        schedules=export_schedules(names),
        sensors=[
            changed_scopes_sensor(names),
            webhook_sensor(names, [refresh, whole]),
            export_request_sensor(names, [parts[0], whole]),
            publish_after_sync_sensor(names),
            run_failure_sensor(names, shared),
        ],
        resources={
            names.resource("export"): dg.ResourceDefinition.hardcoded_resource(
                shared, "The export root and the connection to Notion"
            ),
            names.resource("documents"): dg.IOManagerDefinition.hardcoded_io_manager(
                DocumentsIOManager(shared), "Hands committed scopes to the formats"
            ),
            **{
                names.resource(f"{form}_files"): dg.IOManagerDefinition.hardcoded_io_manager(
                    FormatIOManager(shared, form), f"Writes {form} files"
                )
                for form in forms
            },
        },
    )


def freshness_policy(hours: int) -> dg.FreshnessPolicy:
    """Return the policy of assets without partitions: overdue after so many hours, a warning in the last eighth.

    Assets with partitions have none: Dagster judges an asset by its newest partition, whatever the others are.
    """
    overdue = dt.timedelta(hours=hours)
    return dg.FreshnessPolicy.time_window(fail_window=overdue, warn_window=overdue * 7 / 8)
