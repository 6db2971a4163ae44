"""airbyte-source-notion: all its streams in full, from a time before anything was edited."""

import json
import os
import subprocess
import sys
from pathlib import Path

from pages import given

_STREAMS = ("users", "databases", "pages", "blocks", "comments")
_, output = given()
source = str(Path(sys.executable).parent / "source-notion")
config, catalog = output / "config.in", output / "catalog.in"
config.write_text(
    json.dumps(
        {
            "start_date": "2000-01-01T00:00:00.000Z",
            "credentials": {"auth_type": "token", "token": os.environ["NOTION_TOKEN"]},
        }
    ),
    encoding="utf-8",
)
streams = [
    {
        "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
        "sync_mode": "full_refresh",
        "destination_sync_mode": "overwrite",
    }
    for name in _STREAMS
]
catalog.write_text(json.dumps({"streams": streams}), encoding="utf-8")
with (output / "records.jsonl").open("wb") as records:
    command = [source, "read", "--config", str(config), "--catalog", str(catalog)]
    sys.exit(subprocess.run(command, stdout=records, check=False).returncode)
