"""One export as a process that says when each phase begins; measured from outside by ``scale``.

Prints one JSON line per phase on stdout: ``{"phase", "seconds", "cpu_seconds"}``, the first when everything is imported.
"""

import importlib
import json
import sys
import time

from notion_sync_assets.allocation import freeze_imports, keep_heaps_small

keep_heaps_small()

from notion_sync_assets.export_run import ExportRun  # noqa: E402 - Arrow chooses its allocator when imported
from notion_sync_assets.resources.export_runtime import ExportRuntime  # noqa: E402
from notion_sync_assets.settings import load_settings  # noqa: E402

# What an export imports only on its way; the baseline of memory is taken when all of it is there.
_IMPORTED_LATE = (
    "alembic.command",
    "anyio._backends._asyncio",
    "dagster._core.storage.sqlite_storage",
    "dagster._daemon.controller",
    "httpcore",
    "pandas",
    "pyarrow.parquet",
    "pygments.lexers",
    "sqlalchemy.dialects.sqlite",
    "structlog",
    "upath",
    "watchdog.observers",
)


def main() -> int:
    """Export as settings and variables say; return the exit code."""
    began = time.monotonic()

    def phase(name: str) -> None:
        seconds = round(time.monotonic() - began, 2)
        told = {"phase": name, "seconds": seconds, "cpu_seconds": round(time.process_time(), 2)}
        print(json.dumps(told), flush=True)

    for name in _IMPORTED_LATE:
        importlib.import_module(name)
    freeze_imports()
    phase("imported")
    runtime = ExportRuntime(load_settings({}))
    try:
        outcome = ExportRun(runtime, strict=False, phase=phase).run()
    finally:
        runtime.close()
    phase("end")
    return outcome.facts.exit_code


if __name__ == "__main__":
    sys.exit(main())
