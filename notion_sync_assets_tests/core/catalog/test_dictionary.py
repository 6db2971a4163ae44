"""The data dictionary: that of the docs is current, that of an export knows its data sources."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from notion_sync_assets.core.catalog.ddl import people_tables
from notion_sync_assets.core.catalog.dictionary import reference_page
from notion_sync_assets.core.catalog.views import MACROS, VIEWS
from notion_sync_assets.core.render.site.dictionary import leave_announcement
from notion_sync_assets_tests.core.catalog.test_source_tables import source

PAGE_OF_SITE = "html/dictionary.html"
PAGE = Path(__file__).parents[3] / "docs" / "data-dictionary.md"


def test_the_page_of_the_docs_is_current():
    assert PAGE.read_text(encoding="utf-8") == reference_page(), (
        "run: python -m notion_sync_assets.core.catalog.dictionary > docs/data-dictionary.md"
    )


def test_it_tells_of_every_table_view_and_macro():
    for each in (*people_tables(), *VIEWS, *MACROS):
        assert f"### `{each.name}" in reference_page()


def test_views_say_what_each_of_their_columns_is(catalog):
    catalog.build()
    for view in VIEWS:
        assert list(catalog.types(view.name)) == list(view.columns), view.name


def test_search_gives_the_columns_it_promises(catalog):
    catalog.build()
    search = next(macro for macro in MACROS if macro.name == "search_blocks")
    assert list(catalog.types("(FROM search_blocks('x'))")) == list(search.columns)


@pytest.mark.parametrize("title", ["Tasks", "A <b>bold</b> | *title*"])
def test_the_one_beside_a_catalog_tells_of_its_data_sources(catalog, title):
    source(catalog, title, properties={"Due | when": ("date", {})})
    catalog.build()
    page = catalog.storage.read("catalog/dictionary.md").decode()
    shown = MarkdownIt().enable("table").render(page)
    assert "<b>" not in shown
    assert "<em>" not in shown
    assert "<code>due_when</code>" in shown


def test_it_is_written_only_when_it_changes(catalog):
    source(catalog, "Tasks", ("One", {}))
    catalog.build()
    path = catalog.storage.path("catalog/dictionary.md")
    before = path.stat()
    source(catalog, "Tasks", ("One", {}), ("Two", {}))
    assert catalog.build().written
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_the_site_has_it_too_whichever_of_both_comes_first(catalog):
    storage = catalog.storage
    source(catalog, "A <b>bold</b> | *title*", properties={"Due | when": ("date", {})})
    catalog.build()
    assert not storage.exists(PAGE_OF_SITE)
    storage.write("html/index.html", b"")
    leave_announcement(storage)
    first = storage.read(PAGE_OF_SITE).decode()
    assert "<code>due_when</code>" not in first
    assert "not built yet" in first
    assert not catalog.build().written
    page = storage.read(PAGE_OF_SITE).decode()
    assert "not built yet" not in page
    assert "<b>" not in page
    assert "<code>due_when</code>" in page
    for each in (*people_tables(), *VIEWS):
        assert f"<code>{each.name}</code>" in page
    source(catalog, "A <b>bold</b> | *title*", properties={"Done": ("checkbox", {})})
    catalog.build()
    assert "<code>done</code>" in storage.read(PAGE_OF_SITE).decode()
