"""A data source with a marker in a value of every property type and in its schema (notion_api.md §§5, 7).

Here: columns, one row, views, templates. Not here: blocks, pages that are no rows.
"""

from typing import Any

from notion_sync_assets.emulator.blocks import paragraph
from notion_sync_assets.emulator.columns import (
    Column,
    choices,
    column,
    date_value,
    formula,
    relation,
    rollup,
    status,
)
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.hosted import external, hosted
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import mention_user, rich, text
from notion_sync_assets_tests.fidelity.markers import Planter

TABLE = "planted"
DATABASE = named_id("database", TABLE)
SOURCE = Draft.source_id(TABLE, TABLE)
ROW, OTHER_ROWS = "planted row", 30


def write_table(draft: Draft, plant: Planter, people: dict[str, Json], pages: dict[str, str]) -> str:
    """Write the database and its rows; return the id of the database."""
    option, choice = plant.text("property", "select"), plant.text("property", "status")
    many = [plant.text("property", "multi_select", f"option {number}") for number in (1, 2)]
    columns = _columns(plant, option, choice, many)
    title = plant.text("mention", "database", "title")
    about = plant.text("data source", "database", "description")
    look = {
        "icon": external(plant.url("data source", "database", "icon")),
        "cover": external(plant.url("data source", "database", "cover")),
    }
    draft.database(TABLE, title, {TABLE: columns}, description=about, **look)
    source = draft.world.objects["data_source"][SOURCE]
    source["title"] = rich(plant.text("data source", "data source", "title"))
    source["description"] = rich(
        [plant.text("data source", "data source", "description"), " ", mention_user(people["mentioned"])]
    )
    _rows(draft, plant, columns, _values(plant, columns, people, pages))
    draft.view(plant.text("data source", "view", "name"), "table", DATABASE, SOURCE)
    draft.template("planted template", TABLE, TABLE, columns, plant.text("data source", "template", "name"))
    return DATABASE


def _columns(plant: Planter, option: str, choice: str, many: list[str]) -> tuple[Column, ...]:
    unused = plant.text("schema", "select", "option that no row has")
    group = plant.text("schema", "status", "group")
    related = relation(TABLE, "relation", (DATABASE, SOURCE))
    title = column(TABLE, plant.text("schema", "property", "name"), "title")
    kinds = (
        *("rich_text", "number", "date", "people", "files", "checkbox", "url", "email", "phone_number"),
        *(
            "created_time",
            "last_edited_time",
            "created_by",
            "last_edited_by",
            "verification",
            "button",
            "place",
        ),
    )
    described = Column("described", "rich_text", {}, "dscr", plant.text("schema", "property", "description"))
    selects = [
        choices(TABLE, "select", "select", (option, unused)),
        choices(TABLE, "multi_select", "multi_select", many),
        status(TABLE, "status", {group: (choice,)}),
    ]
    selects[0].config["options"][1]["description"] = plant.text(
        "schema", "select", "description of an option"
    )
    computed = [
        *(
            formula(
                TABLE,
                f"formula {kind}",
                SOURCE,
                title,
                f' + "{plant.text("schema", "formula", f"expression, {kind}")}"',
            )
            for kind in ("string", "number", "boolean", "date")
        ),
        *(
            rollup(TABLE, f"rollup {kind}", related, title, "show_original")
            for kind in ("number", "date", "array", "unsupported")
        ),
    ]
    plain = [column(TABLE, kind, kind) for kind in kinds]
    prefix = plant.text("property", "unique_id", "prefix")
    rest = [column(TABLE, "unique_id", "unique_id", prefix=prefix), column(TABLE, "unknown type", "hologram")]
    return (title, described, related, *selects, *computed, *plain, *rest)


def _values(
    plant: Planter, columns: tuple[Column, ...], people: dict[str, Json], pages: dict[str, str]
) -> dict[str, Any]:
    names = {each.name: [option["name"] for option in each.config.get("options", ())] for each in columns}

    def said(kind: str, field: str = "text") -> str:
        return plant.text("property", kind, field)

    days = [date_value(plant.day("property", "date"), plant.day("property", "date", "end"))]
    group = {"object": "group", "id": named_id("group"), "name": said("people", "group")}
    place = {"lat": 12.5, "lon": 7.25, "name": said("place", "name"), "address": said("place", "address")}
    who = people["verifier"]
    url = plant.url("property", "rich_text", "address of a link")
    return {
        "rich_text": [said("rich_text"), text(f" {said('rich_text', 'link')}", url)],
        "number": plant.number("property", "number"),
        "select": names["select"][0],
        "multi_select": names["multi_select"],
        "status": names["status"][0],
        "date": days[0],
        "people": [people["assigned"], group],
        "files": _files(plant),
        "checkbox": True,
        "url": plant.url("property", "url"),
        "email": f"{said('email', 'address')}@example.com",
        "phone_number": str(plant.number("property", "phone_number")),
        "verification": {
            "state": "verified",
            "date": date_value(plant.day("property", "verification")),
            "verified_by": who,
        },
        "button": {},
        "created_by": people["creator"],
        "last_edited_by": people["editor"],
        "created_time": f"{plant.day('property', 'created_time')}T08:00:00.000Z",
        "last_edited_time": f"{plant.day('property', 'last_edited_time')}T08:00:00.000Z",
        "place": place,
        "relation": [pages["target"], pages["unshared"], *(_other(number) for number in range(OTHER_ROWS))],
        "unique_id": {
            "prefix": columns[-2].config["prefix"],
            "number": plant.number("property", "unique_id"),
        },
        "unknown type": {"rich_text": rich(said("unknown type"))},
        **_computed(plant),
    }


def _files(plant: Planter) -> list[Json]:
    stored = f"{plant.text('property', 'files', 'name of a hosted file')}.txt"
    far = external(plant.url("property", "files", "external url"))
    return [
        {"name": stored, **hosted("stored.txt")},
        {"name": plant.text("property", "files", "name of an external file"), **far},
    ]


def _computed(plant: Planter) -> dict[str, Json]:
    array = [
        {"type": "title", "title": rich(plant.text("property", "rollup", "title in an array"))},
        {"type": "number", "number": plant.number("property", "rollup", "number in an array")},
        {"type": "date", "date": date_value(plant.day("property", "rollup", "date in an array"))},
        {
            "type": "select",
            "select": {
                "id": "x",
                "name": plant.text("property", "rollup", "select in an array"),
                "color": "red",
            },
        },
    ]
    return {
        "formula string": {"type": "string", "string": plant.text("property", "formula", "string")},
        "formula number": {"type": "number", "number": plant.number("property", "formula")},
        "formula boolean": {"type": "boolean", "boolean": True},
        "formula date": {"type": "date", "date": date_value(plant.day("property", "formula", "date"))},
        "rollup number": {"type": "number", "number": plant.number("property", "rollup"), "function": "sum"},
        "rollup date": {
            "type": "date",
            "date": date_value(plant.day("property", "rollup", "date")),
            "function": "latest_date",
        },
        "rollup array": {"type": "array", "array": array, "function": "show_original"},
        "rollup unsupported": {"type": "unsupported", "unsupported": {}, "function": "sum"},
    }


def _rows(draft: Draft, plant: Planter, columns: tuple[Column, ...], values: dict[str, Any]) -> None:
    name = columns[0].name
    title = plant.text("property", "title")
    draft.row(ROW, TABLE, TABLE, columns, {**values, name: title}, [paragraph("A row.")])
    for number in range(OTHER_ROWS):
        found = plant.text("property", "relation", f"title of target {number + 1}")
        draft.row(f"other row {number}", TABLE, TABLE, columns, {name: found})


def _other(number: int) -> str:
    return named_id("page", f"other row {number}")
