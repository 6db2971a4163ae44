"""The structure of a page: its lists, tables and code, from the blocks and as two parsers read the Markdown.

Here: one :class:`Outline` from each side. Not here: the words between (``conformance``). cmark-gfm is GitHub's own
parser; Debian has it as a package.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document, plain_text
from notion_sync_assets.core.render.markdown.escaping import clean
from notion_sync_assets_tests.core.render.markdown.parsing import PARSER, visible

LISTS = frozenset(("bulleted_list_item", "numbered_list_item", "to_do"))
WRITES_LISTS = frozenset(
    ("table_of_contents", "meeting_notes", "transcription", "child_database", "child_page")
)
"""Blocks that Markdown shows as lists of our own, or whose children are of another page."""
_XML = "{http://commonmark.org/xml/1.0}"


@dataclass
class Outline:
    """``items``: depth and words of every item of a list that has words. ``tables``: rows and columns. ``code``."""

    items: list[tuple[int, str]] = field(default_factory=list)
    tables: list[tuple[int, int]] = field(default_factory=list)
    code: list[str] = field(default_factory=list)

    def text(self, depth: int, words: str) -> None:
        """Note the first words of an item."""
        self.items.append((depth, "".join(words.replace("\ufffd", "").split())))


def without_own_lists(blocks: Iterable[Json]) -> list[Json]:
    """Return blocks, at any depth, without those that would add lists of our own to the page."""
    kept = (block for block in blocks if block["type"] not in WRITES_LISTS)
    return [{**block, "children": without_own_lists(block.get("children") or [])} for block in kept]


def of_blocks(document: Document) -> Outline:
    """Return the structure that the blocks of a page have."""
    made = Outline()
    kinds = {block["id"]: block["type"] for block, _ in document.walk()}
    for block, above in document.walk():
        kind, payload = block["type"], block[block["type"]]
        words = _item_words(kind, payload) if kind in LISTS else ""
        if words.strip():
            made.text(1 + sum(kinds[each] in LISTS for each in above), words)
        elif kind == "code":
            made.code.append(clean(plain_text(payload["rich_text"])))
        elif kind == "table" and block["children"]:
            rows = [len(row["table_row"]["cells"]) for row in block["children"]]
            made.tables.append((len(rows) + (not payload.get("has_column_header")), max(1, *rows)))
    return made


def _item_words(kind: str, payload: Json) -> str:
    box = ("[x]" if payload["checked"] else "[]") if kind == "to_do" else ""
    items = payload["rich_text"]
    titles = [((item.get("mention") or {}).get("link_mention") or {}).get("title") for item in items]
    words = [title or plain_text([item]) for item, title in zip(items, titles, strict=True)]
    return box + "".join(words)


def of_markdown_it(markdown: str) -> Outline:
    """Return the structure that markdown-it-py reads."""
    made, depth, waiting = Outline(), 0, False
    for token in PARSER.parse(markdown):
        if token.type.startswith("list_item"):
            depth, waiting = depth + token.nesting, token.nesting == 1
        elif token.type == "inline" and waiting:
            made.text(depth, visible(token.content))
            waiting = False
        elif token.type == "fence":
            made.code.append(token.content.removesuffix("\n"))
        elif token.type == "table_open":
            made.tables.append((0, 0))
        elif token.type in ("tr_open", "th_open"):
            rows, columns = made.tables[-1]
            made.tables[-1] = (rows + (token.type == "tr_open"), columns + (token.type == "th_open"))
    return made


def of_cmark(program: str, markdown: str) -> Outline:
    """Return the structure that cmark-gfm reads; front matter is not its business."""
    body = markdown.split("\n---\n", 1)[1]
    command = [
        program,
        "-t",
        "xml",
        "--unsafe",
        *(part for name in ("table", "strikethrough", "autolink") for part in ("-e", name)),
    ]
    done = subprocess.run(command, input=body.encode(), capture_output=True, check=True)
    made = Outline()
    for element, depth in _walk(ET.fromstring(done.stdout), 0):
        name = element.tag.removeprefix(_XML)
        first = next(iter(element), None)
        if name == "item" and first is not None and first.tag == f"{_XML}paragraph":
            made.text(depth, _words(first))
        elif name == "code_block":
            made.code.append((element.text or "").removesuffix("\n"))
        elif name == "table":
            made.tables.append((len(element), len(element[0])))
    return made


def _walk(element: Any, depth: int) -> Iterator[tuple[Any, int]]:
    for child in element:
        below = depth + (child.tag == f"{_XML}item")
        yield child, below
        yield from _walk(child, below)


def _words(element: Any) -> str:
    parts = [each.text or "" for each in element.iter() if each.tag.removeprefix(_XML) in ("text", "code")]
    return re.sub(r"\s", "", "".join(parts))
