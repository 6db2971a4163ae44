"""Ticks of sensors as the daemon has them made, without a daemon.

Here: the context of a tick. Not here: a deployment (``deployment``), any expectation.
"""

import dagster as dg
from dagster._core.definitions.partitions.context import partition_loading_context

from notion_sync_assets_tests.deployment import Deployment


def sensor_tick(deployed: Deployment, name: str, cursor: str | None = None):
    """One tick, its requests resolved against the partitions that exist."""
    found = deployed.defs.resolve_sensor_def(deployed.names.automation(name))
    resources = {key: deployed.defs.resources[key] for key in found.required_resource_keys}
    # A context made for tests hands its instance to the sensor, but not to what resolves the requests.
    with (
        partition_loading_context(dynamic_partitions_store=deployed.instance),
        dg.build_sensor_context(
            instance=deployed.instance, cursor=cursor, definitions=deployed.defs, resources=resources
        ) as context,
    ):
        return found.evaluate_tick(context)


def run_requested(deployed: Deployment, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
    """The run of a request, in this process, with its tags."""
    job = deployed.defs.resolve_job_def(request.job_name)
    return job.execute_in_process(
        instance=deployed.instance,
        run_config=request.run_config,
        tags={**request.tags, "dagster/run_key": request.run_key},
        raise_on_error=False,
    )
