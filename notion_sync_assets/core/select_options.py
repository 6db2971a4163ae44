"""The options of a property of a data source: of a select, multi-select or status.

Here: each option with the name of its group, whatever else the schema holds left out. Not here: what is made of them.
Shapes: notion_api.md §5.
"""

from typing import Any

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import objects_in


def options_of(schema: Json) -> list[tuple[Json, str | None]]:
    """Return the options of a property (``{"type", <type>: {"options", "groups"}}``) in order, each with its group."""
    config = schema.get(str(schema.get("type")))
    if not isinstance(config, dict):
        return []
    groups = {
        option: name
        for group in objects_in(config.get("groups"))
        if isinstance(name := group.get("name"), str)
        for option in _texts(group.get("option_ids"))
    }
    return [(option, groups.get(str(option.get("id")))) for option in objects_in(config.get("options"))]


def _texts(found: Any) -> list[str]:
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
