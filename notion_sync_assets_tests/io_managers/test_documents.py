"""The hand-over from a sync to what is made of it: a handle in, a reader pinned to one commit out."""

import dagster as dg
import pytest

from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.io_managers.documents import DocumentsIOManager, ScopeHandle
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment


@pytest.fixture
def synced(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export") as made:
        made.index()
        made.sync(made.key("table-0"))
        yield made


def load(deployed, key):
    with dg.build_input_context(partition_key=key) as context:
        return DocumentsIOManager(deployed.runtime).load_input(context)


def handle(deployed, scope, seq):
    DocumentsIOManager(deployed.runtime).handle_output(dg.build_output_context(), ScopeHandle(scope, seq))


def test_the_newest_committed_state_is_loaded_lazily(synced):
    view = load(synced, synced.key("table-0"))
    assert isinstance(view, Snapshot)
    assert [document.page_id for _, document in view.pages()] == [row.page_id for row in view.rows()]


def test_a_loaded_state_stays_what_it_was_when_the_next_one_is_committed(synced):
    key = synced.key("table-0")
    view = load(synced, key)
    before = [(row.title, row.document) for row in view.rows()]
    page = next(iter(view.rows())).page_id
    synced.emulator.control.change("rename", object_id=page, title="Renamed")
    synced.sync(key)
    assert view.commit.seq == 1
    assert [(row.title, row.document) for row in view.rows()] == before
    assert all(document.page for _, document in view.pages())
    assert load(synced, key).commit.seq == 2


def test_a_scope_that_was_never_committed_loads_as_nothing(synced):
    assert load(synced, synced.key("table-1")) is None


def test_a_handle_must_name_what_is_committed(synced):
    key = synced.key("table-0")
    handle(synced, key, 1)
    handle(synced, synced.key("table-1"), 0)
    with pytest.raises(ValueError, match="has no commit 2"):
        handle(synced, key, 2)
