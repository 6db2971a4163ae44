"""Where benchmarks keep what they measured: one JSON file each, with the date, the machine and the versions.

Here: the file. Not here: any measurement; what becomes of the files in the docs (``report``).
"""

import datetime as dt
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_PACKAGES = ("notion-sync-assets", "dagster", "notion-client", "duckdb", "pyarrow")


def keep(name: str, measured: dict[str, Any]) -> Path:
    """Write ``results/<name>.json``, print it, and return its path."""
    text = json.dumps({**circumstances(), **measured}, indent=2)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(text + "\n", encoding="utf-8")
    return path


def circumstances() -> dict[str, Any]:
    """Return the day, the machine and the versions of a measurement."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processor": _processor(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "load_when_kept": [round(load, 2) for load in os.getloadavg()],
        },
        "versions": {name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
