"""Nothing that somebody writes into a workspace runs in the site, loads anything, or leaves the export."""

import dataclasses

import pytest
from playwright.sync_api import expect

from notion_sync_assets.core.render.html import data_sources
from notion_sync_assets.core.render.site.build import build_site
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.core.render.rendering import render_all
from notion_sync_assets_tests.corpus import (
    CREATED,
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    mention,
    page,
    paragraph,
    person,
)
from notion_sync_assets_tests.corpus_hostile import ATTACKS, attacked
from notion_sync_assets_tests.system.browsing import Tab

pytestmark = pytest.mark.system

WHAT_MAY_NOT_BE = """() => [...document.querySelectorAll("*")].flatMap(each => {
    if (each.tagName === "SCRIPT") {
        return /\\/html\\/(assets\\/|[0-9a-f]{32}\\/rows-)/.test(each.src) && !each.text ? [] : [each.outerHTML];
    }
    const active = ["IFRAME", "OBJECT", "EMBED", "STYLE", "BASE", "FORM", "SVG", "TEMPLATE"];
    const found = active.includes(each.tagName.toUpperCase()) && !each.matches("[role=search]") ? [each.tagName] : [];
    const addresses = ["href", "src", "action", "formaction", "xlink:href", "srcdoc"];
    return found.concat([...each.attributes].filter(a => a.name.startsWith("on") || a.name === "style" ||
        addresses.includes(a.name) && /^[\\s\\x00-\\x20]*(javascript|data|vbscript|file):/i.test(a.value)
    ).map(a => each.tagName + " " + a.name + " " + a.value));
})"""


def hostile(made):
    return dataclasses.replace(
        made,
        **{
            field.name: attacked(getattr(made, field.name))
            for field in dataclasses.fields(made)
            if field.name != "files"
        },
    )


def hostile_head():
    """The head with every text attacked but the ids by which rows find their columns."""
    made = attacked(every_property_head())
    schema = {
        f"{name} {ATTACKS[number % len(ATTACKS)]}": value
        for number, (name, value) in enumerate(made["data_source"]["properties"].items())
    }
    views = [
        {
            "object": "view",
            "id": identifier(f"view {number}"),
            "data_source_id": identifier("Tasks"),
            "name": attack,
            "type": "table",
            "created_time": CREATED,
            "filter": None,
            "sorts": [],
            "configuration": {
                "group_by": {"type": "select", "property_id": kind_id(), "sort": {"type": attack}},
            },
        }
        for number, attack in enumerate(ATTACKS[:3])
    ]
    return {**made, "data_source": {**made["data_source"], "properties": schema}, "views": views}


def kind_id():
    return every_property_head()["data_source"]["properties"]["Kind"]["id"]


def linking(number, attack):
    said = mention("page", {"id": identifier("Every block")}, attack, attack)
    return document(page(attack, id=identifier(f"linking {number}")), [paragraph(said)])


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile") / "export"
    storage = LocalStorage(folder)
    pages = [every_block_document(), every_mention_document()]
    make_scope(storage, [hostile(each) for each in pages], title="Home")
    rows = [hostile(every_property_page(f"Row {number}")) for number in range(7)]
    make_scope(storage, rows, kind="data_source", title="Tasks", head=hostile_head())
    for number, attack in enumerate(ATTACKS):
        make_scope(storage, [linking(number, attack)], title=f"Linking {number}")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(data_sources, "PIECE", 3)
        users = [attacked(person(name)) for name in ("Ada", "Cleo")]
        render_all(storage, users)
    build_site(storage, title=ATTACKS[0])
    return folder


@pytest.fixture
def tab(chromium, root):
    made = Tab(chromium, root.as_uri())
    made.page.add_init_script("Object.defineProperty(window, 'ran', {set() { console.log('RAN'); }})")
    yield made
    made.page.close()
    assert made.wrong == []


def looked_at(tab, path):
    tab.page.goto(f"{tab.base}/{path}")
    return tab.page


def harmless(shown):
    shown.mouse.move(300, 300)
    assert shown.evaluate(WHAT_MAY_NOT_BE) == []
    assert shown.title() != "RAN"


def test_no_page_holds_anything_that_could_run(tab, root):
    paths = sorted(str(path.relative_to(root)) for path in (root / "html").rglob("*.html"))
    assert len(paths) > len(ATTACKS) + 10
    for path in paths:
        shown = looked_at(tab, path)
        shown.wait_for_selector(".side a, .tree a, .dictionary h1")
        harmless(shown)


def test_attacks_are_text_to_the_reader(tab):
    shown = looked_at(tab, f"html/{compact('Linking 0')}/{compact('linking 0')}.html")
    assert shown.inner_text("h1").strip() == ATTACKS[0]
    assert shown.inner_text(".body").strip() in ATTACKS


def compact(name):
    return identifier(name).replace("-", "")


def test_search_results_are_text(tab):
    shown = looked_at(tab, "html/index.html")
    for word in ("script", "onerror", "forged", "7"):
        shown.fill("#search", word)
        expect(shown.locator("#results li").first).to_be_visible()
        harmless(shown)
    shown.fill("#search", ATTACKS[1])
    shown.press("#search", "Enter")
    shown.wait_for_selector("#results h2")
    harmless(shown)


def test_a_search_in_the_address_is_text(tab):
    shown = looked_at(tab, "html/index.html?q=%3Cimg%20src%3Dx%20onerror%3D%22window.ran%3D1%22%3E")
    shown.wait_for_selector("#results h2")
    harmless(shown)


def test_sorting_filtering_and_views_show_text(tab):
    shown = looked_at(tab, f"html/{compact('Tasks')}/index.html")
    for number in range(5):
        shown.locator("th button.sort").nth(number).click()
    expect(shown.locator("#rows tbody tr")).to_have_count(7)
    harmless(shown)
    for number in range(1, 4):
        shown.locator(".views button").nth(number).click()
        expect(shown.locator("tr.group")).not_to_have_count(0)
        harmless(shown)
    shown.fill("#filter", "<script>")
    harmless(shown)


def test_back_links_are_text_and_lead_back(tab):
    shown = looked_at(tab, f"html/{compact('Home')}/{compact('Every block')}.html")
    links = shown.locator(".backlinks li a")
    expect(links).to_have_count(len(ATTACKS))
    harmless(shown)
    links.first.click()
    shown.wait_for_selector("h1")
    harmless(shown)


def test_nothing_is_written_beside_the_export(root):
    assert [path.name for path in root.parent.iterdir()] == ["export"]
    assert all(path.resolve().is_relative_to(root.resolve()) for path in root.rglob("*"))
    assert not [path for path in root.rglob("*") if any(ord(char) < 32 for char in path.name)]
