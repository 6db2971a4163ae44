"""notion-to-json: its command line, which exports everything that it finds."""

import os
import sys

from pages import given

_, output = given()
os.execv(
    sys.executable,
    [sys.executable, "-m", "notion_to_json", "--quiet", "--output-dir", str(output / "exports")],
)
