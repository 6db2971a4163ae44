"""This project: one export of the whole workspace with its defaults."""

import os
import sys

from pages import given

_, output = given()
os.execv(
    sys.executable,
    [sys.executable, "-m", "notion_sync_assets", "export", "--quiet", "--output", str(output / "export")],
)
