"""On an object store, too: verification, collection, rollback and purge of what a sync wrote there."""

import datetime as dt

import pytest

from notion_sync_assets.core.history.collect import collect
from notion_sync_assets.core.history.exclusive import alone
from notion_sync_assets.core.history.purge import purge
from notion_sync_assets.core.history.rollback import rollback
from notion_sync_assets.core.integrity.verify import verify
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.objects import ObjectStorage
from notion_sync_assets_tests.core.sync.exporting import Export, held
from notion_sync_assets_tests.core.sync.worlds import COMPOST, HEAP, garden, serve

pytestmark = pytest.mark.system


@pytest.fixture
async def export(start_emulator, tmp_path, object_store):
    notion = serve(start_emulator, garden())
    bucket = ObjectStorage(f"{object_store.bucket()}/notion", object_store.options, tmp_path / "scratch")
    async with Export(notion.url, bucket) as opened:
        await opened.run()
        notion.control.change("rename", object_id=HEAP, title="Bogland")
        await opened.run()
        yield opened


def problems(export):
    found = verify(export.storage, RenderOptions(scratch=export.storage.scratch()), "Notion")
    return [(each.kind, each.path) for each in found if not each.harmless]


async def test_an_export_there_is_looked_after_like_one_in_a_folder(export):
    storage, key = export.storage, export.scope(COMPOST).key
    assert problems(export) == []
    manifest = export.commits.head(key).manifest
    whole = storage.read(manifest)
    storage.write(manifest, whole[:-10])
    assert problems(export) == [("damaged", manifest)]
    storage.write(manifest, whole)
    rollback(storage, key, 1, run_id="undo")
    assert problems(export) == []
    with alone(storage, export.leases, "gc"):
        removed = collect(storage, "latest", dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)).removed
        assert removed["manifests"] > 1
        assert purge(storage, HEAP, dt.datetime.now(dt.UTC)).documents == 1
    assert problems(export) == []
    left = {path for path, data in held(storage).items() if HEAP.encode() in data}
    # The page above has a block of it.
    above = (layout.DOCUMENTS, layout.all_tables(key))
    assert {path for path in left if not path.startswith(above)} == {"state/purged.json"}
