"""Pages for the benchmark of rendering: 30 blocks each, links between pages, rows with ten properties.

Here: documents as a crawl stores them, made as they are asked for. Not here: measuring (``rendering``).
"""

from collections.abc import Iterator
from typing import Any

from notion_sync_assets.core.documents import Document
from notion_sync_assets_tests.corpus import (
    CREATED,
    block,
    document,
    every_property_head,
    identifier,
    mention,
    option,
    page,
    paragraph,
    text,
)

Json = dict[str, Any]
_WORDS = [
    "amber",
    "birch",
    "cedar",
    "dune",
    "ember",
    "frost",
    "grove",
    "heath",
    "islet",
    "juniper",
    "knoll",
    "larch",
    "meadow",
    "nettle",
    "orchid",
    "pine",
]
_TYPES = {
    "Amount": "number",
    "Kind": "select",
    "Tags": "multi_select",
    "Due": "date",
    "Done": "checkbox",
    "Link": "url",
    "Notes": "rich_text",
    "Related": "relation",
    "Created": "created_time",
}


def documents(scope: str, count: int, *, rows: bool, word: str) -> Iterator[Document]:
    """Yield the pages of a scope; ``word`` is in every page."""
    for number in range(count):
        title = f"{scope} page {number}"
        parent = {"type": "data_source_id", "data_source_id": identifier(scope)} if rows else None
        properties = _values(scope, number, count) if rows else None
        made = page(title, parent=parent, properties=properties, created_time=CREATED)
        yield document(made, list(_blocks(scope, number, count, word)))


def table_head(scope: str) -> Json:
    """Return the head of a data source with the properties of :func:`documents`."""
    head = every_property_head()
    schema: Json = {
        name: {"id": name[:3], "name": name, "type": kind, kind: {}} for name, kind in _TYPES.items()
    }
    schema["Name"] = {"id": "title", "name": "Name", "type": "title", "title": {}}
    source = {**head["data_source"], "id": identifier(scope), "title": [text(scope)], "properties": schema}
    return {**head, "data_source": source, "views": [], "templates": []}


def _values(scope: str, number: int, count: int) -> Json:
    related = [{"id": identifier(f"{scope} page {(number + step) % count}")} for step in (1, 2)]
    values = {
        "number": number * 1.5,
        "select": option(_WORDS[number % 5]),
        "multi_select": [option(_WORDS[number % 7]), option(_WORDS[number % 11])],
        "date": {"start": f"2026-05-{number % 28 + 1:02}", "end": None, "time_zone": None},
        "checkbox": number % 2 == 0,
        "url": f"https://example.com/{number}",
        "rich_text": [text(_sentence(number)), text("bold", bold=True)],
        "relation": related,
        "created_time": CREATED,
    }
    return {name: {"id": name[:3], "type": kind, kind: values[kind]} for name, kind in _TYPES.items()}


def _blocks(scope: str, number: int, count: int, word: str) -> Iterator[Json]:
    for part in range(5):
        seed = number * 31 + part
        target = f"{scope} page {(number + part + 1) % count}"
        link = mention("page", {"id": identifier(target)}, target, f"https://app.notion.com/p/{part}")
        heading = {"rich_text": [text(_sentence(seed)[:30])], "color": "default", "is_toggleable": False}
        yield block("heading_2", heading, name=f"{number} heading {part}")
        yield paragraph(text(_sentence(seed)), text(" and ", italic=True), link, name=f"{number} a {part}")
        yield paragraph(text(_sentence(seed + 1)), text(word), name=f"{number} b {part}")
        nested = [_item("bulleted_list_item", seed + 3, f"{number} nested {part}")]
        yield _item("bulleted_list_item", seed + 2, f"{number} c {part}", nested)
        yield _item(("to_do", "numbered_list_item", "quote")[part % 3], seed + 4, f"{number} d {part}")


def _item(kind: str, seed: int, name: str, children: list[Json] | None = None) -> Json:
    payload = {"rich_text": [text(_sentence(seed)), text("code", code=True)], "color": "default"}
    return block(kind, payload, children, name=name)


def _sentence(seed: int) -> str:
    return (
        " ".join(_WORDS[(seed * 7 + step * (seed % 5 + 1)) % len(_WORDS)] for step in range(12)) + f" {seed}"
    )
