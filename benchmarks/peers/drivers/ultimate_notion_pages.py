"""ultimate-notion: every page by its id."""

import sys

import ultimate_notion as uno
from pages import given, one_by_one

targets, output = given()
with uno.Session.get_or_create() as session:

    def export(page: str) -> None:
        """Write one page."""
        (output / f"{page}.md").write_text(session.get_page(page).to_markdown(), encoding="utf-8")

    code = one_by_one(targets["pages"], export)
sys.exit(code)
