"""The Dagster instance of the command line: which folder it is in, and how it is opened.

Belongs here: choosing the folder, writing the packaged `dagster.yaml` into a new one, opening it. Does not: what
runs in it. Dagster is imported when an instance is opened, since commands that only ask for the folder are quick.
"""

import hashlib
import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notion_sync_assets.core.notion.errors import ConfigurationError

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from notion_sync_assets.settings_model import Settings

_CONFIGURATION = "dagster.yaml"
_EXPORT_TAG = "notion_sync/export"


def instance_folder(settings: "Settings") -> Path:
    """DAGSTER_HOME if it is set, else `.dagster` in the state folder or in a local export.

    Raises ConfigurationError when the export is in an object store and neither is set: SQLite needs a local disk.
    """
    if settings.dagster.home is not None:
        return settings.dagster.home
    if settings.state_dir is None and settings.output.is_remote:
        raise ConfigurationError(
            f"an export to {settings.output.path} needs a local folder for Dagster's event log",
            hint="set DAGSTER_HOME, or state_dir (--state-dir, NOTION_SYNC_STATE_DIR)",
        )
    return (settings.state_dir or Path(settings.output.path)) / ".dagster"


def open_instance(settings: "Settings") -> "DagsterInstance":
    """The instance for runs in this process; close it, or use it as a context manager.

    A folder of our own (0700) is made when it is missing and gets the packaged `dagster.yaml`, the one that the
    webserver and the daemon read, so that they can be pointed at it later. Two things differ in this process only:
    telemetry is off whatever the file says, and in a folder of our own nothing is captured of standard output:
    capturing starts four helper processes per step (measured; a run takes 0.23 s without, 0.29 s with them) and
    takes the terminal away from the progress display. Its files stay open (`instance_storage`). Queue, launcher,
    retries and monitoring are not used by runs in this process. Raises ConfigurationError when the folder is
    missing or cannot be used.
    """
    from dagster import DagsterInstance
    from dagster._core.instance.ref import InstanceRef

    from notion_sync_assets.instance_storage import with_files_kept_open

    folder = instance_folder(settings)
    overrides: dict[str, Any] = {"telemetry": {"enabled": False}}
    if settings.dagster.home is None:
        _prepare(folder)
        overrides["compute_logs"] = {
            "module": "dagster._core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        }
    elif not folder.is_dir():
        raise ConfigurationError(
            f"DAGSTER_HOME names {folder}, which is not a folder", hint=f"mkdir -p {folder}"
        )
    return DagsterInstance.from_ref(
        with_files_kept_open(InstanceRef.from_dir(str(folder), overrides=overrides))
    )


def export_tags(settings: "Settings") -> dict[str, str]:
    """The tags of runs in this process: which export they work on."""
    return {_EXPORT_TAG: hashlib.sha256(settings.output.path.encode()).hexdigest()[:16]}


def end_abandoned_runs(instance: "DagsterInstance", settings: "Settings") -> None:
    """Close the runs of exports that were killed, for the holder of the export's lease: nobody else works on it.

    No daemon watches runs in this process. A killed one would keep its pool slot, and whoever comes next would wait
    for it without end.
    """
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
    for run in instance.get_runs(RunsFilter(tags=export_tags(settings), statuses=unfinished)):
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        instance.report_run_failed(run, "The process of this run ended before the run did.")


def _prepare(folder: Path) -> None:
    try:
        for part in (folder.parent, folder):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_if_absent(folder / _CONFIGURATION)
    except OSError as error:
        raise ConfigurationError(
            f"cannot use {folder}: {error.strerror}", hint="choose another --output"
        ) from error


def _write_if_absent(path: Path) -> None:
    """Complete or not there at all, since another process may open the same folder at this moment."""
    if path.exists():
        return
    packaged = (resources.files("notion_sync_assets") / _CONFIGURATION).read_bytes()
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(packaged)
    temporary.chmod(0o600)
    temporary.replace(path)
