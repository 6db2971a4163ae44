"""A build reads and writes what moved, and the site is that of a build from nothing."""

import tracemalloc

import pytest

from notion_sync_assets.core.render import link_slice
from notion_sync_assets.core.render.site import build as site_build
from notion_sync_assets.core.render.site import search_index, shards
from notion_sync_assets.core.render.site.build import RECORD, build_site
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.storage.layout import SITE as FOLDER
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync import manifest
from notion_sync_assets_tests.core.render.rendering import render_all
from notion_sync_assets_tests.core.render.site.test_build import child, data, home, site
from notion_sync_assets_tests.corpus import (
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


def garden(storage, *texts, created="2026-05-01T08:00:00.000Z"):
    pages = [
        document(page(f"Bed {number}", created_time=created), [paragraph(text)])
        for number, text in enumerate(texts)
    ]
    make_scope(storage, [home("First"), child("First", "Home", paragraph("Tulip")), *pages], title="Home")


def tasks(storage, rows):
    made = [every_property_page(f"Task {number}") for number in range(rows)]
    make_scope(storage, made, kind="data_source", title="Tasks", head=every_property_head())


def referring(storage, word):
    said = [paragraph(mention("page", {"id": identifier("Target")}, "oldname")), paragraph(word)]
    make_scope(storage, [document(page("Referring"), said)], title="Referring")


def target(storage, title):
    make_scope(storage, [document(page(title, id=identifier("Target")), [])], title="Target")


def build(storage):
    render_all(storage, forms=["html"])
    return build_site(storage)


@pytest.fixture
def documents_read(monkeypatch):
    """The hashes of the documents that are read while a site is built."""
    read = []
    original = DocumentStore.document

    def counted(self, sha256):
        read.append(sha256)
        return original(self, sha256)

    monkeypatch.setattr(DocumentStore, "document", counted)
    return read


STEPS = (
    lambda storage: garden(storage, "rose", "aster"),
    lambda storage: garden(storage, "rose", "aster", "iris"),
    lambda storage: garden(storage, "aster"),
    lambda storage: tasks(storage, 3),
    lambda storage: tasks(storage, 1),
    lambda storage: referring(storage, "fern"),
    lambda storage: target(storage, "Moss"),
    lambda storage: target(storage, "Lichen"),
    lambda storage: make_scope(storage, [every_block_document()], title="Every block"),
    lambda storage: make_scope(storage, [], title="Every block"),
)


COMPARED = (2, 4, 7, 9)


def test_after_every_change_the_site_is_that_of_a_build_from_nothing(storage, tmp_path):
    for number, step in enumerate(STEPS):
        step(storage)
        build(storage)
        if number not in COMPARED:
            continue
        fresh = LocalStorage(tmp_path / f"fresh {number}")
        for earlier in STEPS[: number + 1]:
            earlier(fresh)
        build(fresh)
        assert site(storage) == site(fresh), number


def test_only_the_documents_of_scopes_that_moved_are_read(storage, documents_read):
    garden(storage, "rose")
    tasks(storage, 5)
    build(storage)
    garden(storage, "lily")
    render_all(storage, forms=["html"])
    documents_read.clear()

    build_site(storage)

    assert len(documents_read) == 3


def test_a_new_name_of_a_page_is_found_where_it_is_mentioned(storage):
    referring(storage, "fern")
    target(storage, "Moss")
    build(storage)
    target(storage, "Lichen")
    build(storage)

    assert [hits for hits in data(storage, "search/li")["lichen"] if hits] != []
    assert len(data(storage, "search/li")["lichen"]) == 5
    assert not storage.exists("html/assets/search/mo.js")


def test_a_page_made_later_moves_no_part_of_the_index_it_has_no_word_in(storage):
    garden(storage, "rose")
    tasks(storage, 2)
    build(storage)
    before = site(storage)
    late = document(page("Zinnia", created_time="2027-01-01T00:00:00.000Z"), [])
    make_scope(storage, [late], title="Zinnia")
    build(storage)

    moved = {path for path, content in site(storage).items() if before.get(path) != content}

    searched = {path for path in moved if "/search/" in path}
    assert searched == {f"html/assets/search/{name}.js" for name in ("pages-0", "shards", "zi")}


def test_a_lost_file_of_the_index_is_made_again(storage):
    garden(storage, "rose")
    build(storage)
    whole = site(storage)
    storage.delete("html/assets/search/ro.js")
    garden(storage, "rose", "lily")
    build(storage)
    garden(storage, "rose")
    build(storage)

    assert site(storage) == whole


@pytest.mark.parametrize("killed_at", ["merged", "_write", "_delete_stale"])
def test_a_build_killed_anywhere_is_made_good_by_the_next(storage, tmp_path, monkeypatch, killed_at):
    garden(storage, "rose")
    build(storage)
    garden(storage, "lily", "iris")
    render_all(storage, forms=["html"])
    with monkeypatch.context() as patched:
        patched.setattr(site_build, killed_at, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build_site(storage)
    assert not storage.exists(RECORD)
    build_site(storage)
    fresh = LocalStorage(tmp_path / "fresh")
    garden(fresh, "lily", "iris")
    build(fresh)

    assert site(storage) == site(fresh)


def test_what_is_known_of_a_scope_goes_with_it(storage):
    garden(storage, "rose")
    target(storage, "Moss")
    build(storage)
    assert len(storage.names(FOLDER)) == 4
    target_key = next(name for name in storage.names(FOLDER) if name.startswith("target"))
    for name in storage.names("state/renders/html"):
        if name.split(".")[0] == target_key.split(".")[0]:
            storage.delete(f"state/renders/html/{name}")
    build_site(storage)

    assert [name.split("-")[0] for name in storage.names(FOLDER)] == ["home", "home"]


def test_memory_does_not_grow_with_the_pages_of_a_scope(storage, monkeypatch):
    batches = ((search_index, "MOST_PAGES"), (search_index, "PAGES_PIECE"), (shards, "BATCH_ROWS"))
    for module, name in (*batches, (link_slice, "_CACHED"), (manifest, "BATCH_ROWS")):
        monkeypatch.setattr(module, name, 50)
    peaks = []
    for count in (60, 240):
        body = paragraph(" ".join(f"word{number}" for number in range(60)))
        made = [document(page("Row", id=identifier(f"row {number}")), [body]) for number in range(count)]
        make_scope(storage, made, kind="data_source", title="Tasks", head=every_property_head())
        render_all(storage, forms=["html"])
        tracemalloc.start()
        build_site(storage)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] * 1.5
