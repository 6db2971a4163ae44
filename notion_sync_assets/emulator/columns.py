"""Columns of a data source (reference §5): their schema entry and the values rows hold under them.

Values are kept whole here; what page objects cut off at 25 is cut when an answer is written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from notion_sync_assets.emulator.ids import short_hash
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import COLORS, rich

ID_SIGNS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ@:;<=>?[]^_`{|}~"
LIST_TYPES = ("title", "rich_text", "relation", "people")
FIXED_IDS = {"title": "title", "verification": "verification"}


def column_id(*names: str) -> str:
    """Four signs as Notion makes them, percent-encoded as Notion sends them (`%3FB%3AW`)."""
    number = short_hash(*names)
    signs = [ID_SIGNS[(number >> shift) % len(ID_SIGNS)] for shift in (0, 12, 24, 36)]
    return quote("".join(signs), safe="")


@dataclass(frozen=True)
class Column:
    """One column: its name, type and schema configuration; `id` is the encoded property id."""

    name: str
    type: str
    config: Json = field(default_factory=dict)
    id: str = ""
    description: str | None = None

    def schema(self) -> Json:
        """The entry of the data source's `properties`."""
        head = {"id": self.id, "name": self.name, "description": self.description, "type": self.type}
        return {**head, self.type: self.config}

    def value(self, value: Any) -> Json:
        """A row's value under this column, with the id and type around it."""
        shaped = self._shape(value)
        if self.type == "relation":
            return {"id": self.id, "type": "relation", "relation": shaped, "has_more": False}
        return {"id": self.id, "type": self.type, self.type: shaped}

    def option(self, name: str) -> Json:
        """The option of that name as values hold it (without description)."""
        found = next(option for option in self.config["options"] if option["name"] == name)
        return {key: found[key] for key in ("id", "name", "color")}

    def _shape(self, value: Any) -> Any:
        if self.type in {"title", "rich_text"}:
            return rich(value)
        if self.type in {"select", "status"} and isinstance(value, str):
            return self.option(value)
        if self.type == "multi_select":
            return [self.option(name) if isinstance(name, str) else name for name in value]
        if self.type == "relation":
            return [{"id": target} if isinstance(target, str) else target for target in value]
        return value

    def empty(self) -> Any:
        """What a row holds under this column when nobody filled it in."""
        if self.type == "rollup":
            return {"type": "array", "array": [], "function": self.config.get("function")}
        return empty_value(self.type)


def column(table: str, name: str, kind: str, **config: Any) -> Column:
    """A column of the table with that name; the id follows from both names."""
    return Column(name, kind, config, FIXED_IDS.get(kind) or column_id(table, name))


def choices(table: str, name: str, kind: str, names: Sequence[str]) -> Column:
    """A select or multi-select column with these options."""
    return column(table, name, kind, options=_options(table, name, names))


def status(table: str, name: str, groups: Mapping[str, Sequence[str]]) -> Column:
    """A status column: groups (To-do, In progress, Complete) with their options."""
    names = [option for members in groups.values() for option in members]
    options = _options(table, name, names)
    by_name = {option["name"]: option["id"] for option in options}
    made = [
        {
            "id": column_id(table, name, group),
            "name": group,
            "color": COLORS[position + 1],
            "option_ids": [by_name[member] for member in members],
        }
        for position, (group, members) in enumerate(groups.items())
    ]
    return column(table, name, "status", options=options, groups=made)


def relation(table: str, name: str, target: tuple[str, str], back: Column | None = None) -> Column:
    """A relation to (database id, data source id); two-way when `back` is the column on the other side."""
    head = {"database_id": target[0], "data_source_id": target[1]}
    if back is None:
        return column(table, name, "relation", **head, type="single_property", single_property={})
    twin = {"synced_property_name": back.name, "synced_property_id": back.id}
    return column(table, name, "relation", **head, type="dual_property", dual_property=twin)


def rollup(table: str, name: str, over: Column, of: Column, function: str) -> Column:
    """A rollup; inside its schema the relation's id is raw, unlike everywhere else (reference §5)."""
    return column(
        table,
        name,
        "rollup",
        function=function,
        relation_property_name=over.name,
        relation_property_id=unquote(over.id),
        rollup_property_name=of.name,
        rollup_property_id=unquote(of.id),
    )


def formula(table: str, name: str, source_id: str, reads: Column, tail: str) -> Column:
    """A formula whose expression comes back in tokens, not as typed (reference §5)."""
    token = f"{{{{notion:block_property:{unquote(reads.id)}:{source_id}:{short_hash(source_id):x}}}}}"
    return column(table, name, "formula", expression=f"{token}{tail}")


def date_value(start: str, end: str | None = None, time_zone: str | None = None) -> Json:
    """A date or span as date columns hold it."""
    return {"start": start, "end": end, "time_zone": time_zone}


def schema_of(columns: Iterable[Column]) -> Json:
    """`properties` of a data source."""
    return {made.name: made.schema() for made in columns}


def values_of(columns: Iterable[Column], values: dict[str, Any]) -> Json:
    """`properties` of a row: every column, empty where no value is given."""
    return {made.name: made.value(values.get(made.name, made.empty())) for made in columns}


def automatic_values(columns: Iterable[Column], page: Json, user: Callable[[str], Json | None]) -> Json:
    """Values Notion fills in itself: times and authors of the row, people as full as `user` knows them."""
    made: Json = {}
    for held in columns:
        if held.type in {"created_time", "last_edited_time"}:
            made[held.name] = page[held.type]
        if held.type in {"created_by", "last_edited_by"}:
            made[held.name] = user(page[held.type]["id"]) or page[held.type]
    return made


def empty_value(kind: str) -> Any:
    """What Notion returns for a column nobody filled in."""
    if kind in {"title", "rich_text", "multi_select", "relation", "people", "files"}:
        return []
    others = {
        "checkbox": False,
        "button": {},
        "formula": {"type": "string", "string": None},
        "unique_id": {"prefix": None, "number": None},
    }
    return others.get(kind)


def _options(table: str, name: str, names: Sequence[str]) -> list[Json]:
    return [
        {
            "id": column_id(table, name, option),
            "name": option,
            "color": COLORS[short_hash(option) % len(COLORS)],
            "description": None,
        }
        for option in names
    ]
