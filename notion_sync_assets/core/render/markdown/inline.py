"""Pieces of rich text as one line of Markdown, or as HTML where Markdown is not read.

Here: emphasis, links, code and math around escaped text. Not here: what the pieces are (``pieces``).
Markers are used where CommonMark and GitHub agree that they are emphasis; anywhere else the HTML element says the
same without doubt. Blanks at the ends of emphasised text move outside of it. Sources: CommonMark 0.31 §6.2 on runs
of delimiters, GitHub's specification on strikethrough, tables and bare addresses.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from notion_sync_assets.core.render.markdown.dialects import Dialect
from notion_sync_assets.core.render.markdown.escaping import (
    code_span,
    escape,
    escape_html,
    escape_line_start,
    harmless_tex,
    quoted,
    without_shortcodes,
)
from notion_sync_assets.core.render.markdown.pieces import Piece
from notion_sync_assets.core.render.markdown.targets import Destination

_LEVELS: Final = Piece._fields[1:7]
_MARKERS = {"bold": "**", "strikethrough": "~~", "italic": "_"}
_ELEMENTS = {"bold": "strong", "strikethrough": "del", "italic": "em", "underline": "u"}
_BREAK = "\\\n"
_BAR = "\\|"
_GENERATED = "\0"
"""Stands for a next character that is not known yet but is one of a marker."""


_NO_ALIAS = re.compile(r"[\[\]|\\`*<>~$#^=%{}_&!\n]")
"""What Obsidian might read in the text of a wikilink, where nothing can be escaped."""
_QUERY = re.compile(r"\s*\$?=")


class Form(Enum):
    """Where text stands: in a line of Markdown, a heading, a cell of a table, or in HTML."""

    LINE = "line"
    HEADING = "heading"
    CELL = "cell"
    HTML = "html"


LINE, HEADING, CELL, HTML = Form


@lru_cache
def inline(form: Form, dialect: Dialect) -> "Inline":
    """Return how text is written in a form and dialect."""
    return Inline(dialect, html=form is HTML, cell=form is CELL, single=form is HEADING)


@dataclass(frozen=True, slots=True)
class Inline:
    """One way to write inline text: ``html`` for HTML, ``cell`` for a cell of a table, else a line of Markdown.

    ``single`` says that the text must stay on one line, as in a heading.
    """

    dialect: Dialect
    html: bool = False
    cell: bool = False
    single: bool = False

    def write(self, pieces: Sequence[Piece]) -> str:
        """Return the text; lines of a paragraph are separated by hard breaks."""
        if self.html:
            return self._run(pieces, 0, "", "").strip(" ")
        text = self._run(pieces, 0, "", "")
        if "\n" not in text:
            line = text.strip(" \t")
            return line if self.single or self.cell else self._started(line)
        return self._lines(text)

    def _started(self, line: str) -> str:
        return escape_line_start(line, modules=self.dialect.modules)

    def _lines(self, text: str) -> str:
        lines = [line.strip(" \t") for line in text.split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        if self.single or self.cell:
            return self.dialect.line_break.join(lines)
        lines[-1:] = [_visible(line) for line in lines[-1:]]
        return _BREAK.join(self._started(line) for line in lines)

    def _run(self, pieces: Sequence[Piece], level: int, before: str, after: str) -> str:
        """Write pieces that agree on all outer levels, between the characters ``before`` and ``after``."""
        level = _outermost(pieces, level)
        if level == len(_LEVELS):
            return self._leaves(pieces, before, after)
        written = ""
        groups = list(_groups(pieces, level + 1))
        for index, group in enumerate(groups):
            last = written[-1:] or before
            following = _first(groups[index + 1][0]) if index + 1 < len(groups) else after
            if group[0][level + 1]:
                written += self._wrapped(group, level, last, following)
            else:
                written += self._run(group, level + 1, last, following)
        return written

    def _wrapped(self, group: list[Piece], level: int, before: str, after: str) -> str:
        lead, inside, trail = _trimmed(group)
        if not inside:
            return self._break(lead)
        name, value = _LEVELS[level], str(inside[0][level + 1])
        before, after = lead[-1:] or before, trail[:1] or after
        marker = "" if self.html else _MARKERS.get(name, "")
        edge = marker or ("]" if name == "link" and not self.html else "<")
        text = self._wikilink(inside, level) or self._run(inside, level + 1, marker[-1:] or ">", edge[0])
        if marker and _opens(marker, before, text[0]) and _closes(marker, text[-1], after):
            return f"{lead}{marker}{text}{marker}{trail}"
        return f"{self._break(lead)}{self._element(name, value, text, inside[0].hint)}{self._break(trail)}"

    def _wikilink(self, group: list[Piece], level: int) -> str:
        """Return a link by name where the dialect has them and the text needs no syntax, else nothing."""
        link = group[0].link
        if self.html or not self.dialect.wikilinks or _LEVELS[level] != "link" or len(group) > 1:
            return ""
        if not isinstance(link, Destination) or any(group[0][2:]) or _NO_ALIAS.search(group[0].text):
            return ""
        return f"[[{link.name}{_BAR if self.cell else '|'}{group[0].text}]]"

    def _element(self, name: str, value: str, text: str, hint: str) -> str:
        if name == "link":
            return self._link(value, text, hint)
        if name == "color":
            return f'<span style="{_style(value)}">{text}</span>'
        return f"<{_ELEMENTS[name]}>{text}</{_ELEMENTS[name]}>"

    def _link(self, value: str, text: str, hint: str) -> str:
        if text.startswith("[["):
            return text
        told = " ".join(hint.split())
        if self.html:
            title = f' title="{escape_html(told)}"' if told else ""
            return f'<a href="{value}"{title}>{text}</a>'
        return f"[{text}]({value} {quoted(told, self.dialect.special)})" if told else f"[{text}]({value})"

    def _leaves(self, pieces: Sequence[Piece], before: str, after: str) -> str:
        written = ""
        for index, piece in enumerate(pieces):
            following = _first(pieces[index + 1]) if index + 1 < len(pieces) else after
            written += self._leaf(piece, written[-1:] or before, following)
        return written

    def _leaf(self, piece: Piece, before: str, after: str) -> str:
        if piece.math:
            return self._math(piece.text, before, after)
        if piece.code:
            lines = piece.text.split("\n")
            spans = [self._code(lines[0], before), *(self._code(line, "") for line in lines[1:])]
            return self._break("\n").join(spans)
        if self.html:
            return escape_html(piece.text).replace("\n", self.dialect.line_break)
        return escape(piece.text, self.dialect.special, ends=bool(piece.link) or not after or after.isspace())

    def _code(self, text: str, before: str) -> str:
        if not text:
            return ""
        if self.html:
            return f"<code>{escape_html(text)}</code>"
        # A table ends its cell at a bar whatever is around it; backticks beside backticks are one longer run.
        if (self.cell and "|" in text) or before == "`" or (self.dialect.queries and _QUERY.match(text)):
            return f"<code>{escape(text, self.dialect.special)}</code>"
        return code_span(without_shortcodes(text) if self.dialect.shortcodes else text)

    def _math(self, expression: str, before: str, after: str) -> str:
        text = harmless_tex(" ".join(expression.split()))
        if self.html:
            return escape_html(f"${text}$")
        if self.dialect.math == "code":
            return self._code(text, before)
        plain = not any(char in text for char in "$`|\n") and not text.endswith("\\")
        if text and plain and not _joins(before) and not _joins(after):
            return f"${text}$"
        return self._code(text, before)

    def _break(self, blank: str) -> str:
        return blank.replace("\n", self.dialect.line_break) if self.html else blank


def _visible(line: str) -> str:
    """Return a last line so that it is one: some parsers take wide blanks from the end, and the break before shows."""
    return "".join(f"&#{ord(char)};" for char in line) if line.isspace() else line


def _outermost(pieces: Sequence[Piece], level: int) -> int:
    """Return the first level from ``level`` on that any piece has, the number of levels when none has."""
    for candidate in range(level, len(_LEVELS)):
        for piece in pieces:
            if piece[candidate + 1]:
                return candidate
    return len(_LEVELS)


def _groups(pieces: Sequence[Piece], field: int) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for piece in pieces:
        if group and group[0][field] != piece[field]:
            yield group
            group = []
        group.append(piece)
    yield group


def _trimmed(group: list[Piece]) -> tuple[str, list[Piece], str]:
    """Return the blanks before, the pieces without them, and the blanks after."""
    inside = list(group)
    lead = trail = ""
    while inside and (rest := inside[0].text.lstrip(_blanks(inside[0]))) != inside[0].text:
        lead += inside[0].text[: len(inside[0].text) - len(rest)]
        inside[:1] = [inside[0]._replace(text=rest)] if rest else []
    while inside and (rest := inside[-1].text.rstrip(_blanks(inside[-1]))) != inside[-1].text:
        trail = inside[-1].text[len(rest) :] + trail
        inside[-1:] = [inside[-1]._replace(text=rest)] if rest else []
    return lead, inside, trail


def _blanks(piece: Piece) -> str | None:
    """Return the characters that may move out of a piece, None for all blanks."""
    return "\n" if piece.code else "" if piece.math else None


def _first(piece: Piece) -> str:
    """Return the character that the text of a piece will begin with, as far as it is known before."""
    if piece.math or piece.code:
        return _GENERATED
    first = piece.text[0]
    if first.isspace():
        return first
    return _GENERATED if any(piece[1:7]) else escape(first)[0]


def _opens(marker: str, before: str, first: str) -> bool:
    if not before or _kind(before) == "blank":
        return True
    if _kind(before) == "mark":
        return before != marker[0]
    return marker != "_" and _kind(first) == "letter"


def _closes(marker: str, last: str, after: str) -> bool:
    if not after or _kind(after) == "blank":
        return True
    if _kind(after) == "mark":
        return after != marker[0]
    return marker != "_" and after != _GENERATED and _kind(last) == "letter"


@lru_cache(1024)
def _kind(char: str) -> str:
    """Return how delimiters see a character; symbols are punctuation to some parsers and letters to others."""
    category = unicodedata.category(char)
    if char in " \t\n\f\r" or category == "Zs":
        return "blank"
    if category[0] in "LN":
        return "letter"
    ascii_mark = char.isascii() and category[0] in "PS"
    return "mark" if category[0] == "P" or ascii_mark else "other"


def _joins(char: str) -> bool:
    """Tell whether a dollar sign beside ``char`` would be none of math."""
    return bool(char) and (char in "\\$\0`" or _kind(char) in ("letter", "other"))


def _style(color: str) -> str:
    name = color.removesuffix("_background")
    shade = name if name.isalpha() else "gray"
    return f"background-color:{shade}" if name != color else f"color:{shade}"
