import pytest

from notion_sync_assets.core.notion.errors import IncompleteListingError, NotOfferedError
from notion_sync_assets.core.sync.listing import rows
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.core.sync.exporting import Export
from notion_sync_assets_tests.core.sync.worlds import NAMES, PLANTS, SOURCE, garden, new_draft, serve

CUT = {"type": "incomplete", "incomplete_reason": "query_timeout"}


def table(minutes):
    """A table with a row per name, created in the given minutes."""
    draft = new_draft()
    draft.database("plants", "Plants", {"Plants": PLANTS})
    for number, minute in enumerate(minutes):
        name = draft.row(f"row {number}", "plants", "Plants", PLANTS, {"Name": str(number)})
        draft.world.objects["page"][name]["created_time"] = f"2024-01-01T10:{minute:02}:00.000Z"
    return draft.finish()


async def listed(start, minutes, cap, tmp_path):
    notion = serve(start, table(minutes), result_cap=cap)
    async with Export(notion.url, tmp_path) as export:
        return [row["id"] async for row in rows(export.client, SOURCE)], notion


@pytest.mark.parametrize(
    "minutes", [[], [1], [1, 1, 2, 2, 3, 3, 4, 4, 5], list(range(30)), [1] * 5 + [2] * 5]
)
async def test_every_row_is_listed_once_whatever_the_cap(start_emulator, tmp_path, minutes):
    found, _ = await listed(start_emulator, minutes, 6, tmp_path)
    assert sorted(found) == sorted(named_id("page", f"row {number}") for number in range(len(minutes)))


async def test_short_pages_hide_nothing(start_emulator, tmp_path):
    notion = serve(start_emulator, table(range(40)), short_page_rate=1)
    async with Export(notion.url, tmp_path) as export:
        assert len([row async for row in rows(export.client, SOURCE)]) == 40
    assert notion.control.stats()["requests"] > 1


async def test_any_other_reason_is_no_complete_listing():
    class Cut:
        async def query(self, *_args, **_options):
            return {"results": [], "has_more": False, "request_status": CUT}

    with pytest.raises(IncompleteListingError, match="query_timeout"):
        [row async for row in rows(Cut(), SOURCE)]


async def test_a_scope_whose_listing_is_cut_keeps_its_state_and_costs_no_other(start_emulator, tmp_path):
    notion = serve(start_emulator, garden())
    async with Export(notion.url, tmp_path) as export:
        await export.run()
        before = export.commits.head(export.scope(SOURCE).key)
        for name in NAMES:
            plant = named_id("page", f"plant {name}")
            notion.control.change("rename", object_id=plant, title="Plant")
            notion.control.change("set_property", page_id=plant, name="Sun", value=None)
            notion.control.change("set_times", object_id=plant, created="2024-01-01", edited="2024-01-02")
        notion.control.change("add_page", parent_id=None, title="Other")
        notion.control.configure(result_cap=3)
        report = await export.run()
        assert [type(error) for error in report.errors.values()] == [IncompleteListingError]
        assert export.commits.head(export.scope(SOURCE).key) == before
        assert "Other" in {row.title for row in export.rows().values()}


async def test_a_server_that_knows_neither_views_nor_templates_gives_its_rows(
    start_emulator, tmp_path, monkeypatch
):
    notion = serve(start_emulator, garden())

    async def not_known(*_args, **_options):
        raise NotOfferedError("x", status=404)

    async with Export(notion.url, tmp_path) as export:
        monkeypatch.setattr(export.client, "views", not_known)
        monkeypatch.setattr(export.client, "templates", not_known)
        report = await export.run()
        assert report.errors == {}
        assert {named_id("page", f"plant {name}") for name in NAMES} <= export.rows().keys()
