"""A Dagster deployment of one workspace for tests: definitions, a real instance, a runtime, a local Notion.

Here: opening and closing it, running its jobs in this process, reading its event log. Not here: any expectation.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from notion_sync_assets.build import build_definitions
from notion_sync_assets.emulator.errors import ApiError
from notion_sync_assets.emulator.gate import Gate, refuse
from notion_sync_assets.emulator.server import RunningEmulator
from notion_sync_assets.names import Names
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets.settings import load_settings
from notion_sync_assets.settings_model import Settings

TOKEN = "secret_that_nobody_may_see"
SMALL_WORLD = {
    "world": "generated",
    "pages": 6,
    "rows": 6,
    "databases": 2,
    "depth": 2,
    "search_lag": 0.0,
    "search_omit_rate": 0.0,
}
STILL_DEMO = {"search_lag": 0.0, "search_omit_rate": 0.0}
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Deployment:
    """One workspace in one Dagster; every run is a run in this process."""

    def __init__(
        self, emulator: RunningEmulator, runtime: ExportRuntime, instance: dg.DagsterInstance
    ) -> None:
        self.emulator = emulator
        self.runtime = runtime
        self.names = Names(runtime.settings.output.workspace)
        self.instance = instance
        self.defs = build_definitions(runtime.settings, runtime=runtime)

    @property
    def keys(self) -> list[str]:
        """The partition keys of all scopes."""
        return sorted(self.instance.get_dynamic_partitions(self.names.scopes))

    def key(self, start: str) -> str:
        """The one partition key that starts so."""
        (found,) = [key for key in self.keys if key.startswith(start)]
        return found

    def run(
        self, job: str, config: dict[str, Any] | None = None, **options: Any
    ) -> dg.ExecuteInProcessResult:
        """Run a job; ``config`` is the configuration of its op that has one."""
        definition = self.defs.resolve_job_def(self.names.job(job))
        ops = {"ops": {self.configured_op(job): {"config": config}}} if config else {}
        return definition.execute_in_process(instance=self.instance, run_config={**QUIET, **ops}, **options)

    def configured_op(self, job: str) -> str:
        """The name of the op of a job that takes configuration."""
        return {
            "refresh_index": self.names.op("workspace_index"),
            "sync_scope": f"{self.names.workspace}_scope",
            "sync_batch": self.names.job("sync_scopes"),
            "render_batch": self.names.job("render_scopes"),
            "export_job": self.names.job("export_scopes"),
            "export_request": self.names.job("export_requested"),
        }[job]

    def index(self, **config: Any) -> dg.ExecuteInProcessResult:
        """Make the index."""
        return self.run("refresh_index", config)

    def sync(
        self, key: str, config: dict[str, Any] | None = None, **options: Any
    ) -> dg.ExecuteInProcessResult:
        """Sync one partition."""
        return self.run("sync_scope", config, partition_key=key, **options)

    def batch(self, keys: list[str] | None = None, **config: Any) -> dg.ExecuteInProcessResult:
        """Sync many partitions in one run; all of them when none are named."""
        return self.run("sync_batch", {"scopes": self.keys if keys is None else keys, **config})

    def events(self, asset: str, partition: str | None = None) -> list[dg.AssetMaterialization]:
        """All materializations of an asset that mirrors Notion, oldest first."""
        key = self.names.notion(asset)
        wanted = dg.AssetRecordsFilter(key, asset_partitions=[partition] if partition else None)
        found = self.instance.fetch_materializations(wanted, limit=5000).records
        return [record.asset_materialization for record in reversed(found) if record.asset_materialization]

    def outcome(self, asset: str, check: str) -> dg.AssetCheckEvaluation:
        """The newest outcome of a check."""
        key = dg.AssetCheckKey(self.names.notion(asset), check)
        record = self.instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
        evaluation = record.evaluation
        assert evaluation is not None
        return evaluation

    def requests(self) -> dict[str, int]:
        """Requests by route since the last call, as the local Notion counted them."""
        found = self.emulator.control.stats()["by_route"]
        self.emulator.control.reset()
        return {route: sum(by_status.values()) for route, by_status in found.items()}

    def pages_of(self, key: str) -> set[str]:
        """The pages of a scope's committed state, as partition keys of pages."""
        view = self.runtime.snapshot(key)
        assert view is not None
        return {row.page_id.replace("-", "") for row in view.rows() if row.present}


def settings_for(emulator: RunningEmulator, folder: Path, **overrides: Any) -> Settings:
    """Settings of an export of a local Notion without a rate limit, untouched by the machine's environment."""
    base = {
        "output.path": str(folder),
        "notion.base_url": emulator.url,
        "notion.token": TOKEN,
        "notion.requests_per_minute": 0,
    }
    return load_settings({**base, **overrides}, environ={}, cwd=folder.parent)


@contextmanager
def deployment(emulator: RunningEmulator, folder: Path, **overrides: Any) -> Iterator[Deployment]:
    """A deployment for the length of a ``with`` block, everything of it closed afterwards."""
    with ExitStack() as stack:
        runtime = stack.enter_context(closing(ExportRuntime(settings_for(emulator, folder, **overrides))))
        instance = stack.enter_context(dg.DagsterInstance.ephemeral())
        yield Deployment(emulator, runtime, instance)


@contextmanager
def filed_deployment(emulator: RunningEmulator, folder: Path, **overrides: Any) -> Iterator[Deployment]:
    """A deployment whose instance is in files, which automation needs: it opens the instance for itself."""
    home = folder / "home"
    home.mkdir()
    with (
        deployment(emulator, folder / "export", **overrides) as made,
        dg.DagsterInstance.local_temp(str(home)) as instance,
    ):
        yield Deployment(emulator, made.runtime, instance)


def refuse_persistently(
    monkeypatch: pytest.MonkeyPatch, *fragments: str, error: ApiError | None = None
) -> None:
    """Let local Notions refuse every request whose path holds one of the fragments."""
    said = error or ApiError(400, "validation_error", "This block is odd.")
    pattern = re.compile("|".join(map(re.escape, fragments)))
    serve = Gate._serve_api

    async def odd(self, scope, receive, send):
        if pattern.search(scope["path"]):
            await refuse(said, scope, send)
            return None
        return await serve(self, scope, receive, send)

    monkeypatch.setattr(Gate, "_serve_api", odd)
