"""The sensor of request files: each request gets one run. It is stopped until started.

Here: ticks, and how a request becomes a run exactly once. Not here: what a request may say (``export_requests``), the
jobs (``export_parts``, ``export_job``). No tick calls Notion.
"""

import contextlib
from collections.abc import Iterator, Sequence

import dagster as dg
import orjson

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.export_requests import (
    NamedRequest,
    forget_request,
    read_request,
    refuse_request,
    waiting_requests,
)
from notion_sync_assets.names import REQUEST_TAG, Names
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of

REQUESTS_PER_TICK = 25


def export_request_sensor(names: Names, jobs: Sequence[dg.JobDefinition]) -> dg.SensorDefinition:
    """Return the sensor of one workspace; ``jobs`` are the two it starts, ``export_request`` and ``export_job``.

    A file stays until its run is in the instance, and its name is the run key: a tick that ends in the middle is made
    up for by the next, and nothing runs twice. The cursor names the requests whose files are still to be removed.
    """

    @dg.sensor(
        name=names.automation("export_request_sensor"),
        jobs=jobs,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"Start a run for each file in state/requests, at most {REQUESTS_PER_TICK} a tick.",
        required_resource_keys={names.resource("export")},
    )
    def export_requests(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        requests = _Requests(runtime_of(context.resources, names), context.instance, names)
        requests.clear(orjson.loads(context.cursor or "[]"))
        accepted = requests.accepted()
        if not accepted:
            return dg.SkipReason("There is no new request in state/requests.")
        return dg.SensorResult(
            run_requests=[_run_request(names, request) for request in accepted],
            cursor=orjson.dumps([request.name for request in accepted]).decode(),
        )

    return export_requests


class _Requests:
    """The request files of one export as a tick sees them."""

    def __init__(self, runtime: ExportRuntime, instance: dg.DagsterInstance, names: Names) -> None:
        self._runtime = runtime
        self._instance = instance
        self._names = names

    def clear(self, requested: Sequence[str]) -> None:
        """Remove the files of requests that have their run by now."""
        for name in requested:
            if self._run_of(name) is not None:
                forget_request(self._runtime.storage, name)

    def accepted(self) -> list[NamedRequest]:
        """Return the first requests that are in order; bad ones are moved aside."""
        waiting = waiting_requests(self._runtime.storage)[:REQUESTS_PER_TICK]
        if not waiting:
            return []
        with contextlib.closing(Index.load(self._runtime.storage)) as index:
            return list(self._in_order(waiting, index))

    def _in_order(self, names: Sequence[str], index: Index) -> Iterator[NamedRequest]:
        storage = self._runtime.storage
        for name in names:
            try:
                self._refuse_a_used_name(name)
                yield read_request(storage, name, index)
            except ConfigurationError as error:
                refuse_request(storage, name, str(error))

    def _refuse_a_used_name(self, name: str) -> None:
        run = self._run_of(name)
        if run is not None:
            raise ConfigurationError(f"run {run} had a request of this name; a new one needs a new name")

    def _run_of(self, name: str) -> str | None:
        wanted = dg.RunsFilter(tags={REQUEST_TAG: _tag(self._names, name)})
        return next((run.run_id for run in self._instance.get_runs(wanted, limit=1)), None)


def _run_request(names: Names, request: NamedRequest) -> dg.RunRequest:
    job, op = ("export_request", "export_requested") if request.scopes else ("export_job", "export_scopes")
    config = {"formats": list(request.formats), "full": request.full}
    if request.scopes:
        config["scopes"] = list(request.scopes)
    return dg.RunRequest(
        run_key=f"request:{request.name}",
        job_name=names.job(job),
        run_config={"ops": {names.job(op): {"config": config}}},
        tags={REQUEST_TAG: _tag(names, request.name)},
    )


def _tag(names: Names, name: str) -> str:
    return f"{names.workspace}/{name}"
