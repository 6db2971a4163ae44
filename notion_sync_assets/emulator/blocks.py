"""Block payloads (reference §4) as a tree of nodes that has no ids yet. A world turns nodes into block objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import rich

Text: TypeAlias = str | Json | Sequence[str | Json]


@dataclass(frozen=True)
class Node:
    """A block to be: its type, its payload and the blocks under it.

    `place` is the id of a page or database shown here (the block is then made from that object). `sections`
    are the hidden containers of meeting notes by payload key. `name` lets other blocks refer to this one.
    """

    type: str
    payload: Json = field(default_factory=dict)
    children: Sequence["Node"] = ()
    place: str | None = None
    sections: Mapping[str, Sequence["Node"]] = field(default_factory=dict)
    name: str | None = None
    trashed: bool = False


def place(object_id: str) -> Node:
    """A child page or child database at this position."""
    return Node("placed", place=object_id)


def textual(kind: str, value: Text, *children: Node, color: str = "default", **extra: Any) -> Node:
    """Every block whose payload is rich text and a colour."""
    return Node(kind, {"rich_text": rich(value), "color": color, **extra}, children)


def paragraph(value: Text = "", *children: Node, color: str = "default", icon: Json | None = None) -> Node:
    """A paragraph; the icon matters as the label of a tab only."""
    return textual("paragraph", value, *children, color=color, icon=icon)


def heading(level: int, value: Text, *children: Node, color: str = "default") -> Node:
    """A heading of level 1-4; it is toggleable when it has children."""
    return textual(f"heading_{level}", value, *children, color=color, is_toggleable=bool(children))


def bullet(value: Text, *children: Node, color: str = "default") -> Node:
    """A bulleted list item."""
    return textual("bulleted_list_item", value, *children, color=color)


def numbered(value: Text, *children: Node, **extra: Any) -> Node:
    """A numbered list item; `list_start_index` and `list_format` on the first item of a list only."""
    return textual("numbered_list_item", value, *children, **extra)


def to_do(value: Text, *children: Node, checked: bool = False, color: str = "default") -> Node:
    """A check box with text."""
    return textual("to_do", value, *children, color=color, checked=checked)


def toggle(value: Text, *children: Node, color: str = "default") -> Node:
    """Text that folds its children away."""
    return textual("toggle", value, *children, color=color)


def quote(value: Text, *children: Node, color: str = "default") -> Node:
    """A quotation."""
    return textual("quote", value, *children, color=color)


def callout(value: Text, *children: Node, icon: Json | None = None, color: str = "gray_background") -> Node:
    """A boxed remark."""
    return textual("callout", value, *children, color=color, icon=icon)


def code(value: Text, language: str = "plain text", caption: Text = "") -> Node:
    """Program text; `mermaid` is a language."""
    return Node("code", {"rich_text": rich(value), "caption": rich(caption), "language": language})


def divider() -> Node:
    """A line across."""
    return Node("divider")


def columns(*contents: Sequence[Node], ratios: Sequence[float] | None = None) -> Node:
    """Contents side by side; `ratios` are shares of the width."""
    shares: Sequence[float | None] = ratios or [None] * len(contents)
    made = [
        Node("column", {} if share is None else {"width_ratio": share}, content)
        for content, share in zip(contents, shares, strict=True)
    ]
    return Node("column_list", {}, made)


def table(rows: Sequence[Sequence[Text]], *, column_header: bool = True, row_header: bool = False) -> Node:
    """A simple table, all rows of one width."""
    payload = {"table_width": len(rows[0]), "has_column_header": column_header, "has_row_header": row_header}
    return Node(
        "table", payload, [Node("table_row", {"cells": [rich(cell) for cell in row]}) for row in rows]
    )


def media(kind: str, file: Json, caption: Text = "", **extra: Any) -> Node:
    """An image, video, pdf, audio or file block around a hosted or external file."""
    return Node(kind, {"caption": rich(caption), **file, **extra})


def synced(*children: Node, name: str | None = None) -> Node:
    """A synced block that is an original."""
    return Node("synced_block", {"synced_from": None}, children, name=name)


def synced_copy(block_id: str) -> Node:
    """A synced block that shows another one; its children are the children of the original."""
    return Node("synced_block", {"synced_from": {"type": "block_id", "block_id": block_id}})
