"""Formats rendered side by side: the same files as one by one, each document read once, each error alone."""

import dataclasses
from collections import Counter

import pytest

from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.publish import FailedRender, RenderResult, render_scope, render_together
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.commits import snapshot
from notion_sync_assets_tests.core.render.rendering import tree
from notion_sync_assets_tests.corpus import (
    document,
    every_block_document,
    every_property_head,
    every_property_page,
    make_scope,
    page,
    paragraph,
    person,
)

ALL = tuple(FORMATS.values())
USERS = [person("Cleo"), person("Ada")]


def workspace(storage, pages=3):
    rows = [every_property_page(f"Row {number}") for number in range(pages)]
    make_scope(storage, rows, kind="data_source", title="Tasks", head=every_property_head())
    tree_pages = [document(page(f"Page {number}"), [paragraph(f"Text {number}")]) for number in range(pages)]
    make_scope(storage, [every_block_document(), *tree_pages], title="Every block")
    return sorted(build_link_table(storage, USERS).slices)


def each_alone(storage, keys):
    for key in keys:
        for form in FORMATS.values():
            with open_slice(storage, key) as links:
                render_scope(storage, snapshot(storage, key), links, form, RenderOptions(storage.scratch()))


def together(storage, keys, forms=ALL):
    outcomes = []
    for key in keys:
        with open_slice(storage, key) as links:
            options = RenderOptions(storage.scratch())
            outcomes += render_together(storage, snapshot(storage, key), links, forms, options)
    return outcomes


def remembered(storage):
    """Return what every render wrote down of itself, the questions of each page included."""
    return {path: storage.read(path) for path in storage.walk("state/renders")}


def test_the_files_and_what_is_remembered_of_them_are_those_of_formats_rendered_alone(storage, tmp_path):
    outcomes = together(storage, workspace(storage))
    other = LocalStorage(tmp_path / "alone")
    each_alone(other, workspace(other))
    assert {type(each) for each in outcomes} == {RenderResult}
    assert len(tree(storage)) > 10
    assert tree(storage) == tree(other)
    assert remembered(storage) == remembered(other)


def test_each_document_is_read_once_for_all_formats(storage, monkeypatch):
    keys = workspace(storage, pages=40)
    read, reads = DocumentStore.data, Counter()

    def counted(self, sha256):
        reads[sha256] += 1
        return read(self, sha256)

    monkeypatch.setattr(DocumentStore, "data", counted)
    together(storage, keys, [FORMATS[form] for form in ("json", "markdown", "html")])
    documents = {row.document for key in keys for row in snapshot(storage, key).present()}
    assert {sha256: reads[sha256] for sha256 in documents} == dict.fromkeys(documents, 1)


def test_more_than_is_kept_is_read_again_and_comes_out_the_same(storage, tmp_path, monkeypatch):
    monkeypatch.setattr("notion_sync_assets.core.render.recent_documents._KEPT_BYTES", 0)
    together(storage, workspace(storage))
    other = LocalStorage(tmp_path / "alone")
    each_alone(other, workspace(other))
    assert tree(storage) == tree(other)


@pytest.mark.parametrize("after", [0, 2])
def test_an_error_of_one_format_costs_no_other(storage, after):
    keys = workspace(storage)

    def failing(state, links, options):
        for number, output in enumerate(FORMATS["markdown"].export(state, links, options)):
            if number == after:
                raise ZeroDivisionError("a defect")
            yield output

    forms = [
        dataclasses.replace(form, export=failing) if form.name == "markdown" else form
        for form in FORMATS.values()
    ]
    outcomes = together(storage, keys, forms)
    failed = [each for each in outcomes if isinstance(each, FailedRender)]
    assert [(each.form, str(each.error)) for each in failed] == [("markdown", "a defect")] * len(keys)
    assert {each.form for each in outcomes if isinstance(each, RenderResult)} == FORMATS.keys() - {"markdown"}
    again = together(storage, keys)
    assert {each.form for each in again if each.rendered} == {"markdown"}
    assert all(isinstance(each, RenderResult) for each in again)


def test_a_pass_that_is_left_half_way_is_finished_by_the_next(storage, tmp_path):
    keys = workspace(storage)
    with open_slice(storage, keys[0]) as links:
        options = RenderOptions(storage.scratch())
        steps = render_together(storage, snapshot(storage, keys[0]), links, FORMATS.values(), options)
        next(steps)
        steps.close()
    together(storage, keys)
    other = LocalStorage(tmp_path / "alone")
    each_alone(other, workspace(other))
    assert tree(storage) == tree(other)
