"""How long a run believes the index: the search of a first sync serves it to its end, however long that takes."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager

import orjson
import pytest

from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync.clock import utc_now
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets_tests.deployment import SMALL_WORLD, Deployment, deployment

PAGE = "GET /v1/pages/{id}"


@pytest.fixture
def dagster(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export") as made:
        yield made


@contextmanager
def later_run(dagster: Deployment) -> Iterator[Deployment]:
    """A run of its own that begins some hours after the search of the last index."""
    searched = {"started_at": (utc_now() - dt.timedelta(hours=3)).isoformat()}
    dagster.runtime.storage.write(layout.SEARCHED, orjson.dumps(searched))
    with closing(ExportRuntime(dagster.runtime.settings)) as runtime:
        yield Deployment(dagster.emulator, runtime, dagster.instance)


def tree(dagster: Deployment) -> str:
    dagster.index()
    dagster.requests()
    return dagster.key("page-000000")


def test_pages_that_were_never_committed_are_not_read_singly_from_an_old_index(dagster):
    key = tree(dagster)
    with later_run(dagster) as later:
        assert later.sync(key).success
    assert len(dagster.pages_of(key)) > 1
    assert PAGE not in dagster.requests()


def test_committed_pages_are_looked_at_when_the_index_is_old(dagster):
    key = tree(dagster)
    dagster.sync(key)
    page_id = dagster.runtime.known_scopes([key])[0].root_id
    dagster.emulator.control.change("rename", object_id=page_id, title="Renamed since the search")
    dagster.requests()
    with later_run(dagster) as later:
        assert later.sync(key).success
    assert dagster.requests()[PAGE] == len(dagster.pages_of(key))
    titles = {row.title for row in dagster.runtime.snapshot(key).rows()}
    assert "Renamed since the search" in titles


def test_a_run_that_searched_itself_believes_its_index_to_the_end(dagster):
    key = tree(dagster)
    dagster.sync(key)
    with later_run(dagster):
        dagster.requests()
        assert dagster.sync(key).success
    assert PAGE not in dagster.requests()
