"""What values of the API say, whatever their shape: nothing a reader would miss is lost to an odd one.

Here: the items of rich text with their text, all text in a value nobody knows, text in fields a block's type is not
known to have. Not here: how any of it is shown. Shapes: notion_api.md §§4, 6. The API adds fields and types without
notice, so text is found by being there, not by its name.
"""

from collections.abc import Iterator
from typing import Any, Final

Json = dict[str, Any]

_BLOCK: Final = frozenset(
    (
        "object",
        "id",
        "parent",
        "type",
        "created_time",
        "created_by",
        "last_edited_time",
        "last_edited_by",
        "has_children",
        "archived",
        "in_trash",
        "children",
    )
)
_TEXT: Final = frozenset(("rich_text", "color"))
_FILE: Final = frozenset(("type", "file", "external", "file_upload", "caption", "name"))
_FIELDS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("bulleted_list_item", "toggle", "quote", "template"), _TEXT),
    **dict.fromkeys((f"heading_{level}" for level in (1, 2, 3, 4)), _TEXT | {"is_toggleable"}),
    **dict.fromkeys(("paragraph", "callout"), _TEXT | {"icon"}),
    "numbered_list_item": _TEXT | {"list_start_index", "list_format"},
    "to_do": _TEXT | {"checked"},
    "code": frozenset(("rich_text", "caption", "language")),
    "equation": frozenset(("expression",)),
    **dict.fromkeys(("divider", "breadcrumb", "column_list", "tab"), frozenset()),
    "table_of_contents": frozenset(("color",)),
    "column": frozenset(("width_ratio",)),
    "table": frozenset(("table_width", "has_column_header", "has_row_header")),
    "table_row": frozenset(("cells",)),
    "synced_block": frozenset(("synced_from",)),
    **dict.fromkeys(("child_page", "child_database"), frozenset(("title",))),
    "link_to_page": frozenset(("type", "page_id", "database_id", "data_source_id", "block_id", "comment_id")),
    **dict.fromkeys(("embed", "bookmark", "link_preview"), frozenset(("url", "caption"))),
    **dict.fromkeys(("image", "video", "audio", "pdf", "file"), _FILE),
    **dict.fromkeys(
        ("meeting_notes", "transcription"),
        frozenset(("title", "status", "children", "calendar_event", "recording")),
    ),
    "unsupported": frozenset(("block_type",)),
}
"""The fields of a block's content that the renderers show, or that say nothing to a reader."""
_PARTS: Final = {
    "calendar_event": frozenset(("start_time", "end_time", "attendees")),
    "recording": frozenset(("start_time", "end_time")),
}
_ALONE: Final = {
    kind: (_BLOCK | {kind}, known) for kind, known in _FIELDS.items() if not known & _PARTS.keys()
}
"""The fields of a block and of its content, for the types whose content has no parts with fields of their own."""
_COMMENT: Final = _BLOCK | {"discussion_id", "rich_text", "display_name", "attachments", "request_id"}
_SILENT: Final = _BLOCK | {"color", "annotations", "href", "request_id", "expiry_time"}
_ITEMS: Final = ("text", "mention", "equation")


def text_items(rich_text: Any) -> list[Json]:
    """Return the items of rich text, each with its text in ``plain_text``; a bare text or item is one, too."""
    if type(rich_text) is list and all(
        type(item) is dict and type(item.get("plain_text")) is str for item in rich_text
    ):
        return rich_text
    return list(_items(rich_text))


def words(value: Any) -> Iterator[str]:
    """Yield all texts inside a value in a stable order; ids, types, colours and times are none."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif _is_item(value) or (isinstance(value, list) and any(map(_is_item, value))):
        yield from filter(None, ["".join(item["plain_text"] for item in text_items(value))])
    elif isinstance(value, list):
        for item in value:
            yield from words(item)
    elif isinstance(value, dict):
        for key in sorted(value, key=lambda key: (key != "rich_text", key)):
            if key not in _SILENT and not key.endswith("_id"):
                yield from words(value[key])


def unforeseen(block: Json) -> list[str]:
    """Return the texts of a block that no renderer of its type looks for: all of them for an unknown type."""
    kind = str(block.get("type"))
    payload, known = block.get(kind), _FIELDS.get(kind)
    if _is_plain(block, kind, payload):
        return []
    found = []
    if known is None or not isinstance(payload, dict):
        found.append(payload)
    else:
        found += _beyond(payload, known)
        found += [each for part in _PARTS if part in payload for each in _beyond(payload[part], _PARTS[part])]
    found += [block[key] for key in sorted(block.keys() - _BLOCK - {kind})]
    return [text for each in found for text in words(each)]


def unforeseen_in_comment(comment: Json) -> list[str]:
    """Return the texts in fields of a comment that the API's reference does not know (notion_api.md §9)."""
    return [text for key in sorted(comment.keys() - _COMMENT) for text in words(comment[key])]


def rows_and_others(table: Json) -> tuple[list[Json], list[Json]]:
    """Return the rows of a simple table, and what else is in it: what is no row, odd rows, what is inside of rows."""
    rows: list[Json] = []
    others: list[Json] = []
    for child in table.get("children") or []:
        if child.get("type") != "table_row" or unforeseen(child):
            others.append(child)
            continue
        rows.append(child)
        others += child.get("children") or []
    return rows, others


def row_cells(row: Json) -> list[Any]:
    """Return the rich text of each cell of a ``table_row`` block."""
    payload = row.get("table_row")
    cells = payload.get("cells") if isinstance(payload, dict) else None
    return cells if isinstance(cells, list) else [cells] if cells else []


def fields(kind: str) -> frozenset[str]:
    """Return the fields of a block type's content in the API's reference, none for an unknown type."""
    return _FIELDS.get(kind, frozenset())


def _is_plain(block: Json, kind: str, payload: Any) -> bool:
    """Tell at once what holds for nearly all blocks: that they have the fields of the API's reference and no others."""
    known = _ALONE.get(kind)
    return (
        known is not None
        and type(payload) is dict
        and payload.keys() <= known[1]
        and block.keys() <= known[0]
    )


def _beyond(value: Any, known: frozenset[str]) -> list[Any]:
    if not isinstance(value, dict) or value.keys() <= known:
        return []
    return [value[key] for key in sorted(value.keys() - known)]


def _items(value: Any) -> Iterator[Json]:
    if isinstance(value, str) and value:
        yield {"type": "text", "plain_text": value}
    elif isinstance(value, list):
        for item in value:
            yield from _items(item)
    elif isinstance(value, dict):
        yield value if isinstance(value.get("plain_text"), str) else {**value, "plain_text": _content(value)}


def _content(item: Json) -> str:
    """Return what an item without its text says (notion_api.md §6)."""
    if item.get("plain_text"):
        return str(item["plain_text"])
    payload = item.get(str(item.get("type")))
    if payload is None:
        payload = {name: value for name, value in item.items() if name not in ("plain_text", "annotations")}
    if not isinstance(payload, dict):
        return " ".join(words(payload))
    for name in ("content", "expression"):
        if isinstance(payload.get(name), str):
            return str(payload[name])
    target = payload.get(str(payload.get("type")))
    if isinstance(target, dict):
        # The name or title alone: what else a mention holds is shown where its kind says so.
        said = (target.get(name) for name in ("name", "title", "start", "url", "href"))
        found = next((text for text in said if isinstance(text, str) and text), None)
        return found or " ".join(words(target))
    return " ".join(words(payload))


def _is_item(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    return (
        "plain_text" in value
        or "annotations" in value
        or (kind in _ITEMS and isinstance(value.get(kind), dict))
    )
