"""notion2md: every page by its id."""

import sys

from notion2md.exporter.block import MarkdownExporter
from pages import given, one_by_one

targets, output = given()


def export(page: str) -> None:
    """Write one page."""
    MarkdownExporter(block_id=page, output_path=str(output), unzipped=True).export()


sys.exit(one_by_one(targets["pages"], export))
