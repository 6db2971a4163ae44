"""One page on its way to text: what every kind of block needs beside itself.

Here: the document, its links, its dialect, and inline text written with them. Not here: any kind of block
(``blocks``). A page's lines are a list of strings without line ends; containers put prefixes before them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.markdown.dialects import Dialect
from notion_sync_assets.core.render.markdown.escaping import clean, escape, escape_line_start
from notion_sync_assets.core.render.markdown.inline import HTML, LINE, Form, inline
from notion_sync_assets.core.render.markdown.pieces import Piece, pieces
from notion_sync_assets.core.render.markdown.targets import NOTION, Targets, file_url
from notion_sync_assets.core.render.omitted import reason_text

Lines = list[str]

_HEADINGS = frozenset(f"heading_{level}" for level in (1, 2, 3, 4))


@dataclass(frozen=True)
class PageView:
    """A document that is being rendered; its references are up to date (``overlay``).

    ``footnotes``: comments are footnotes at what they are about, not a section of their own.
    """

    document: Document
    targets: Targets
    dialect: Dialect
    body: Callable[["list[Json]", "PageView"], Lines]
    footnotes: bool = False

    def children(self, block: Json) -> Lines:
        """Return the lines of the blocks inside a block."""
        inside = block.get("children")
        return self.body(inside, self) if isinstance(inside, list) else []

    def inline(self, rich_text: Any, form: Form = LINE) -> str:
        """Return rich text as inline Markdown."""
        return self.write(self.pieces(rich_text), form)

    def write(self, found: list[Piece], form: Form = LINE) -> str:
        """Return pieces of text as inline Markdown."""
        return inline(form, self.dialect).write(found)

    def pieces(self, rich_text: Any) -> list[Piece]:
        """Return the pieces of rich text."""
        return pieces(rich_text, self.targets, colors=self.dialect.colors)

    def escape(self, text: str, *, ends: bool = False) -> str:
        """Return plain text with everything escaped that has a meaning."""
        return escape(clean(text), self.dialect.special, ends=ends)

    def line(self, text: str) -> str:
        """Return plain text as a line of its own."""
        return escape_line_start(self.escape(" ".join(text.split()), ends=True), modules=self.dialect.modules)

    def text(self, block: Json, form: Form = LINE) -> str:
        """Return the rich text of a block with its anchor if it has one; references to comments but in HTML."""
        payload = block.get(str(block.get("type"))) or {}
        text = self.inline(payload.get("rich_text"), form)
        if form is not HTML:
            text += self.references(block)
        return self.anchored(block, text)

    def anchored(self, block: Json, text: str) -> str:
        """Return text with the anchor of its block: before it, or as the dialect marks blocks."""
        anchor = self.anchor(block)
        if self.dialect.wikilinks:
            return f"{text} {anchor}" if text and anchor else text or anchor
        return anchor + text

    def anchor(self, block: Json) -> str:
        """Return what a link to this block leads to, empty when there is no such link."""
        identifier = str(block.get("id"))
        if identifier not in self._anchored_blocks:
            return ""
        mark = compact_id(identifier)
        return f"^{mark}" if self.dialect.wikilinks else f'<a id="{mark}"></a>'

    def link(self, text: str, destination: str) -> str:
        """Return plain text that leads somewhere."""
        return self.write([Piece(clean(text), destination)])

    def references(self, block: Json) -> str:
        """Return the references to the comments on a block, empty unless comments are footnotes."""
        if not self.footnotes:
            return ""
        return "".join(f"[^{label}]" for label in self.notes.get(str(block.get("id")), ()))

    def notice(self, text: str, block: Json | None = None) -> str:
        """Return the line that stands where something cannot be shown; ``block`` is where to find it in Notion."""
        if block is None:
            return f"_\\[{self.escape(text)}\\]_"
        address = f"{NOTION}/{compact_id(self.document.page_id)}#{compact_id(str(block.get('id')))}"
        return f"_\\[{self.escape(text)}; [open in Notion]({address})\\]_"

    def missing_file(self, carrier: Json, name: str) -> str:
        """Return the line that stands for a file the export does not hold."""
        record = self.omitted.get(("file", file_url(carrier)))
        why = f" ({reason_text(record)})" if record else ""
        return self.notice(f"{name}: this file is not in the export{why}")

    def after_icon(self, icon: Any, text: str) -> str:
        """Return the Markdown of a text with its icon before it."""
        return escape_line_start(self.icon(icon) + text, modules=self.dialect.modules)

    def icon(self, icon: Any) -> str:
        """Return an icon as text followed by a blank, empty when it is a picture of the export."""
        if not isinstance(icon, dict) or self.targets.file_path(icon) is not None:
            return ""
        kind = str(icon.get("type"))
        payload = icon.get(kind)
        if kind == "emoji":
            return f"{self.escape(str(payload))} " if payload else ""
        name = payload.get("name") if isinstance(payload, dict) else None
        if name:
            return self.escape(f":{name}:") + " "
        target, url = self.targets.file(icon), file_url(icon)
        return (f"{self.link(url, target)} " if target else f"{self.escape(url)} ") if url else ""

    @cached_property
    def omitted(self) -> dict[tuple[str, str], Json]:
        """What the crawl left out: (kind, id) → record (``notion.omissions``)."""
        return {(str(item.get("kind")), str(item.get("id"))): item for item in self.document.omitted}

    @cached_property
    def headings(self) -> list[Json]:
        """The headings of the page in order, wherever they stand."""
        return [block for block, _ in self.document.walk() if block.get("type") in _HEADINGS]

    @cached_property
    def _anchored_blocks(self) -> frozenset[str]:
        """The blocks that something leads to: a link of any page, a table of contents or a comment of this one."""
        named = set() if self.footnotes else {*map(commented_block, self.document.comments or [])}
        if any(block.get("type") == "table_of_contents" for block, _ in self.document.walk()):
            named.update(str(block.get("id")) for block in self.headings)
        return self.targets.links.anchors(self.document.page_id).union(named)

    @cached_property
    def discussions(self) -> list[list[Json]]:
        """The comments by discussion, in the order of their first."""
        threads: dict[str, list[Json]] = {}
        for comment in self.document.comments or []:
            threads.setdefault(str(comment.get("discussion_id")), []).append(comment)
        return list(threads.values())

    @cached_property
    def notes(self) -> dict[str, list[str]]:
        """The labels of footnotes by the block they are about; by an empty text those of the whole page."""
        labels: dict[str, list[str]] = {}
        known = {str(block.get("id")) for block, _ in self.document.walk()} if self.footnotes else set()
        for number, thread in enumerate(self.discussions if self.footnotes else (), 1):
            about = commented_block(thread[0])
            labels.setdefault(about if about in known else "", []).append(f"c{number}")
        return labels


def commented_block(comment: Json) -> str:
    """Return the id of the block a comment is about, empty when it is about the page."""
    parent = comment.get("parent")
    return str(parent.get("block_id") or "") if isinstance(parent, dict) else ""


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
