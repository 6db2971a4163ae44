"""The files of a scope: where they are, what they refer to, that nothing in them runs or loads from elsewhere."""

import posixpath
from urllib.parse import unquote

import pytest

from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.html import data_sources
from notion_sync_assets_tests.core.render.html.reading import read, squeezed
from notion_sync_assets_tests.core.render.rendering import render_all
from notion_sync_assets_tests.corpus import (
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
    text,
)

HOSTILE = "</title></h1><script>alert(1)</script><img src=x onerror=alert(2)>\u2028\"'"


def pages(storage):
    return {path: read(storage.read(path)) for path in storage.walk("html") if path.endswith(".html")}


def render(storage, users=()):
    return render_all(storage, users, forms=["html"])


def tasks(storage, *rows):
    return make_scope(storage, rows, kind="data_source", title="Tasks", head=every_property_head())


def tree_scope(storage, *documents):
    return make_scope(storage, [every_block_document(), *documents], title="Every block")


def child(title, parent, *blocks):
    return document(page(title, parent={"type": "page_id", "page_id": identifier(parent)}), list(blocks))


def page_of(storage, scope, title):
    return read(storage.read(places.html_page(identifier(scope), identifier(title))))


def test_addresses_follow_ids_and_not_titles(storage):
    tasks(storage, every_property_page())
    render(storage)
    folder = f"html/{identifier('Tasks').replace('-', '')}"
    row = identifier("Every property").replace("-", "")
    assert sorted(pages(storage)) == sorted([f"{folder}/{row}.html", f"{folder}/index.html"])


def test_every_link_and_picture_leads_to_something_that_exists(storage):
    tree_scope(storage, every_mention_document(), child("Linked page", "Every block"))
    tasks(storage, every_property_page("One"), every_property_page("Two"))
    render(storage)
    found = pages(storage)
    checked = 0
    for path, parsed in found.items():
        for href in [*parsed.links, *parsed.loads]:
            if (
                href.startswith(("https:", "http:", "mailto:", "tel:"))
                or "/assets/" in href
                or "files/" in href
            ):
                continue
            target, _, fragment = href.partition("#")
            where = (
                posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target)))
                if target
                else path
            )
            if where == "html/index.html":
                continue
            assert where in found, f"{path}: {href}"
            anchors = found[where].by_id
            assert (
                not fragment
                or fragment in anchors
                or fragment == f"b-{identifier('anchor').replace('-', '')}"
            )
            checked += 1
    assert checked > 20


def test_nothing_is_loaded_from_anywhere_else(storage):
    tree_scope(storage, every_mention_document())
    tasks(storage, every_property_page())
    render(storage)
    for parsed in pages(storage).values():
        assert all(load.startswith(("../assets/", "../../files/")) for load in parsed.loads)


def test_every_page_forbids_inline_scripts_and_styles_and_has_none(storage):
    tree_scope(storage, every_mention_document())
    tasks(storage, every_property_page())
    render(storage)
    for parsed in pages(storage).values():
        policy = parsed.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert all(each.attributes.get("src", "").startswith("../assets/") for each in parsed.all("script"))
        assert not parsed.all("style")
        assert not any(
            name == "style" or name.startswith("on") for each in parsed.elements for name in each.attributes
        )


def test_hostile_text_is_text_everywhere(storage):
    row = every_property_page(HOSTILE)
    head = every_property_head()
    source = {**head["data_source"], "title": [text(HOSTILE)], "description": [text(HOSTILE)]}
    views = [{**view, "name": HOSTILE} for view in head["views"]]
    made = {**head, "data_source": source, "views": views}
    make_scope(storage, [row], kind="data_source", title="Tasks", head=made)
    hostile = document(page(HOSTILE, icon={"type": "emoji", "emoji": HOSTILE}), [paragraph(HOSTILE)])
    make_scope(storage, [hostile, child("Below", HOSTILE)], title=HOSTILE)
    render(storage)
    for path, parsed in pages(storage).items():
        assert not [each for each in parsed.all("script") if "src" not in each.attributes], path
        assert not [each for each in parsed.all("img") if each.attributes.get("src") == "x"], path
    assert page_of(storage, HOSTILE, HOSTILE).one("title").text == HOSTILE
    assert HOSTILE in page_of(storage, HOSTILE, "Below").one("nav", class_="breadcrumbs").text


def test_breadcrumbs_lead_from_the_top_to_the_page(storage):
    make_scope(
        storage,
        [document(page("Top"), []), child("Middle", "Top"), child("Bottom", "Middle")],
        title="Top",
    )
    render(storage)
    steps = page_of(storage, "Top", "Bottom").one("nav", class_="breadcrumbs")
    assert steps.text.split() == ["Start", "Top", "Middle"]


def test_the_breadcrumb_of_a_row_names_its_table_and_where_that_lies(storage):
    head = every_property_head()
    inside = {**head["database"], "parent": {"type": "page_id", "page_id": identifier("Home")}}
    make_scope(
        storage, [every_property_page()], kind="data_source", title="Tasks", head={**head, "database": inside}
    )
    make_scope(storage, [document(page("Home"), [])], title="Home")
    render(storage)
    assert page_of(storage, "Tasks", "Every property").one("nav", class_="breadcrumbs").text.split() == [
        "Start",
        "Home",
        "Tasks",
    ]


def test_a_page_lists_who_links_to_it(storage):
    said = paragraph(mention("page", {"id": identifier("Target")}, "Target"))
    make_scope(storage, [document(page("Target"), [])], title="Target")
    make_scope(storage, [document(page("Referring"), [said])], title="Referring")
    render(storage)
    links = page_of(storage, "Target", "Target").all("nav", class_="backlinks")
    assert [each.text.split() for each in links] == [["Linked", "from", "Referring"]]


def test_comments_are_shown_with_author_time_and_place(storage):
    tree_scope(storage)
    render(storage, [person("Cleo")])
    found = page_of(storage, "Every block", "Every block")
    said = [squeezed(each.text) for each in found.all("li", class_="comment")]
    assert said == ["Ada2026-05-0108:00UTCWelldone", "Ada2026-05-0108:00UTCSee@Cleopicture.png11bytes"]
    assert found.one("a", class_="about").attributes["href"] == f"#b-{identifier('quote').replace('-', '')}"


def test_what_was_left_out_is_listed(storage):
    tree_scope(storage)
    render(storage)
    listed = page_of(storage, "Every block", "Every block").one("section", class_="omitted").text
    assert "Notion's API does not give the content of this block (button)" in listed


def test_a_page_without_its_blocks_says_so(storage):
    make_scope(storage, [document(page("Bare"), None)], title="Bare")
    render(storage)
    assert "without the content of pages" in page_of(storage, "Bare", "Bare").one("div", class_="body").text


def test_rendering_twice_gives_the_same_bytes(storage, tmp_path):
    tree_scope(storage, every_mention_document())
    tasks(storage, every_property_page())
    render(storage)
    first = {path: storage.read(path) for path in storage.walk("html")}
    storage.delete_tree("state/renders")
    storage.delete_tree("html")
    render(storage)
    assert {path: storage.read(path) for path in storage.walk("html")} == first


def test_a_rename_changes_the_pages_that_name_it_and_no_address(storage):
    said = paragraph(mention("page", {"id": identifier("Target")}, "as read"))
    make_scope(storage, [document(page("Referring"), [said])], title="Referring")
    make_scope(storage, [document(page("Target"), [])], title="Target")
    render(storage)
    before = sorted(pages(storage))
    make_scope(storage, [document(page("Renamed", id=identifier("Target")), [])], title="Target")
    render(storage)
    assert sorted(pages(storage)) == before
    assert "Renamed" in page_of(storage, "Referring", "Referring").one("div", class_="body").text


PIECE = 4


@pytest.fixture
def long_table(storage, monkeypatch):
    monkeypatch.setattr(data_sources, "PIECE", PIECE)
    rows = [every_property_page(f"Row {number:04}") for number in range(PIECE * 2 + 1)]
    tasks(storage, *rows)
    render(storage)
    return f"html/{identifier('Tasks').replace('-', '')}"


def rows_of(parsed):
    return [each for each in parsed.all("tr") if each.parents[-4:] == ("article", "div", "table", "tbody")]


def test_a_long_table_is_cut_into_pages_that_need_no_script(storage, long_table):
    names = ("index.html", "rows-2.html", "rows-3.html")
    found = [read(storage.read(f"{long_table}/{name}")) for name in names]
    assert [len(rows_of(parsed)) for parsed in found] == [PIECE, PIECE, 1]
    for name, parsed in zip(names, found, strict=True):
        assert set(names) - {name} <= set(parsed.links)


def test_the_pieces_for_the_script_hold_every_further_row(storage, long_table):
    assert sorted(name for name in storage.names(long_table) if name.endswith(".js")) == [
        "rows-2.js",
        "rows-3.js",
    ]
    piece = storage.read(f"{long_table}/rows-2.js")
    assert piece.count(rb"\u003ctr\u003e") == PIECE
    assert b"<" not in piece


def test_a_table_that_shrinks_leaves_no_page_behind(storage, long_table):
    tasks(storage, every_property_page("Row 0000"))
    render(storage)
    assert [name for name in storage.names(long_table) if name.startswith("rows-")] == []


def test_the_columns_of_a_table_are_those_of_its_schema(storage):
    tasks(storage, every_property_page())
    render(storage)
    table = read(storage.read(places.html_head(identifier("Tasks"))))
    heads = [each.text for each in table.all("th", scope="col") if "data-type" in each.attributes]
    assert heads == ["Name", *sorted(set(every_property_head()["data_source"]["properties"]) - {"Name"})]
    row = [
        each
        for each in table.elements
        if each.tag in ("th", "td") and each.parents[-4:-1] == ("div", "table", "tbody")
    ]
    assert len(row) == len(heads)
    assert row[0].text == "Every property"
    amounts = row[heads.index("Amount")]
    assert (amounts.text, amounts.attributes["data-key"]) == ("12.5", "12.5")
