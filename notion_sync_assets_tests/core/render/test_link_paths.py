from itertools import pairwise

import pytest

from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets_tests.core.render.rendering import entry
from notion_sync_assets_tests.corpus import (
    document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    page,
    paragraph,
    text,
)


def short(name):
    return identifier(name)[-8:]


def under(title, parent):
    parent_id = identifier(parent)
    return document(page(title, parent={"type": "page_id", "page_id": parent_id}), [])


def paths(storage, key, *names):
    build_link_table(storage, [])
    with open_slice(storage, key) as links:
        return [links.entry(identifier(name)).markdown_path for name in names]


def test_pages_lie_in_a_folder_named_like_the_page_above_them(storage):
    pages = [document(page("Home"), []), under("Plans", "Home"), under("Spring", "Plans")]
    key = make_scope(storage, pages, title="Home").commit.scope

    home, plans, spring = paths(storage, key, "Home", "Plans", "Spring")

    folder = f"markdown/Home {short('Home')}"
    assert home == f"{folder}/Home {short('Home')}.md"
    assert plans == f"{folder}/Plans {short('Plans')}.md"
    assert spring == f"{folder}/Plans {short('Plans')}/Spring {short('Spring')}.md"


def test_rows_lie_beside_the_page_of_their_data_source(storage):
    row = every_property_page("Row")
    key = make_scope(
        storage, [row, under("Note", "Row")], kind="data_source", title="Tasks", head=every_property_head()
    ).commit.scope

    found = paths(storage, key, "Tasks", "Tasks database", "Row", "Note")

    folder = f"markdown/Tasks {short('Tasks')}"
    assert found[:2] == [f"{folder}/Tasks {short('Tasks')}.md"] * 2
    assert found[2:] == [
        f"{folder}/Row {short('Row')}.md",
        f"{folder}/Row {short('Row')}/Note {short('Note')}.md",
    ]


def test_a_renamed_parent_moves_the_pages_below_it(storage):
    make_scope(storage, [document(page("Home"), []), under("Plans", "Home")], title="Home")
    renamed = document(page("Ideas", id=identifier("Plans")), [])
    pages = [document(page("Home"), []), renamed, under("Spring", "Plans")]
    key = make_scope(storage, pages, title="Home").commit.scope

    assert paths(storage, key, "Spring") == [
        f"markdown/Home {short('Home')}/Ideas {short('Plans')}/Spring {short('Spring')}.md"
    ]


def test_the_deepest_folders_are_left_out_of_a_long_path(storage):
    names = ["Home", *("a rather long title, number " + str(number) for number in range(12))]
    pages = [document(page("Home"), [])]
    pages += [under(child, parent) for parent, child in pairwise(names)]
    key = make_scope(storage, pages, title="Home").commit.scope

    found = paths(storage, key, *names)

    assert all(len(path.encode()) <= places.PATH_BYTES for path in found)
    assert len(set(found)) == len(names)
    kept = [f"{name} {short(name)}" for name in names[:3]]
    assert found[-1].split("/")[:-1] == ["markdown", *kept]


def test_pages_that_lie_in_a_circle_still_have_a_path(storage):
    key = make_scope(
        storage, [document(page("Home"), []), under("A", "B"), under("B", "A")], title="Home"
    ).commit.scope

    assert paths(storage, key, "A") == [f"markdown/Home {short('Home')}/A {short('A')}.md"]


def test_pages_whose_ids_end_alike_take_the_whole_id(storage):
    ids = [f"{digit * 8}-1111-4111-8111-1111deadbeef" for digit in "ab"]
    key = make_scope(
        storage, [document(page("Twin", id=twin), []) for twin in ids], title="Home"
    ).commit.scope
    build_link_table(storage, [])

    with open_slice(storage, key) as links:
        names = [links.entry(twin).markdown_path.rsplit("/", 1)[1] for twin in ids]
    assert names == [f"Twin {twin.replace('-', '')}.md" for twin in ids]


def test_a_block_that_a_link_names_is_anchored_in_the_scope_of_its_page(storage):
    target, anchor = (identifier(name).replace("-", "") for name in ("Target", "said"))
    linking = paragraph(text("see", link=f"/{target}#{anchor}"), name="linking")
    make_scope(storage, [document(page("Source"), [linking])], title="Source")
    said = [paragraph("said", name="said"), paragraph("unsaid", name="unsaid")]
    key = make_scope(storage, [document(page("Target"), said)], title="Target").commit.scope

    build_link_table(storage, [])

    with open_slice(storage, key) as links:
        assert links.anchors(identifier("Target")) == {identifier("said")}
        assert not links.anchors(identifier("Source"))


def test_html_is_addressed_by_ids(storage):
    key = make_scope(
        storage, [every_property_page("Row")], kind="data_source", title="Tasks", head=every_property_head()
    ).commit.scope
    build_link_table(storage, [])
    source, row = (identifier(name).replace("-", "") for name in ("Tasks", "Row"))

    with open_slice(storage, key) as links:
        assert links.entry(identifier("Tasks")).html_path == f"html/{source}/index.html"
        assert links.entry(identifier("Tasks database")).html_path == f"html/{source}/index.html"
        assert links.entry(identifier("Row")).html_path == f"html/{source}/{row}.html"


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_page_that_was_never_read_has_no_path(known, form):
    missing = entry("p", "Page", state="failed", rendered=False)

    assert getattr(known(missing).entry("p"), f"{form}_path") is None
