"""The columns of a data source's tables, and which value of a row belongs into which.

Here: names, order, matching. Not here: what a value looks like (``values``, ``typed_values``).
Order: the title first, then the properties sorted by name (the API's own order is not stable), then
:data:`SYSTEM`. Names are unique when case is ignored, as databases read them: a property named like a system
column, or like another property but for case, gets `` (2)``.
"""

from dataclasses import dataclass
from itertools import count
from urllib.parse import unquote

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import page_properties
from notion_sync_assets.core.render.values import display_text

SYSTEM = ("notion_id", "notion_url", "created_time", "last_edited_time", "notion_other_values")
"""Id, URL and times of the page, and JSON of the values that fit no column: of a property that the schema does
not hold, or of another type than the schema says. It is empty for nearly every row."""


@dataclass(frozen=True, slots=True)
class Column:
    """A property of a data source as a column; ``name`` is unique in the table, ``label`` is what Notion shows."""

    name: str
    label: str
    property_id: str
    type: str
    schema: Json


def columns(source: Json) -> list[Column]:
    """Return the property columns of a data source object in table order."""
    schema = page_properties(source)
    taken = {name.casefold() for name in SYSTEM}
    result = []
    for name in sorted(schema, key=lambda name: (schema[name].get("type") != "title", name)):
        unique = _unique(name, taken)
        taken.add(unique.casefold())
        result.append(
            Column(unique, name, _plain_id(name, schema[name]), str(schema[name].get("type")), schema[name])
        )
    return result


def matched(page: Json, table: list[Column]) -> tuple[list[Json | None], dict[str, Json]]:
    """Return a row's value per column, None where it has none, and by name the values that fit no column."""
    rest = {_plain_id(name, value): (name, value) for name, value in page_properties(page).items()}
    values: list[Json | None] = []
    for column in table:
        key = column.property_id if column.property_id in rest else _unidentified(column.label)
        found = rest.get(key)
        fits = found is not None and found[1].get("type") == column.type
        values.append(rest.pop(key)[1] if fits else None)
    return values, {name: value for name, value in rest.values() if display_text(value)}


def _plain_id(name: str, value: Json) -> str:
    # Some places of the API encode property ids and some do not (notion_api.md §5).
    identifier = value.get("id")
    return unquote(identifier) if isinstance(identifier, str) else _unidentified(name)


def _unidentified(name: str) -> str:
    # No id of the API begins with a blank, so that a name is never taken for one.
    return f" {name}"


def _unique(name: str, taken: set[str]) -> str:
    if name.casefold() not in taken:
        return name
    return next(new for number in count(2) if (new := f"{name} ({number})").casefold() not in taken)
