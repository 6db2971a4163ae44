"""Data sources with more rows than Notion lists in one query, down to a single minute with too many of them."""

import pytest

from notion_sync_assets.core.notion.errors import IncompleteListingError, InvalidRequestError
from notion_sync_assets.core.sync.listing import rows
from notion_sync_assets.emulator.columns import choices, column, status
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.core.sync.exporting import Export
from notion_sync_assets_tests.core.sync.worlds import SOURCE, new_draft, serve

MINUTE = "2024-01-01T10:02:00.000Z"
COLUMNS = (
    column("plants", "Name", "title"),
    column("plants", "Nr", "unique_id", prefix="P"),
    column("plants", "Weight", "number", format="number"),
    column("plants", "Green", "checkbox"),
    choices("plants", "Sun", "select", ("Full", "Half")),
    status("plants", "State", {"To-do": ("Seed",), "Complete": ("Plant",)}),
    column("plants", "Note", "rich_text"),
    column("plants", "Page", "url"),
)
CAP = 6


def page(number):
    return named_id("page", f"row {number}")


def crowd(count, value=lambda _number: {}, edited=lambda _number: 3, minute=lambda _number: 2):
    """A table of rows made in one minute, which hold the given values and nothing else that tells them apart."""
    draft = new_draft()
    draft.database("plants", "Plants", {"Plants": COLUMNS})
    for number in range(count):
        values = {"Name": "Plant", "Nr": {"prefix": "P", "number": None}, **value(number)}
        row = draft.world.objects["page"][draft.row(f"row {number}", "plants", "Plants", COLUMNS, values)]
        row["created_time"] = f"2024-01-01T10:{minute(number):02}:00.000Z"
        row["last_edited_time"] = f"2024-01-01T11:{edited(number):02}:00.000Z"
    return draft.finish()


@pytest.fixture
def listed(start_emulator, tmp_path):
    """List a world's table; ``spoil`` gets the client first."""

    async def listed(world, spoil=lambda _client, _notion: None, **options):
        notion = serve(start_emulator, world, **{"result_cap": CAP, **options})
        async with Export(notion.url, tmp_path) as export:
            spoil(export.client, notion)
            return [row["id"] async for row in rows(export.client, SOURCE)]

    return listed


async def expect_all(listed, count, *args, **options):
    found = await listed(crowd(count, *args), **options)
    assert sorted(found) == sorted(map(page, range(count)))


@pytest.mark.parametrize(
    "value",
    [
        lambda number: {"Nr": {"prefix": "P", "number": number * 37 % 101}},
        lambda number: {"Nr": {"prefix": "P", "number": number}},
        lambda number: {"Nr": {"prefix": "P", "number": -number}},
        lambda number: {"Nr": {"prefix": "P", "number": number if number % 4 else None}},
        lambda number: {"Weight": number * 0.5 - 3},
        lambda number: {"Weight": (number // 5) or None},
        lambda number: {"Name": f"Plant {number:03b}"},
        lambda number: {"Note": f"{number:b}", "Page": f"https://x.example/{number}" if number % 3 else None},
        lambda number: {
            "Green": bool(number & 1), "Sun": ("Full", "Half")[number >> 1 & 1],
            "State": (None, "Seed", "Plant")[number >> 2],
        },
    ],
)  # fmt: skip
async def test_whatever_tells_the_rows_of_a_minute_apart_gives_all_of_them_once(listed, value):
    await expect_all(listed, 12, value)


async def test_edit_times_divide_a_minute_when_nothing_else_does(listed):
    await expect_all(listed, 20, lambda _number: {}, lambda number: number // 3)


async def test_a_crowd_between_calmer_minutes_hides_none_of_them(listed):
    minutes = lambda number: 1 if number < 4 else 2 if number < 24 else number  # noqa: E731
    await expect_all(
        listed, 40, lambda number: {"Nr": {"prefix": "P", "number": number}}, lambda _number: 3, minutes
    )


async def test_rows_that_nothing_tells_apart_are_told_and_how_to_tell_them_apart(listed):
    for count, minute in ((8, lambda _number: 2), (10, lambda number: min(number, 2))):
        with pytest.raises(IncompleteListingError, match="more rows created at 2024-01-01T10:02") as caught:
            await listed(crowd(count, minute=minute))
        assert "ID" in caught.value.hint


async def test_a_minute_that_is_just_full_needs_no_division(listed):
    await expect_all(listed, CAP)


async def test_a_filter_that_notion_refuses_gives_way_to_another(listed):
    def refuse_numbers(client, _notion):
        query = client.query

        async def refusing(source_id, **options):
            if "unique_id" in str(options["filter"]):
                raise InvalidRequestError("no such filter", code="validation_error")
            return await query(source_id, **options)

        client.query = refusing

    values = lambda number: {"Nr": {"prefix": "P", "number": number}, "Name": f"{number:04b}"}  # noqa: E731
    await expect_all(listed, 12, values, spoil=refuse_numbers)


async def test_parts_that_do_not_give_what_was_seen_before_are_no_complete_listing(listed):
    def forget_small_numbers(client, _notion):
        query = client.query

        async def forgetting(source_id, **options):
            answer = await query(source_id, **options)
            return {**answer, "results": []} if "less_than" in str(options["filter"]) else answer

        client.query = forgetting

    with pytest.raises(IncompleteListingError, match="none of the parts"):
        await listed(crowd(12, lambda number: {"Weight": number}), forget_small_numbers)


async def test_a_row_that_changes_from_an_unread_part_into_a_read_one_is_not_lost(listed):
    wanderer = page(10)

    def move_after_the_first_part(client, notion):
        query, asked = client.query, []

        async def moving(source_id, **options):
            answer = await query(source_id, **options)
            asked.append(options["filter"])
            if sum("less_than" in str(each) for each in asked) == 1 and "less_than" in str(options["filter"]):
                notion.control.change("set_property", page_id=wanderer, name="Weight", value=-5)
            return answer

        client.query = moving

    await expect_all(listed, 12, lambda number: {"Weight": number}, spoil=move_after_the_first_part)


async def test_a_row_that_leaves_while_its_minute_is_divided_is_no_error(listed):
    def trash_one(client, notion):
        query = client.query

        async def trashing(source_id, **options):
            answer = await query(source_id, **options)
            if options["filter"] is None:
                notion.control.change("trash", object_id=page(3))
            return answer

        client.query = trashing

    found = await listed(crowd(12, lambda number: {"Weight": number}), trash_one)
    assert sorted(found) == sorted(map(page, range(12))), (
        "what was listed before it left is read all the same"
    )


async def test_rows_made_while_the_table_is_listed_are_listed(start_emulator, tmp_path):
    notion = serve(start_emulator, crowd(30, minute=lambda number: number), result_cap=CAP)
    async with Export(notion.url, tmp_path) as export:
        found = []
        async for row in rows(export.client, SOURCE):
            if len(found) == 3:
                late = notion.control.change("add_row", data_source_id=SOURCE, title="Late")["id"]
            found.append(row["id"])
    assert sorted(found) == sorted([*map(page, range(30)), late])


@pytest.mark.parametrize("minute", [lambda number: number // 60, lambda _number: 2])
async def test_a_query_whose_cursor_expires_goes_on_without_loss(listed, minute):
    def let_time_pass_once(client, notion):
        query, asked = client.query, []

        async def slow(source_id, **options):
            asked.append(options)
            if len(asked) == 3:
                notion.control.clock(advance=61)
            return await query(source_id, **options)

        client.query = slow

    found = await listed(crowd(350, minute=minute), let_time_pass_once, result_cap=10_000, cursor_ttl=60)
    assert sorted(found) == sorted(map(page, range(350)))


async def test_cursors_that_never_last_are_told(listed):
    def let_time_pass(client, notion):
        query = client.query

        async def slow(source_id, **options):
            notion.control.clock(advance=61)
            return await query(source_id, **options)

        client.query = slow

    with pytest.raises(IncompleteListingError, match="cursors"):
        await listed(crowd(250), let_time_pass, result_cap=10_000, cursor_ttl=60)


async def test_a_generated_table_with_a_crowded_minute_costs_few_requests_more(start_emulator, tmp_path):
    notion = start_emulator(
        world="generated", pages=0, rows=2500, databases=1, crowd=1200, result_cap=1000, short_page_rate=0
    )
    source = next(iter(notion.control.oracle_ids("data_source")))
    async with Export(notion.url, tmp_path) as export:
        found = [row["id"] async for row in rows(export.client, source)]
    assert sorted(found) == sorted(notion.control.oracle_ids("page"))
    assert notion.control.stats()["requests"] <= 25 + 8
