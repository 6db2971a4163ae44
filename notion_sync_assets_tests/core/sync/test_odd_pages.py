"""An odd field of one page or data source costs nothing else: neither the index nor the commit of a scope."""

import datetime as dt

import pyarrow.parquet as pq

from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.due import due_scopes
from notion_sync_assets.core.sync.index import Index, IndexState, PageTable
from notion_sync_assets.core.sync.manifest import read_manifest, write_manifest
from notion_sync_assets.core.sync.plan import listed_row
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.worktable import WorkTable
from notion_sync_assets_tests.core.render.conformance.mutations import mutations
from notion_sync_assets_tests.corpus import every_property_head, every_property_page, identifier

NOW = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
PAGES = [
    {**change(), "object": "page", "id": identifier(place)}
    for place, change in mutations(every_property_page().page, kept=("id", "object", "properties"))
]
SOURCES = [
    {**change(), "object": "data_source", "id": identifier(place)}
    for place, change in mutations(every_property_head()["data_source"], kept=("id", "object", "properties"))
]


def test_every_page_has_a_row_of_the_manifest(tmp_path):
    table = WorkTable()
    for page in PAGES:
        assert table.list_page(page, None)
        table.finish(listed_row(table.release(page["id"]), None), changed=True)
    target = tmp_path / "manifest.parquet"
    write_manifest(table.done_rows(), target)
    with target.open("rb") as source:
        assert [row.page_id for row in read_manifest(source)] == sorted(page["id"] for page in PAGES)


def test_every_page_and_data_source_is_in_the_index(tmp_path):
    storage = LocalStorage(tmp_path)
    index = Index(IndexState(), PageTable())
    index.started_at = NOW
    for item in (*PAGES, *SOURCES):
        index.add(item)
    index.save(storage)
    stored = Index.load(storage)
    known = {*stored.state.trashed, *stored.state.sources, *index.stubs}
    assert {each["id"] for each in (*PAGES, *SOURCES)} - known == set(
        column(storage, stored, "page_id")
    ) - known
    scopes = [Scope("key", "page_tree", identifier("Root"), "Root")]
    assert len(list(due_scopes(storage, stored, scopes, settle=dt.timedelta()))) == 1


def column(storage, index, name):
    with storage.open(index.state.pages) as source:
        return pq.read_table(source, columns=[name]).column(0).to_pylist()
