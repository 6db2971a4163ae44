"""The site in a real browser, from a disk and over HTTP: nothing fails, nothing is asked of anybody else."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from notion_sync_assets.core.canonical import file_key
from notion_sync_assets.core.render.html import data_sources
from notion_sync_assets.core.render.site.build import build_site
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.core.render.rendering import render_all
from notion_sync_assets_tests.corpus import (
    HOSTED,
    block,
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    hosted,
    identifier,
    make_scope,
    page,
    paragraph,
    person,
    stored_file,
    text,
)
from notion_sync_assets_tests.system.browsing import Tab, served

pytestmark = pytest.mark.system

ROWS = 25
PIECE = 10
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><script>document.title="RAN"</script>'
    b'<rect width="40" height="40" fill="teal"/></svg>'
)
ACTIVE = b"<script>document.title='RAN'</script>"
FILES = {
    "picture.svg": ("image/svg+xml", PICTURE),
    "page.html": ("text/html", ACTIVE),
    "note.txt": ("text/plain", b"A note."),
}
OF_THE_CORPUS = {"picture.png": "image/png", "report.pdf": "application/pdf", "plan.txt": "text/plain"}
HOSTILE = "</script><script>document.title='RAN'</script><img src=x onerror=\"document.title='RAN'\">\u2028"


def files_page():
    blocks = [
        block("image", {**hosted("picture.svg"), "caption": [text("A picture")]}),
        block("file", {**hosted("page.html"), "caption": [], "name": "page.html"}, name="active file"),
        block("file", {**hosted("note.txt"), "caption": [], "name": "note.txt"}, name="note"),
        paragraph(text("click me", link="javascript:document.title='RAN'")),
    ]
    known = {file_key(f"{HOSTED}/{name}"): stored_file(name, media) for name, (media, _) in FILES.items()}
    return document(page("Files"), blocks, files=known)


def name_of(number):
    return f"Row {number:02} of week{number // 5}"


def row(number):
    made = every_property_page(name_of(number))
    made.page["properties"]["Amount"]["number"] = (number * 7) % ROWS
    return made


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """An export with a page of every kind, hosted files, hostile titles and a table of three pieces."""
    storage = LocalStorage(tmp_path_factory.mktemp("site"))
    places = {
        name: block("child_page", {"title": name}, name=name)
        for name in ("Every block", "Every mention", "Files")
    }
    home = document(page("Home"), [paragraph("Where the heliotrope grows"), *places.values()])
    below = [
        every_block_document(),
        every_mention_document(),
        files_page(),
        document(page(HOSTILE), [paragraph(HOSTILE)]),
    ]
    for each in below:
        each.page["parent"] = {"type": "page_id", "page_id": identifier("Home")}
    make_scope(storage, [home, *below], title="Home")
    make_scope(
        storage,
        [row(number) for number in range(ROWS)],
        kind="data_source",
        title="Tasks",
        head=every_property_head(),
    )
    contents = {**FILES, **{name: (media, PICTURE) for name, media in OF_THE_CORPUS.items()}}
    for name, (media, content) in contents.items():
        known = stored_file(name, media)
        storage.write(layout.hosted_file(known["sha256"], known["extension"]), content)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(data_sources, "PIECE", PIECE)
        render_all(storage, [person("Cleo"), person("Ada"), person("Eve")], forms=["html"])
    build_site(storage, title="A garden")
    return storage.root


class SiteTab(Tab):
    """A tab that opens pages by their title."""

    def open(self, title=None):
        self.page.goto(f"{self.base}/html/index.html")
        if title:
            self.page.goto(self.base + "/html/" + address(title))
        return self.page


def address(title):
    scope = identifier("Tasks" if title.startswith(("Row", "Tasks")) else "Home").replace("-", "")
    return f"{scope}/index.html" if title == "Tasks" else f"{scope}/{identifier(title).replace('-', '')}.html"


@pytest.fixture(params=["disk", "http"])
def tab(request, chromium, root):
    if request.param == "disk":
        made = SiteTab(chromium, root.as_uri())
        yield made
    else:
        with served(root) as base:
            made = SiteTab(chromium, base)
            yield made
            made.page.close()
    if not made.page.is_closed():
        made.page.close()
    assert made.wrong == []


def test_the_tree_opens_and_ten_links_lead_somewhere(tab):
    opened = tab.open()
    assert opened.title() == "A garden"
    opened.wait_for_selector(".tree ul ul a")
    targets = [each.get_attribute("href") for each in opened.query_selector_all(".tree a")]
    assert len(targets) == 6
    opened.goto(f"{tab.base}/html/{address('Tasks')}")
    targets += [
        address("Tasks").rsplit("/", 1)[0] + "/" + each.get_attribute("href")
        for each in opened.query_selector_all("#rows tbody th a")
    ]
    for target in targets[:12]:
        opened.goto(f"{tab.base}/html/{target}")
        assert opened.locator("h1").count() == 1
        assert opened.locator("main").inner_text()


def test_links_are_followed_by_clicking(tab):
    opened = tab.open("Every mention")
    opened.click("nav.breadcrumbs >> text=Home")
    opened.wait_for_selector("h1:has-text('Home')")
    opened.click("a.child >> text=Every block")
    opened.wait_for_selector("h1:has-text('Every block')")
    opened.click("header.site .home")
    opened.wait_for_selector("h1:has-text('A garden')")


def test_search_finds_a_word_from_any_page(tab):
    opened = tab.open("Every block")
    opened.fill("#search", "heliotr")
    opened.press("#search", "Enter")
    opened.wait_for_selector("#results li")
    assert opened.locator("#results li a").all_inner_texts() == ["Home"]
    assert "Where the heliotrope grows" in opened.locator("#results").inner_text()
    opened.click("#results li a")
    opened.wait_for_selector("h1:has-text('Home')")


def test_search_wants_all_words_and_says_when_there_is_nothing(tab):
    opened = tab.open()
    opened.fill("#search", "week3 ro")
    opened.wait_for_selector("#results li")
    expect(opened.locator("#results li")).to_have_count(5)
    opened.fill("#search", "row heliotrope")
    opened.wait_for_selector("text=No page has")
    opened.fill("#search", "")
    opened.wait_for_selector("nav.tree:visible")


def titles(opened):
    return opened.locator("#rows tbody th").all_inner_texts()


def test_a_table_sorts_all_rows_by_number_both_ways(tab):
    opened = tab.open("Tasks")
    assert len(titles(opened)) == PIECE
    opened.click("th[data-type=number] button >> text=Amount")
    expect(opened.locator("#rows tbody tr")).to_have_count(ROWS)
    expected = [name_of(number) for number in sorted(range(ROWS), key=lambda number: (number * 7) % ROWS)]
    assert titles(opened) == expected
    opened.click("th[data-type=number] button >> text=Amount")
    assert titles(opened) == expected[::-1]
    assert opened.locator("th[aria-sort=descending]").count() == 1


def test_a_table_filters_rows_of_every_piece(tab):
    opened = tab.open("Tasks")
    opened.fill("#filter", "row week4")
    expect(opened.locator("#shown")).to_have_text("5")
    assert sorted(titles(opened)) == [name_of(number) for number in range(20, 25)]


def test_a_table_can_be_walked_without_its_script(tab):
    opened = tab.open("Tasks")
    opened.click("nav.pieces a >> text=3")
    opened.wait_for_selector("nav.pieces [aria-current] >> text=3")
    assert len(titles(opened)) == ROWS - 2 * PIECE


def background(opened):
    return opened.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_reader_chooses_the_colours_and_they_stay(tab):
    opened = tab.open("Files")
    light = background(opened)
    opened.click("#theme")
    dark = background(opened)
    assert dark != light
    opened.reload()
    assert background(opened) == dark
    opened.emulate_media(color_scheme="dark")
    opened.click("#theme")
    assert background(opened) == light


def test_a_system_in_dark_colours_gives_dark_pages(tab):
    opened = tab.open("Files")
    light = background(opened)
    opened.emulate_media(color_scheme="dark")
    assert background(opened) != light


def test_a_link_to_a_folded_block_opens_it(tab):
    opened = tab.open()
    target = identifier("paragraph inside the toggle").replace("-", "")
    opened.goto(f"{tab.base}/html/{address('Every block')}#b-{target}")
    opened.wait_for_selector(f"#b-{target}:visible")


def test_hosted_files_open_and_nothing_in_them_runs(tab):
    opened = tab.open("Files")
    expect(opened.locator("figure img")).to_have_js_property("naturalWidth", 40)
    if tab.base.startswith("http"):
        with opened.expect_download() as saved:
            opened.click("a.file >> text=page.html")
        assert Path(saved.value.path()).read_bytes() == ACTIVE
    else:
        assert opened.locator("a:has-text('page.html')").count() == 0
    opened.click("text=click me")
    assert opened.title() == "Files"
    note = opened.get_attribute("a.file >> text=note.txt", "href")
    opened.goto(re.sub(r"[^/]*$", "", opened.url) + note)
    assert opened.inner_text("body") == "A note."


def test_hostile_titles_run_nowhere(tab):
    opened = tab.open(HOSTILE)
    assert opened.title().startswith("</script>")
    opened = tab.open()
    opened.wait_for_selector(".tree ul ul a")
    opened.fill("#search", "onerror")
    opened.wait_for_selector("#results li")
    assert opened.title() == "A garden"
