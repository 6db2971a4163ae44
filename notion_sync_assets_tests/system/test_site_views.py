"""Saved views and the tree beside a page, in a real browser."""

import pytest
from playwright.sync_api import expect

from notion_sync_assets.core.render.html import data_sources
from notion_sync_assets.core.render.site.build import build_site
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.core.render.rendering import render_all
from notion_sync_assets_tests.corpus import (
    CREATED,
    block,
    document,
    every_property_head,
    identifier,
    make_scope,
    option,
    page,
    paragraph,
)
from notion_sync_assets_tests.system.browsing import Tab

pytestmark = pytest.mark.system

ROWS = 12
KINDS = ("Feature", "red", "In progress")
CHILDREN = 230


def row(number):
    kinds = [option(KINDS[number % 3])] if number else []
    properties = {
        "Amount": {"id": "am", "type": "number", "number": number},
        "Kind": {"id": "ki", "type": "select", "select": option(KINDS[number % 3])},
        "Tags": {"id": "ta", "type": "multi_select", "multi_select": [*kinds, option("all")]},
        "Note": {"id": "no", "type": "rich_text", "rich_text": []},
    }
    return document(
        page(f"Row {number}", properties=properties, created_time=f"2026-05-01T08:{number:02}:00.000Z"), []
    )


def head():
    options = [option(kind) for kind in KINDS]
    types = {"Amount": "number", "Kind": "select", "Tags": "multi_select", "Note": "rich_text"}
    schema = {
        name: {"id": name[:2].lower(), "name": name, "type": kind, kind: {"options": options}}
        for name, kind in types.items()
    }
    schema["Name"] = {"id": "title", "name": "Name", "type": "title", "title": {}}
    value = every_property_head()
    return {**value, "data_source": {**value["data_source"], "properties": schema}, "views": list(views())}


def views():
    yield view("Big", filter={"property": "am", "number": {"greater_than": 6}}, sorts=[("am", "descending")])
    by_kind = {"type": "select", "property_id": "ki", "sort": {"type": "manual"}}
    yield view("Board", "board", group_by=by_kind, properties=[{"property_id": "am"}])
    by_tag = {"type": "multi_select", "property_id": "ta", "sort": {"type": "descending"}}
    yield view("By tag", group_by=by_tag, properties=[{"property_id": "no", "visible": False}])


def view(name, kind="table", *, filter=None, sorts=(), **configuration):  # noqa: A002 - the API's word
    ordered = [{"property": each, "direction": direction} for each, direction in sorts]
    return {
        "object": "view",
        "id": identifier(name),
        "data_source_id": identifier("Tasks"),
        "name": name,
        "type": kind,
        "filter": filter,
        "sorts": ordered,
        "configuration": configuration,
        "created_time": CREATED,
    }


def child(title, parent):
    return document(
        page(title, parent={"type": "page_id", "page_id": identifier(parent)}), [paragraph("Hello")]
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    storage = LocalStorage(tmp_path_factory.mktemp("views"))
    make_scope(
        storage, [row(number) for number in range(ROWS)], kind="data_source", title="Tasks", head=head()
    )
    titles = [f"Page {number:03}" for number in range(CHILDREN)]
    places = [block("child_page", {"title": title}, name=title) for title in titles]
    home = document(page("Home"), [paragraph(), *places])
    pages = [home, *(child(title, "Home") for title in titles), child("Deep", "Page 220")]
    make_scope(storage, pages, title="Home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(data_sources, "PIECE", 5)
        render_all(storage, forms=["html"])
    build_site(storage)
    return storage.root


@pytest.fixture
def tab(chromium, root):
    made = Tab(chromium, root.as_uri())
    yield made
    made.page.close()
    assert made.wrong == []


def compact(title):
    return identifier(title).replace("-", "")


def table(tab, view=""):
    tab.page.goto(f"{tab.base}/html/{compact('Tasks')}/index.html{view}")
    return tab.page


def opened(tab, title):
    tab.page.goto(f"{tab.base}/html/{compact('Home')}/{compact(title)}.html")
    return tab.page


def titles(shown):
    return shown.locator("#rows tbody tr:not(.group) th").all_inner_texts()


def headings(shown):
    return [text.strip() for text in shown.locator("#rows thead th").all_inner_texts()]


def test_a_view_shows_its_rows_of_all_pieces_in_its_order(tab):
    shown = table(tab)
    shown.click(".views >> text=Big")
    expect(shown.locator("#shown")).to_have_text("5")
    assert titles(shown) == ["Row 11", "Row 10", "Row 9", "Row 8", "Row 7"]
    assert shown.locator("th[aria-sort=descending]").inner_text().strip() == "Amount"
    shown.click(".views >> text=All rows")
    expect(shown.locator("#shown")).to_have_text(str(ROWS))


def test_a_view_groups_rows_in_the_order_of_the_options_and_shows_its_columns(tab):
    shown = table(tab)
    shown.click(".views >> text=Board")
    expect(shown.locator("#rows tr.group")).to_have_count(3)
    assert [text.split()[0] for text in shown.locator("tr.group").all_inner_texts()] == [
        "Feature",
        "red",
        "In",
    ]
    assert headings(shown) == ["Name", "Amount"]
    assert titles(shown)[:4] == ["Row 0", "Row 3", "Row 6", "Row 9"]


def test_a_row_with_two_values_stands_in_two_groups(tab):
    shown = table(tab)
    shown.click(".views >> text=By tag")
    expect(shown.locator("#rows tr.group")).to_have_count(4)
    assert shown.locator("tr.group").all_inner_texts()[0] == "red 4"
    assert titles(shown).count("Row 1") == 2
    assert titles(shown).count("Row 0") == 1
    assert "Note" not in headings(shown)
    shown.click("th button >> text=Amount")
    assert titles(shown)[0] == "Row 1"


def test_an_address_names_a_view_and_views_can_be_filtered(tab):
    shown = table(tab, f"#v-{compact('Big')}")
    expect(shown.locator("#shown")).to_have_text("5")
    shown.fill("#filter", "row 9")
    expect(shown.locator("#shown")).to_have_text("1")
    assert shown.locator(".views [aria-pressed=true]").inner_text() == "Big"


def test_the_tree_beside_a_page_is_open_where_the_page_lies(tab):
    shown = opened(tab, "Deep")
    shown.wait_for_selector(".side a[aria-current=page] >> text=Deep")
    assert shown.locator(".side > ul > li").count() == 2
    assert shown.locator(".side a[aria-current]").count() == 1
    shown.click(".side a >> text=Page 003")
    shown.wait_for_selector("h1:has-text('Page 003')")


def test_a_long_list_of_pages_grows_when_asked(tab):
    shown = opened(tab, "Page 001")
    shown.wait_for_selector(".side a[aria-current=page]")
    assert shown.locator(".side ul ul > li").count() == 201
    shown.click(".side button >> text=Show 30 more")
    expect(shown.locator(".side ul ul > li")).to_have_count(CHILDREN)


def test_on_a_small_screen_the_tree_comes_when_called(tab):
    shown = opened(tab, "Page 001")
    shown.set_viewport_size({"width": 500, "height": 800})
    expect(shown.locator("#side")).to_be_hidden()
    shown.click("#pages")
    expect(shown.locator("#side")).to_be_visible()
    assert shown.locator("#pages").get_attribute("aria-expanded") == "true"


def test_without_scripts_every_page_reads_and_leads_on(chromium, root):
    context = chromium.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(f"{root.as_uri()}/html/{compact('Home')}/{compact('Deep')}.html")
    assert shown.inner_text(".body").strip() == "Hello"
    expect(shown.locator("#side")).to_be_hidden()
    shown.click("nav.breadcrumbs >> text=Page 220")
    assert shown.inner_text("h1") == "Page 220"
    context.close()
