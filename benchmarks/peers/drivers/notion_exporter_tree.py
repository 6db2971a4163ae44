"""notion-exporter: what stands at the top of the workspace with all that is below it; if that fails, piece by piece.

It asks for many pages at once and gives nothing back when one of them fails. Piece by piece, others still come out.
"""

import os
import sys

from notion_exporter import NotionExporter
from pages import given, one_by_one

targets, output = given()


def export(pages: list[str], databases: list[str], *, below: bool) -> None:
    """Write some pages and databases; an exporter cannot be used twice, since its client belongs to one event loop."""
    exporter = NotionExporter(notion_token=os.environ["NOTION_TOKEN"], export_child_pages=below)
    made = exporter.export_pages(page_ids=pages, database_ids=databases)
    for identifier, text in made.items():
        (output / f"{identifier}.md").write_text(text, encoding="utf-8")


def export_one(identifier: str) -> None:
    """Write one page or database."""
    is_page = identifier in targets["pages"]
    export([identifier] if is_page else [], [] if is_page else [identifier], below=False)


if one_by_one(["all"], lambda _: export(targets["roots"], targets["databases"], below=True)):
    one_by_one([*targets["pages"], *targets["databases"]], export_one)
    sys.exit(1)
