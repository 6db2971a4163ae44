"""Changes to a data source's schema and options. Rows follow when they are read; none of their times moves.

Changes to single objects are in `content_changes.py`.
"""

from typing import Any

from notion_sync_assets.emulator.columns import Column, column_id
from notion_sync_assets.emulator.editing import Editor
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import COLORS


class SchemaChanges(Editor):
    """The operations on data sources; each returns `{"id": …}` of the property or option concerned."""

    def add_option(self, data_source_id: str, name: str, option: str) -> Json:
        """A new option of a select, multi-select or status property."""
        source, column = self._column(data_source_id, name)
        option_id = column_id(data_source_id, name, option)
        color = COLORS[len(column[column["type"]]["options"]) % len(COLORS)]
        made = {"id": option_id, "name": option, "color": color, "description": None}
        column[column["type"]]["options"].append(made)
        if column["type"] == "status":
            column["status"]["groups"][0]["option_ids"].append(option_id)
        self._store("data_source", source)
        return {"id": option_id}

    def rename_option(self, data_source_id: str, name: str, option: str, new_name: str) -> Json:
        """Rename an option: every row that holds it shows the new name, no row's time moves."""
        source, column = self._column(data_source_id, name)
        found = next(held for held in column[column["type"]]["options"] if held["name"] == option)
        found["name"] = new_name
        self._store("data_source", source)
        property_id, option_id = column["id"], found["id"]
        self.workspace.row_patches[data_source_id].append(
            lambda values: _renamed_option(values, property_id, option_id, new_name)
        )
        return {"id": option_id}

    def add_property(self, data_source_id: str, name: str, kind: str, config: Json | None = None) -> Json:
        """A new column, empty in every row."""
        source = self._copy("data_source", data_source_id)
        patches = self.workspace.row_patches[data_source_id]
        made = Column(name, kind, config or {}, column_id(data_source_id, name, str(len(patches))))
        source["properties"][name] = made.schema()
        self._store("data_source", source)
        patches.append(lambda values: _with_property(values, name, made.value(made.empty())))
        return {"id": made.id}

    def rename_property(self, data_source_id: str, name: str, new_name: str) -> Json:
        """Give a column another name; its id stays."""
        source, column = self._column(data_source_id, name)
        column["name"] = new_name
        source["properties"] = {
            (new_name if held["id"] == column["id"] else key): held
            for key, held in source["properties"].items()
        }
        self._store("data_source", source)
        self.workspace.row_patches[data_source_id].append(
            lambda values: {
                (new_name if held["id"] == column["id"] else key): held for key, held in values.items()
            }
        )
        return {"id": column["id"]}

    def remove_property(self, data_source_id: str, name: str) -> Json:
        """Drop a column with its values."""
        source, column = self._column(data_source_id, name)
        del source["properties"][name]
        self._store("data_source", source)
        self.workspace.row_patches[data_source_id].append(
            lambda values: {key: held for key, held in values.items() if held["id"] != column["id"]}
        )
        return {"id": column["id"]}

    def _column(self, data_source_id: str, name: str) -> tuple[Json, Json]:
        source = self._copy("data_source", data_source_id)
        if name not in source["properties"]:
            raise ValueError(f"there is no property {name}")
        return source, source["properties"][name]


def _with_property(values: Json, name: str, empty: Json) -> Json:
    """The values with one more, unless a row written since then holds it already."""
    return values if any(held["id"] == empty["id"] for held in values.values()) else {**values, name: empty}


def _renamed_option(values: Json, property_id: str, option_id: str, name: str) -> Json:
    def renamed(held: Any) -> Any:
        if isinstance(held, list):
            return [renamed(option) for option in held]
        return {**held, "name": name} if held and held["id"] == option_id else held

    return {
        key: {**value, value["type"]: renamed(value[value["type"]])} if value["id"] == property_id else value
        for key, value in values.items()
    }
