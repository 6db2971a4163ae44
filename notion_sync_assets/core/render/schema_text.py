"""The schema of a property in words: its options, groups, formula, number format, what it relates to.

Here: one property of a data source as a line of text, for people. Not here: the schema as data (``parquet_tables``,
``json_pages``). Shapes: notion_api.md §5. What is set in a way nobody knows yet is shown as its JSON.
"""

from collections.abc import Iterator

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.values import json_text
from notion_sync_assets.core.select_options import options_of


def property_details(schema: Json) -> str:
    """Return how a property is set up (``{"type", <type>: ...}``), empty when there is nothing to set."""
    config = schema.get(str(schema.get("type")))
    if not isinstance(config, dict):
        return json_text(config)
    if "options" in config:
        found = options_of(schema)
        whole = isinstance(config["options"], list) and len(found) == len(config["options"])
        if not whole or not all(option.get("name") for option, _ in found):
            return json_text(config)
        return ", ".join(_option(*each) for each in found)
    try:
        return "; ".join(_details(config))
    except (AttributeError, KeyError, TypeError):
        return json_text(config)


def _details(config: Json) -> Iterator[str]:
    whole = {**config, **(config.get("dual_property") or {})}
    known = {name: whole[name] for name in _WORDS if whole.get(name)}
    yield from (f"{_WORDS[name]} {value}" for name, value in known.items())
    if not known:
        yield json_text(config)


def _option(option: Json, group: str | None) -> str:
    notes = [str(note) for note in (group, option.get("description")) if note]
    return f"{option['name']} ({', '.join(notes)})" if notes else str(option["name"])


_WORDS = {
    "format": "format",
    "prefix": "prefix",
    "expression": "=",
    "function": "function",
    "relation_property_name": "over",
    "rollup_property_name": "of",
    "data_source_id": "to",
    "synced_property_name": "both ways with",
}
