"""The site: complete, found by search and tree, nothing stale, nothing written twice, the same bytes always."""

import json

import pytest

from notion_sync_assets.core.render.site import search_index, tree
from notion_sync_assets.core.render.site.build import RECORD, START, build_site
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.core.render.html.reading import read
from notion_sync_assets_tests.core.render.rendering import render_all
from notion_sync_assets_tests.corpus import (
    block,
    document,
    every_block_document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    mention,
    page,
    paragraph,
)


def child(title, parent, *blocks):
    return document(page(title, parent={"type": "page_id", "page_id": identifier(parent)}), list(blocks))


def place(title):
    return block("child_page", {"title": title}, name=title)


def home(*titles):
    return document(page("Home"), [paragraph("Welcome to the garden"), *map(place, titles)])


def workspace(storage, rows=2):
    make_scope(
        storage, [home("Second", "First"), child("First", "Home"), child("Second", "Home")], title="Home"
    )
    tasks = [every_property_page(f"Task {number}") for number in range(rows)]
    make_scope(storage, tasks, kind="data_source", title="Tasks", head=every_property_head())


def build(storage):
    render_all(storage, forms=["html"])
    return build_site(storage)


def data(storage, name):
    text = storage.read(f"html/assets/{name}.js").decode()
    body = text.removeprefix("notionSite.receive(").removesuffix(");\n")
    told, value = json.loads(f"[{body}]")
    assert told == name
    return value


def site(storage):
    paths = [path for path in storage.walk("html") if path == START or path.startswith("html/assets/")]
    return {path: storage.read(path) for path in paths}


def found(storage, term):
    """What the script finds: the titles of the pages that have a word."""
    shard = next(name for name in data(storage, "search/shards") if term in data(storage, f"search/{name}"))
    total, *hits = data(storage, f"search/{shard}")[term]
    assert total == len(hits) // 2
    return [data(storage, "search/pages-0")[number][0] for number in hits[::2]]


def roots(storage):
    return {
        each.text: each.attributes["href"]
        for each in read(storage.read(START)).all("a")
        if each.parents[-2:] == ("ul", "li")
    }


def test_the_start_page_links_to_what_lies_in_nothing_else(storage):
    workspace(storage)
    result = build(storage)
    assert (result.built, result.pages) == (True, 5)
    assert list(roots(storage)) == ["Home", "Tasks"]
    assert all(storage.exists(f"html/{href}") for href in roots(storage).values())


def test_the_tree_holds_children_in_the_order_of_their_page(storage):
    workspace(storage)
    build(storage)
    scope, home_id = identifier("Home").replace("-", ""), identifier("Home").replace("-", "")
    children = data(storage, f"tree/{scope}")[home_id]
    assert [node[0] for node in children] == ["Second", "First"]
    assert all(storage.exists(f"html/{node[1]}") for node in children)
    entry = read(storage.read(START)).one("li", **{"data-node": home_id})
    assert entry.attributes["data-piece"] == f"tree/{scope}"


def test_a_database_lies_in_the_page_that_shows_it(storage):
    shown = document(page("Home"), [block("child_database", {"title": "Tasks"}, name="Tasks database")])
    workspace(storage)
    make_scope(storage, [shown], title="Home")
    build(storage)
    assert list(roots(storage)) == ["Home"]
    home_id = identifier("Home").replace("-", "")
    assert [node[:3] for node in data(storage, f"tree/{home_id}")[home_id]] == [
        ["Tasks", f"{identifier('Tasks').replace('-', '')}/index.html", "database"]
    ]


def test_rows_are_in_their_table_and_not_in_the_tree(storage):
    workspace(storage)
    build(storage)
    assert not any(
        b"Task 1" in content for path, content in site(storage).items() if "/tree/" in path or path == START
    )


def test_large_scopes_are_cut_into_small_pieces(storage, monkeypatch):
    monkeypatch.setattr(tree, "_PIECE", 2)
    titles = [f"Page {number}" for number in range(12)]
    pages = [child(title, titles[index // 3] if index > 2 else "Home") for index, title in enumerate(titles)]
    make_scope(storage, [home(), *pages], title="Home")
    build(storage)
    names = [name for name in storage.names("html/assets/tree") if name != "roots.js"]
    assert len(names) > 1
    listed = [
        node[0] for name in names for nodes in data(storage, f"tree/{name[:-3]}").values() for node in nodes
    ]
    assert sorted(listed) == sorted(titles)


def test_search_finds_titles_texts_and_values(storage):
    workspace(storage)
    make_scope(storage, [every_block_document()], title="Every block")
    build(storage)
    assert found(storage, "garden") == ["Home"]
    assert found(storage, "second")[0] == "Second"
    assert sorted(found(storage, "berlin")) == ["Task 0", "Task 1"]
    assert found(storage, "synced") == ["Every block"]


def test_a_title_counts_more_than_a_text(storage):
    pages = [document(page("Other"), [paragraph("rare rare rare")]), child("Rare", "Other")]
    make_scope(storage, pages, title="Other")
    build(storage)
    assert found(storage, "rare") == ["Rare", "Other"]


def test_a_word_on_too_many_pages_tells_how_many_it_leaves_out(storage, monkeypatch):
    monkeypatch.setattr(search_index, "MOST_PAGES", 1)
    workspace(storage)
    build(storage)
    total, *hits = data(storage, "search/ta")["task"]
    assert (total, len(hits)) == (2, 2)


def test_the_index_names_things_as_they_are_called_now(storage):
    referring = document(
        page("Referring"), [paragraph(mention("page", {"id": identifier("Target")}, "oldname"))]
    )
    make_scope(storage, [referring], title="Referring")
    make_scope(storage, [document(page("Newname", id=identifier("Target")), [])], title="Target")
    build(storage)
    assert sorted(found(storage, "newname")) == ["Newname", "Referring"]
    assert not any("oldname" in data(storage, f"search/{name}") for name in data(storage, "search/shards"))


def test_the_same_state_gives_the_same_bytes_and_no_work(storage, tmp_path):
    workspace(storage)
    build(storage)
    fresh = LocalStorage(tmp_path / "fresh")
    workspace(fresh)
    build(fresh)
    assert site(fresh) == site(storage)
    assert build_site(storage).built is False


def test_an_increment_writes_what_moved_and_equals_a_fresh_build(storage, tmp_path):
    workspace(storage)
    build(storage)
    fresh = LocalStorage(tmp_path / "fresh")
    for each in (storage, fresh):
        workspace(each, rows=1)
        result = build(each)
    assert site(storage) == site(fresh)
    assert result.built


def test_only_files_that_differ_are_written(storage):
    workspace(storage)
    build(storage)
    make_scope(
        storage,
        [home("First"), child("First", "Home", paragraph("unheard")), child("Second", "Home")],
        title="Home",
    )
    before = {path: storage.path(path).stat().st_mtime_ns for path in site(storage)}
    result = build(storage)
    touched = {
        path
        for path, stamp in before.items()
        if storage.exists(path) and storage.path(path).stat().st_mtime_ns != stamp
    }
    assert 0 < result.written < 10
    assert "html/assets/site.css" not in touched


def test_words_that_are_gone_leave_no_file(storage):
    make_scope(storage, [document(page("Zebra"), [])], title="Home")
    build(storage)
    assert storage.exists("html/assets/search/ze.js")
    make_scope(storage, [document(page("Lion"), [])], title="Home")
    assert build(storage).deleted > 0
    assert not storage.exists("html/assets/search/ze.js")


def test_without_any_html_nothing_is_left_of_the_site(storage):
    workspace(storage)
    build(storage)
    for title in ("Home",):
        make_scope(storage, [], title=title)
    storage.delete_tree("state/renders/html")
    build_site(storage)
    assert site(storage) == {}
    assert not storage.exists(RECORD)


def test_a_build_that_was_killed_is_done_again(storage, monkeypatch):
    workspace(storage)
    render_all(storage, forms=["html"])
    with monkeypatch.context() as patched:
        patched.setattr(LocalStorage, "make_durable", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build_site(storage)
    assert not storage.exists(RECORD)
    assert build_site(storage).built
    first = site(storage)
    storage.delete(RECORD)
    build_site(storage)
    assert site(storage) == first


def test_hostile_titles_are_text_in_every_file(storage):
    hostile = "</script><script>alert(1)</script>\u2028"
    make_scope(storage, [document(page(hostile), []), child("Below", hostile)], title=hostile)
    build(storage)
    assert hostile.strip() in read(storage.read(START)).one("nav", class_="tree").text
    scripts = [content for path, content in site(storage).items() if "/search/" in path or "/tree/" in path]
    assert scripts
    assert not any(b"<" in content for content in scripts)


def test_the_start_page_runs_and_loads_nothing_but_its_own(storage):
    workspace(storage)
    build(storage)
    parsed = read(storage.read(START))
    assert all(load.startswith("assets/") and storage.exists(f"html/{load}") for load in parsed.loads)
    assert (
        "unsafe" not in parsed.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    )


def test_a_value_of_another_shape_costs_no_site(storage):
    odd = document(page("Odd", properties={"Odd": None, "Text": "x"}), [paragraph("findable")])
    make_scope(storage, [odd], title="Odd")

    build(storage)

    assert any("findable" in storage.read(path).decode() for path in storage.walk("html"))
