"""Blocks: from a list of blocks to markup.

Here: which function renders a block, runs of list items, what happens to odd shapes. Not here: the functions
(``*_blocks``). One odd block never costs a page: what its type does not allow is shown as text in a placeholder.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.html import layout_blocks, media_blocks, reference_blocks, text_blocks
from notion_sync_assets.core.render.html.context import PageContext
from notion_sync_assets.core.render.html.markup import EMPTY, element, joined
from notion_sync_assets.core.render.html.rich_text import lines
from notion_sync_assets.core.render.omitted import reason_text
from notion_sync_assets.core.spoken import unforeseen

_RENDER = MappingProxyType(
    {**text_blocks.RENDER, **layout_blocks.RENDER, **media_blocks.RENDER, **reference_blocks.RENDER}
)
_LISTS = {"bulleted_list_item": "ul", "numbered_list_item": "ol", "to_do": "ul"}
_NUMBERING = {"letters": "a", "roman": "i"}


def render_blocks(blocks: Any, page: PageContext) -> Markup:
    """Return blocks in order; neighbours that are items of one list share it."""
    if not isinstance(blocks, list):
        return EMPTY
    return joined(_grouped([block for block in blocks if isinstance(block, dict)], page))


def _grouped(blocks: Sequence[Json], page: PageContext) -> Iterator[Markup]:
    for (kind, _), run in groupby(blocks, _ListOf()):
        members = list(run)
        made = [_block(block, page) for block in members]
        yield _list(kind, members[0], made) if kind in _LISTS else joined(made)


class _ListOf:
    """Tells neighbouring lists apart: a numbered item with a start of its own begins a new one."""

    def __init__(self) -> None:
        self._lists = 0

    def __call__(self, block: Json) -> tuple[str, int]:
        kind = str(block.get("type"))
        payload = block.get(kind)
        if isinstance(payload, dict) and payload.get("list_start_index") is not None:
            self._lists += 1
        return kind, self._lists if kind == "numbered_list_item" else 0


def _list(kind: str, first: Json, items: Sequence[Markup]) -> Markup:
    payload = first.get(kind)
    payload = payload if isinstance(payload, dict) else {}
    if kind != "numbered_list_item":
        return element(_LISTS[kind], *items, class_="to-do" if kind == "to_do" else None)
    start = payload.get("list_start_index")
    numbering = _NUMBERING.get(str(payload.get("list_format")))
    return element("ol", *items, start=str(start) if isinstance(start, int) else None, type=numbering)


def _block(block: Json, page: PageContext) -> Markup:
    kind = str(block.get("type"))
    payload = block.get(kind)
    render = _RENDER.get(kind, reference_blocks.unknown)
    try:
        made = render(block, payload if isinstance(payload, dict) else {}, page, _children_of(page))
        made += _unforeseen(block, kind)
    except Exception:  # noqa: BLE001 - whatever a block's shape makes its renderer raise costs no page
        made = reference_blocks.flat(block)
        made = element("li", made) if kind in _LISTS else made
    return made + _left_out(block, page) if page.reasons else made


def _children_of(page: PageContext) -> text_blocks.Inner:
    return lambda block: render_blocks(block.get("children"), page)


def _unforeseen(block: Json, kind: str) -> Markup:
    """Return the texts of a block that its type is not known to have; a block of an unknown type shows them itself."""
    texts = unforeseen(block) if kind in _RENDER else []
    return element("li" if kind in _LISTS else "p", lines("\n".join(texts))) if texts else EMPTY


def _left_out(block: Json, page: PageContext) -> Markup:
    """Return a mark below a block whose content could not be read."""
    record = page.reasons.get(str(block.get("id")))
    if record is None or block.get("type") in ("unsupported", "child_database", "child_page"):
        return EMPTY
    note = element("span", reason_text(record), class_="note")
    return element("li" if block.get("type") in _LISTS else "div", note, class_="placeholder")
