"""Blocks as lines: which function writes which kind, and how neighbours stand beside each other.

Here: the dispatch and the spacing. Not here: any kind of block (``text_blocks``, ``lists``, ``tables``,
``media_blocks``, ``reference_blocks``, ``odd_blocks``).
"""

from collections.abc import Callable
from typing import Any

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.omissions import UNSUPPORTED_BLOCK
from notion_sync_assets.core.render.markdown import (
    lists,
    media_blocks,
    odd_blocks,
    reference_blocks,
    tables,
    text_blocks,
)
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView, joined, paragraph
from notion_sync_assets.core.render.omitted import reason_text
from notion_sync_assets.core.spoken import unforeseen

Writer = Callable[[Json, PageView], Lines]

_WRITERS: dict[str, Writer] = {
    "paragraph": text_blocks.text_paragraph,
    **dict.fromkeys((f"heading_{level}" for level in (1, 2, 3, 4)), text_blocks.heading),
    "toggle": text_blocks.toggle,
    "quote": text_blocks.quote,
    "callout": text_blocks.callout,
    "code": text_blocks.code,
    "equation": text_blocks.equation,
    "divider": text_blocks.divider,
    "table": tables.table,
    "table_row": tables.row_alone,
    **dict.fromkeys(("image", "video", "audio", "pdf", "file"), media_blocks.media),
    **dict.fromkeys(("bookmark", "embed", "link_preview"), media_blocks.address),
    **dict.fromkeys(("child_page", "child_database"), reference_blocks.child),
    "link_to_page": reference_blocks.link_to_page,
    "breadcrumb": reference_blocks.breadcrumb,
    "table_of_contents": reference_blocks.table_of_contents,
    **dict.fromkeys(("column_list", "column", "synced_block"), odd_blocks.container),
    "tab": odd_blocks.tab,
    "template": odd_blocks.template,
    **dict.fromkeys(("meeting_notes", "transcription"), odd_blocks.meeting_notes),
    "unsupported": odd_blocks.unsupported,
}
# These have no children in the API's reference; what is inside of one all the same is shown below it.
_LEAVES = frozenset(
    (
        "code",
        "equation",
        "divider",
        "image",
        "video",
        "audio",
        "pdf",
        "file",
        "bookmark",
        "embed",
        "link_preview",
        "child_page",
        "child_database",
        "link_to_page",
        "breadcrumb",
        "table_of_contents",
    )
)
_ANCHORED_TEXT = lists.KINDS | {
    "paragraph",
    "heading_1",
    "heading_2",
    "heading_3",
    "heading_4",
    "toggle",
    "quote",
    "callout",
    "template",
}


def block_lines(found: list[Any], page: PageView) -> Lines:
    """Return the lines of the blocks of one parent, a blank line between all but items of one list."""
    blocks: list[Json] = [block for block in found if isinstance(block, dict)]
    lines: Lines = []
    numbering = lists.Numbering()
    before = ""
    for block in blocks:
        kind = str(block.get("type"))
        try:
            if kind in lists.KINDS:
                written = _item(block, kind, numbering, before, page)
            else:
                written = _block(block, kind, page)
        except Exception:  # noqa: BLE001 - whatever a block's shape makes its writer raise costs no page
            written, kind = odd_blocks.flat(block, page), "paragraph"
        if written:
            close = kind in lists.KINDS and _one_list(before, kind, numbering)
            lines += written if close or not lines else ["", *written]
            numbering.listed = kind == "numbered_list_item"
        before = kind
    return lines


def _block(block: Json, kind: str, page: PageView) -> Lines:
    written = joined(_WRITERS.get(kind, odd_blocks.unknown)(block, page), _unforeseen(block, kind, page))
    if kind in _LEAVES and "children" in block:
        written = joined(written, page.children(block))
    withheld = _withheld(block, kind, page)
    if kind in _ANCHORED_TEXT:
        return joined(written, withheld)
    anchor = [anchor] if (anchor := page.anchor(block)) else []
    before, after = ([], anchor) if page.dialect.wikilinks else (anchor, [])
    return joined(before, written, paragraph(page.references(block)), after, withheld)


def _item(block: Json, kind: str, numbering: lists.Numbering, before: str, page: PageView) -> Lines:
    marker = "-"
    if kind == "numbered_list_item":
        marker = numbering.next(block, adjacent=before == kind)
    written = lists.item(block, marker, page)
    return joined(written, _unforeseen(block, kind, page), _withheld(block, kind, page))


def _unforeseen(block: Json, kind: str, page: PageView) -> Lines:
    """Return the texts of a block that its type is not known to have; a block of an unknown type shows them itself."""
    texts = unforeseen(block) if kind in _WRITERS or kind in lists.KINDS else []
    return joined(*([page.line(text)] for text in texts))


def _withheld(block: Json, kind: str, page: PageView) -> Lines:
    """Return the line that tells why the crawl left out a part of a block."""
    record = page.omitted.get(("block", str(block.get("id"))))
    if record is None or (kind == "unsupported" and record.get("reason") == UNSUPPORTED_BLOCK):
        return []
    return [page.notice(reason_text(record), block)]


def _one_list(before: str, kind: str, numbering: lists.Numbering) -> bool:
    """Tell whether an item continues the list of the block right before it."""
    if before not in lists.KINDS or (before == "numbered_list_item") != (kind == "numbered_list_item"):
        return False
    return kind != "numbered_list_item" or not numbering.restarted
