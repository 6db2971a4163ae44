"""The forecast against what an export then really asks for, on the demo and on generated workspaces."""

import datetime as dt

import pytest

from notion_sync_assets.core.notion.client import NotionClientConfig, build_client
from notion_sync_assets.core.notion.errors import (
    ConfigurationError,
    NothingSharedError,
    OutputFolderError,
    RestrictedError,
)
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.forecast import ForecastOptions, forecast
from notion_sync_assets.core.sync.workload import WorkloadOptions
from notion_sync_assets_tests.core.sync.exporting import Export, tree
from notion_sync_assets_tests.core.sync.worlds import (
    BED,
    DATABASE,
    FERN,
    GARDEN,
    SHED,
    SOURCE,
    new_draft,
    serve,
)

STATES = ("new", "changed", "again", "unchanged", "missing")


async def foretell(
    url, root, *, sample=60, full=False, wanted=(), exclude=(), fingerprint="settings", **options
):
    workload = WorkloadOptions(fingerprint, dt.timedelta(seconds=120), full, frozenset(exclude), sample)
    chosen = {"blocks": True, "properties": True, "comments": True, "files": True, **options}
    config = NotionClientConfig(token="secret_x", base_url=url, limit_per_window=0)
    async with build_client(config) as client:
        made = ForecastOptions(workload, frozenset(wanted), **chosen)
        return await forecast(client, LocalStorage(root), await client.me(), made)


async def exported(url, root, **options):
    """Export, and return how many requests that took."""
    async with Export(url, root, **options) as opened:
        await opened.run()
        return opened.client.metrics.total_requests


def pages(found):
    return {state: sum(getattr(each, state) for each in found.outlooks) for state in STATES}


@pytest.mark.parametrize("seed", [2, *(pytest.param(seed, marks=pytest.mark.system) for seed in (3, 4))])
async def test_a_first_export_of_a_generated_workspace_stays_within_the_range(start_emulator, tmp_path, seed):
    emulator = start_emulator(world="generated", pages=40, rows=60, databases=3, seed=seed)
    found = await foretell(emulator.url, tmp_path / "export", sample=30)
    assert not (tmp_path / "export").exists()
    assert found.sampled == 30
    needed = await exported(emulator.url, tmp_path / "export")
    assert found.total.low <= needed <= found.total.high
    assert found.total.high < 2 * needed
    assert abs(found.total.expected - needed) < 0.25 * needed


@pytest.mark.system
async def test_the_demo_stays_within_the_range_and_its_increments_within_ten_percent(
    start_emulator, tmp_path
):
    emulator = start_emulator()
    root = tmp_path / "export"
    first = await foretell(emulator.url, root)
    needed = await exported(emulator.url, root)
    assert first.total.low <= needed <= first.total.high
    assert first.spent < needed / 2
    before = tree(root, without=())
    await unchanged_within_ten_percent(emulator, root)
    change(emulator)
    found = await foretell(emulator.url, root)
    assert pages(found)["new"] == 2
    assert pages(found)["changed"] >= 2
    assert tree(root, without=()).keys() == before.keys()
    needed = await exported(emulator.url, root)
    assert found.total.low <= needed <= found.total.high
    assert abs(found.total.expected - needed) <= 0.1 * needed


async def unchanged_within_ten_percent(emulator, root):
    before = tree(root, without=())
    found = await foretell(emulator.url, root)
    assert tree(root, without=()) == before
    assert found.sampled == 0
    assert pages(found)["new"] == pages(found)["changed"] == 0
    needed = await exported(emulator.url, root)
    assert abs(found.total.expected - needed) <= 0.1 * needed


def change(emulator):
    """Two new pages and three edits, long enough ago to be settled and known to search."""
    control = emulator.control
    parents = control.oracle_ids("page")
    sources = control.oracle_ids("data_source")
    nested = next(
        page for page, parent in parents.items() if parent in parents and parents[parent] in parents
    )
    row = next(page for page, parent in parents.items() if parent in sources)
    control.change("rename", object_id=nested, title="Another name")
    control.change("add_page", parent_id=nested, title="Fresh", texts=["One", "Two"])
    control.change("rename", object_id=row, title="Another row")
    control.change("add_row", data_source_id=parents[row], title="New row", values={})
    control.clock(advance=200)


async def test_when_the_sample_is_everything_the_blocks_are_exact(untouched_garden, tmp_path):
    found = await foretell(untouched_garden.url, tmp_path / "export")
    assert found.requests["blocks"].low == found.requests["blocks"].expected
    async with Export(untouched_garden.url, tmp_path / "export") as opened:
        await opened.run()
        made = {row.endpoint: count for row, count in opened.client.metrics.requests.items()}
    assert made["GET /v1/blocks/{id}/children"] == found.requests["blocks"].expected
    assert made["GET /v1/comments"] == found.requests["comments"].low == 17
    assert found.files.low == found.files.expected == 1


async def test_a_small_sample_costs_less_and_says_less(untouched_garden, tmp_path):
    whole = await foretell(untouched_garden.url, tmp_path / "export")
    one = await foretell(untouched_garden.url, tmp_path / "export", sample=3)
    assert one.sampled == 3
    assert one.spent < whole.spent
    assert one.total.high - one.total.low > whole.total.high - whole.total.low


async def test_what_is_left_out_costs_nothing(untouched_garden, tmp_path):
    found = await foretell(untouched_garden.url, tmp_path, blocks=False, comments=False, files=False)
    assert found.sampled == 0
    assert {found.requests[kind].high for kind in ("blocks", "comments")} == {0}
    assert found.files.high == 0


@pytest.mark.parametrize("name", [DATABASE, SOURCE, FERN])
async def test_a_selection_is_made_of_whole_scopes(untouched_garden, tmp_path, name):
    found = await foretell(untouched_garden.url, tmp_path, wanted=[name])
    assert [each.scope.root_id for each in found.outlooks] == [SOURCE]
    assert pages(found)["new"] == 7
    assert found.requests["schemas"].high == 1


async def test_what_is_excluded_is_not_counted(untouched_garden, tmp_path):
    found = await foretell(untouched_garden.url, tmp_path, exclude=[DATABASE, BED])
    assert SOURCE not in [each.scope.root_id for each in found.outlooks]
    assert found.requests["queries"].high == 0
    whole = await foretell(untouched_garden.url, tmp_path)
    assert pages(found)["new"] == pages(whole)["new"] - 7 - 1


async def test_an_id_nobody_can_see_is_refused(untouched_garden, tmp_path):
    with pytest.raises(ConfigurationError, match="nothing this connection can see"):
        await foretell(untouched_garden.url, tmp_path, wanted=["00000000-0000-4000-8000-000000000000"])


async def test_a_full_export_and_other_settings_read_everything_again(notion, tmp_path):
    await exported(notion.url, tmp_path)
    full = await foretell(notion.url, tmp_path, full=True)
    other = await foretell(notion.url, tmp_path, fingerprint="others")
    assert pages(full)["unchanged"] == pages(other)["unchanged"] == 0
    assert pages(full)["again"] == pages(other)["again"] == 17
    assert full.requests["comments"].expected == 17
    assert full.requests["search"].expected == 2 * other.requests["search"].expected
    assert full.requests["blocks"].low == full.requests["blocks"].high


async def test_a_page_edited_just_before_its_read_is_read_again(notion, tmp_path):
    notion.control.change("rename", object_id=GARDEN, title="Big garden")
    await exported(notion.url, tmp_path)
    found = await foretell(notion.url, tmp_path)
    assert (pages(found)["again"], pages(found)["changed"]) == (1, 0)
    assert await exported(notion.url, tmp_path) == found.total.expected


async def test_a_page_that_search_lacks_is_missing_and_asked_for_once(notion, tmp_path):
    await exported(notion.url, tmp_path)
    notion.control.change("trash", object_id=SHED)
    found = await foretell(notion.url, tmp_path)
    assert pages(found)["missing"] == 1
    assert found.requests["single reads"].expected >= 1


async def test_a_damaged_document_is_a_page_to_sample(notion, tmp_path):
    await exported(notion.url, tmp_path)
    opened = Export(notion.url, tmp_path)
    document = opened.row(GARDEN).document
    (tmp_path / layout.document(document)).write_bytes(b"")
    found = await foretell(notion.url, tmp_path, full=True)
    assert found.sampled == 1
    assert pages(found)["again"] == 17


async def test_comments_nobody_may_read_cost_only_the_attempts(untouched_garden, tmp_path, monkeypatch):
    async def refused(*_arguments, **_named):
        raise RestrictedError("no", status=403, code="restricted_resource")

    monkeypatch.setattr("notion_sync_assets.core.notion.client.NotionClient.comments", refused)
    found = await foretell(untouched_garden.url, tmp_path)
    assert not found.comments_permitted
    assert found.requests["comments"].high < 17


async def test_what_is_linked_and_not_listed_is_named(start_emulator, tmp_path):
    emulator = start_emulator()
    found = await foretell(emulator.url, tmp_path)
    hidden = emulator.control.oracle()["unshared"]
    named = {*found.unlisted, *found.not_shared}
    assert named & set(hidden)
    assert not named & set(emulator.control.oracle_ids("data_source"))


async def test_nothing_shared_and_the_folder_of_another_workspace_are_refused(
    start_emulator, notion, tmp_path
):
    empty = serve(start_emulator, new_draft().finish())
    with pytest.raises(NothingSharedError):
        await foretell(empty.url, tmp_path / "empty")
    assert not (tmp_path / "empty").exists()
    await exported(notion.url, tmp_path / "export")
    LocalStorage(tmp_path / "export").write(
        layout.IDENTITY, b'{"workspace_id": "another", "workspace_name": "Ours"}'
    )
    with pytest.raises(OutputFolderError, match=r"another workspace \(Ours\)"):
        await foretell(notion.url, tmp_path / "export")
