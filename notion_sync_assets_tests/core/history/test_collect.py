"""gc: what nothing refers to goes, and nothing else: exports before and after are the same."""

import datetime as dt

import pytest

from notion_sync_assets.core.history.collect import collect
from notion_sync_assets.core.history.exclusive import alone
from notion_sync_assets.core.notion.errors import LeaseHeldError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.journal import journalled_documents
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets_tests.core.sync.exporting import Export, facts
from notion_sync_assets_tests.core.sync.worlds import BED, COMPOST, GARDEN, HEAP

pytestmark = pytest.mark.system


class Killed(BaseException):
    """As if the process ended here."""


def later():
    return dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)


async def renamed(notion, export, count):
    for number in range(count):
        notion.control.change("rename", object_id=HEAP, title=f"Heap {number}")
        await export.run()


def documents(export):
    return sum(1 for _ in export.storage.walk(layout.DOCUMENTS))


@pytest.mark.parametrize(("versions", "kept"), [("latest", 1), (3, 3), (4, 4), ("all", 5)])
async def test_as_many_versions_stay_as_the_setting_says(notion, export, versions, kept):
    await export.run()
    before = documents(export)
    await renamed(notion, export, 4)
    assert documents(export) == before + 4
    removed = collect(export.storage, versions, later()).removed
    assert removed["documents"] == 5 - kept
    assert documents(export) == before + kept - 1
    assert removed["events"] == 0
    assert [event.title for event in export.events() if event.page_id == HEAP][-1] == "Heap 3"


@pytest.mark.parametrize(("versions", "kept"), [("latest", 2), ("all", 3)])
async def test_values_of_kept_versions_stay_for_the_catalog(notion, export, versions, kept):
    await export.run()
    await renamed(notion, export, 2)
    scopes = [layout.all_tables(key) for key in export.storage.names(layout.SCOPES)]
    assert max(len(export.storage.names(scope)) for scope in scopes) == 3
    collect(export.storage, versions, later())
    assert max(len(export.storage.names(scope)) for scope in scopes) == kept


async def test_after_a_collection_exports_go_on_as_before(notion, export, tmp_path):
    await export.run()
    await renamed(notion, export, 3)
    before = facts(export)
    assert collect(export.storage, "latest", later()).total > 0
    assert facts(export) == before
    assert (await export.run()).changed == set()
    notion.control.change("move_page", page_id=BED, parent_id=HEAP)
    assert (await export.run()).errors == {}
    async with Export(notion.url, tmp_path / "fresh") as fresh:
        await fresh.run()
        assert facts(export) == facts(fresh)
    assert collect(export.storage, "latest", later()).total > 0
    assert collect(export.storage, "latest", later()).total == 0


async def test_leftovers_of_lost_syncs_and_unused_files_go(export):
    await export.run()
    key = export.scope(GARDEN).key
    lost = [
        layout.manifest(key, 9, "lost"),
        f"{layout.tables(key, 9, 'lost')}/pages.parquet",
        layout.outbox(key, 9, "lost"),
        layout.hosted_file("0" * 64, "png"),
    ]
    for path in lost:
        export.storage.write(path, b"x")
    orphan = DocumentStore(export.storage).put({"nobody": "names it"})[0]
    assert collect(export.storage, "all", later(), dry_run=True).total == 5
    assert export.storage.exists(lost[0])
    assert collect(export.storage, "all", later()).removed == dict.fromkeys(
        ("documents", "files", "manifests", "tables", "events"), 1
    )
    assert not any(export.storage.exists(path) for path in [*lost, layout.document(orphan)])
    assert any(export.storage.walk(layout.FILES))


async def test_what_an_interrupted_sync_will_resume_stays(notion, export):
    def killed(step):
        if step == "work":
            raise Killed

    with pytest.raises(Killed):
        await export.run(checkpoint=killed)
    keys = export.storage.names(layout.SCOPES)
    held = {document for key in keys for document in journalled_documents(export.storage, key)}
    assert held
    collect(export.storage, "latest", later())
    assert all(export.storage.exists(layout.document(document)) for document in held)
    report = await export.run()
    assert report.counts["resumed"] > 0


async def test_a_collection_and_a_sync_keep_each_other_out(export):
    await export.run()
    others = LeaseKeeper(20)
    scope = export.scope(COMPOST)
    try:
        with alone(export.storage, others, "gc"), pytest.raises(LeaseHeldError, match="gc"):
            await export.sync(scope)
        assert (await export.sync(scope)).changed is False
        others.take(export.storage, layout.lease(scope.key), "a sync from the UI")
        with (
            pytest.raises(LeaseHeldError, match="a sync from the UI"),
            alone(export.storage, export.leases, "gc"),
        ):
            pass
        others.give_back(layout.lease(scope.key))
        with alone(export.storage, export.leases, "gc"):
            pass
    finally:
        others.close()
