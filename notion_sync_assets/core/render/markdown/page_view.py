"""One page on its way to text: what every kind of block needs beside itself.

Here: the document, its links, its dialect, and inline text written with them. Not here: any kind of block
(``blocks``). A page's lines are a list of strings without line ends; containers put prefixes before them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.markdown.dialects import Dialect
from notion_sync_assets.core.render.markdown.escaping import escape
from notion_sync_assets.core.render.markdown.inline import Inline
from notion_sync_assets.core.render.markdown.pieces import Piece, pieces
from notion_sync_assets.core.render.markdown.targets import NOTION, Targets, file_url

Lines = list[str]

LINE: Final = Inline()
HEADING: Final = Inline(single=True)
CELL: Final = Inline(cell=True)
HTML: Final = Inline(html=True)

_HEADINGS = frozenset(f"heading_{level}" for level in (1, 2, 3, 4))


@dataclass(frozen=True)
class PageView:
    """A document that is being rendered; its references are up to date (``overlay``)."""

    document: Document
    targets: Targets
    dialect: Dialect
    body: Callable[["list[Json]", "PageView"], Lines]

    def children(self, block: Json) -> Lines:
        """Return the lines of the blocks inside a block."""
        inside = block.get("children")
        return self.body(inside, self) if inside else []

    def inline(self, rich_text: Any, how: Inline = LINE) -> str:
        """Return rich text as inline Markdown."""
        return how.write(self.pieces(rich_text))

    def pieces(self, rich_text: Any) -> list[Piece]:
        """Return the pieces of rich text."""
        return pieces(rich_text, self.targets, colors=self.dialect.colors)

    def text(self, block: Json, how: Inline = LINE) -> str:
        """Return the rich text of a block, after its anchor if it has one."""
        payload = block.get(str(block.get("type"))) or {}
        return self.anchor(block) + self.inline(payload.get("rich_text"), how)

    def anchor(self, block: Json) -> str:
        """Return what a link to this block leads to, empty when there is no such link."""
        identifier = str(block.get("id"))
        if identifier in self._own_anchors or self.targets.links.anchored(identifier, self.document.page_id):
            return f'<a id="{compact_id(identifier)}"></a>'
        return ""

    def notice(self, text: str, block: Json | None = None) -> str:
        """Return the line that stands where something cannot be shown; ``block`` is where to find it in Notion."""
        if block is None:
            return f"_\\[{escape(text)}\\]_"
        address = f"{NOTION}/{compact_id(self.document.page_id)}#{compact_id(str(block.get('id')))}"
        return f"_\\[{escape(text)}; [open in Notion]({address})\\]_"

    def missing_file(self, carrier: Json, name: str) -> str:
        """Return the line that stands for a file the export does not hold."""
        reason = self.omitted.get(("file", file_url(carrier)))
        return self.notice(f"{name}: this file is not in the export" + (f" ({reason})" if reason else ""))

    def icon(self, icon: Any) -> str:
        """Return an icon as text followed by a blank, empty when it is a picture."""
        if not isinstance(icon, dict):
            return ""
        emoji = icon.get("emoji")
        custom = icon.get("custom_emoji")
        if isinstance(custom, dict):
            return escape(f":{custom.get('name')}:") + " "
        return f"{escape(emoji)} " if isinstance(emoji, str) else ""

    @cached_property
    def omitted(self) -> dict[tuple[str, str], str]:
        """What the crawl left out: (kind, id) → reason (``notion.omissions``)."""
        return {
            (str(item.get("kind")), str(item.get("id"))): str(item.get("reason"))
            for item in self.document.omitted
        }

    @cached_property
    def headings(self) -> list[Json]:
        """The headings of the page in order, wherever they stand."""
        return [block for block, _ in self.document.walk() if block.get("type") in _HEADINGS]

    @cached_property
    def _own_anchors(self) -> frozenset[str]:
        """The blocks that the page itself leads to: from a table of contents, from comments."""
        named = {
            str(comment["parent"].get("block_id"))
            for comment in self.document.comments or []
            if isinstance(comment.get("parent"), dict)
        }
        if any(block.get("type") == "table_of_contents" for block, _ in self.document.walk()):
            named.update(str(block.get("id")) for block in self.headings)
        return frozenset(named)


def paragraph(text: str) -> Lines:
    """Return the lines of a paragraph, none for an empty one."""
    return text.split("\n") if text else []


def joined(*parts: Lines) -> Lines:
    """Return blocks one below the other, a blank line between them; empty ones are left out."""
    lines: Lines = []
    for part in parts:
        if part:
            lines += ["", *part] if lines else part
    return lines


def prefixed(lines: Lines, first: str, rest: str) -> Lines:
    """Return lines inside a container: ``first`` before the first, ``rest`` before the others."""
    blank = rest.rstrip()
    return [
        (first if index == 0 else rest) + line if line else (first.rstrip() if index == 0 else blank)
        for index, line in enumerate(lines)
    ]
