"""The saved views of a data source as its table shows them: which columns, in what order, which rows in what groups.

Here: a view of the API as a value, what of it the script of the table needs, what a row says about views. Not here:
filters (``view_filters``), names of groups (``view_groups``), markup (``data_sources``). Shapes: notion_api.md §7.
Every view becomes a table, whatever it looks like in Notion; rows are chosen and grouped here, where values have
types, so that the script only shows and sorts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.columns import Column
from notion_sync_assets.core.render.html.view_filters import accepts
from notion_sync_assets.core.render.html.view_groups import Grouping, grouping
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.values import TitleOf

_TIMES = {"created_time": "created", "last_edited_time": "edited"}
_WITHOUT_ROWS = ("form", "chart", "dashboard")


@dataclass(frozen=True, slots=True)
class View:
    """A saved view. ``columns`` are places in the table; ``sorts``: column or time, 1 up and -1 down, first first."""

    id: str
    name: str
    type: str
    columns: Sequence[int]
    sorts: Sequence[tuple[int | str, int]]
    filter: Json | None
    group: Grouping | None

    def for_script(self) -> Json:
        """Return what the script of the table needs to know."""
        group = {"labels": self.group.labels, "direction": self.group.direction} if self.group else None
        shown = {"id": compact_id(self.id), "name": self.name, "type": self.type, "group": group}
        return {
            **shown,
            "columns": list(self.columns),
            "sorts": [list(sort) for sort in self.sorts],
            "filtered": self.filter is not None,
        }


def saved_views(head: Json, table: Sequence[Column]) -> list[View]:
    """Return the views of a data source that show rows, oldest first."""
    return [_view(view, table) for view in _views(head) if view.get("type") not in _WITHOUT_ROWS]


def in_view_order(head: Json, table: list[Column]) -> list[Column]:
    """Return all columns: the title, then those of the first table view as it orders them, then the others."""
    first = next((view for view in _views(head) if view.get("type") == "table"), None)
    if first is None:
        return table
    shown, unnamed = _order(_settings(first), table)
    order = [*shown, *unnamed]
    hidden = [place for place in range(len(table)) if place not in order]
    return sorted((table[place] for place in (*order, *hidden)), key=lambda column: column.type != "title")


def row_attributes(
    page: Json, values: Sequence[Json | None], views: Sequence[View], title_of: TitleOf
) -> dict[str, str]:
    """Return the attributes by which the script knows the views and groups that a row belongs to."""
    members: list[int] = []
    groups: dict[str, list[str]] = {}
    for number, view in enumerate(views):
        if view.filter is not None and accepts(view.filter, page) is False:
            continue
        members.append(number)
        if view.group:
            groups[str(number)] = view.group.labels_of(values[view.group.column], title_of)
    made = {"data_groups": orjson.dumps(groups).decode()} if groups else {}
    if len(members) < len(views):
        made["data_views"] = " ".join(map(str, members))
    for key, name in _TIMES.items():
        if any(sort == name for view in views for sort, _ in view.sorts):
            made[f"data_{name}"] = str(page.get(key) or "")
    return made


def column_place(reference: Any, table: Sequence[Column]) -> int | None:
    """Return where the column is that a view names by id, encoded or not, or by name."""
    plain = unquote(str(reference))
    for place, column in enumerate(table):
        if plain == column.property_id or reference == column.label:
            return place
    return None


def _views(head: Json) -> list[Json]:
    source_id = head["data_source"]["id"]
    views = [view for view in head.get("views") or [] if isinstance(view, dict)]
    own = [view for view in views if view.get("data_source_id") == source_id]
    return sorted(own, key=lambda view: (str(view.get("created_time")), str(view.get("id"))))


def _view(view: Json, table: Sequence[Column]) -> View:
    settings = _settings(view)
    kind = str(view.get("type"))
    group = settings.get("group_by") or {}
    place = column_place(group.get("property_id"), table) if isinstance(group, dict) else None
    shown, unnamed = _order(settings, table)
    return View(
        id=str(view.get("id")),
        name=str(view.get("name") or UNTITLED),
        type=kind,
        # A table shows a property that was added after its view was saved; a card shows what it was told to.
        columns=[*shown, *(unnamed if kind == "table" or not settings.get("properties") else [])],
        sorts=list(_sorts(view, settings, table)),
        filter=view["filter"] if isinstance(view.get("filter"), dict) and view["filter"] else None,
        group=grouping(group, place, table[place]) if place is not None else None,
    )


def _settings(view: Json) -> Json:
    found = view.get("configuration")
    return found if isinstance(found, dict) else {}


def _order(settings: Json, table: Sequence[Column]) -> tuple[list[int], list[int]]:
    """Return the places of the columns a view shows, as it orders them, and of those that it does not name."""
    named: dict[int, bool] = {}
    for item in settings.get("properties") or []:
        place = column_place(item.get("property_id"), table) if isinstance(item, dict) else None
        if place is not None:
            named[place] = item.get("visible") is not False
    titles = [place for place, column in enumerate(table) if column.type == "title"]
    shown = [place for place, visible in named.items() if visible]
    before = [place for place in titles if place not in shown]
    return [*before, *shown], [
        place for place in range(len(table)) if place not in named and place not in titles
    ]


def _sorts(view: Json, settings: Json, table: Sequence[Column]) -> Iterator[tuple[int | str, int]]:
    for sort in view.get("sorts") or []:
        if not isinstance(sort, dict):
            continue
        by = _TIMES.get(str(sort.get("timestamp"))) if "timestamp" in sort else None
        place = by if by is not None else column_place(sort.get("property"), table)
        if place is not None:
            yield place, -1 if sort.get("direction") == "descending" else 1
    when = column_place(settings.get("date_property_id"), table)
    if when is not None:
        yield when, 1
