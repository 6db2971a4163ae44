"""Rich text as pieces: what is said, how it is emphasised, where it leads.

Here: rich-text items (notion_api.md §6) in, pieces without any syntax out. Not here: how a piece is written
(``inline``). A mention is its plain text, which the overlay has brought up to date, with a link where it has one.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.markdown.escaping import clean
from notion_sync_assets.core.render.markdown.targets import Targets
from notion_sync_assets.core.spoken import text_items

_OBJECTS = ("page", "database", "data_source")
_TOLD = ("description", "link_author", "link_provider")
# Most text: told at one glance, instead of by seven questions.
_NO_EMPHASIS = {
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "code": False,
    "color": "default",
}
_PLAIN = {"type": "text", "annotations": {}}


class Piece(NamedTuple):
    """A stretch of text that is written in one way.

    ``link`` is a destination (``targets``), ``color`` one of Notion's but ``default``. ``math``: the text is TeX.
    ``hint`` is what Notion tells about a link when it is pointed at.
    The fields between ``text`` and ``code`` are in the order in which they enclose each other, outermost first.
    """

    text: str
    link: str | None = None
    color: str | None = None
    bold: bool = False
    strikethrough: bool = False
    italic: bool = False
    underline: bool = False
    code: bool = False
    math: bool = False
    hint: str = ""


def plain(text: str) -> Json:
    """Return a rich-text item that is only text."""
    return {**_PLAIN, "plain_text": text}


def pieces(rich_text: Any, targets: Targets, *, colors: bool) -> list[Piece]:
    """Return the pieces of a rich-text array; neighbours that are written alike are one."""
    return merged(piece for item in text_items(rich_text) for piece in _pieces(item, targets, colors))


def merged(found: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with text, with neighbours that are written alike as one."""
    result: list[Piece] = []
    for piece in found:
        if not piece.text:
            continue
        if result and not piece.math and result[-1][1:] == piece[1:]:
            result[-1] = piece._replace(text=result[-1].text + piece.text)
        else:
            result.append(piece)
    return result


def _pieces(item: Json, targets: Targets, colors: bool) -> Iterable[Piece]:
    math = item.get("type") == "equation"
    text, link, refused = _said(item, targets)
    notes = item.get("annotations")
    if notes == _NO_EMPHASIS or not isinstance(notes, dict):
        piece = Piece(clean(text), link, math=math, hint=_hint(item))
    else:
        piece = _emphasised(Piece(clean(text), link, math=math, hint=_hint(item)), notes, colors)
    return (piece, Piece(f" ({clean(refused)})")) if refused and refused != text else (piece,)


def _emphasised(piece: Piece, notes: Json, colors: bool) -> Piece:
    color = notes.get("color") if colors else None
    return piece._replace(
        color=color if color != "default" else None,
        bold=bool(notes.get("bold")),
        strikethrough=bool(notes.get("strikethrough")),
        italic=bool(notes.get("italic")),
        underline=bool(notes.get("underline")),
        code=bool(notes.get("code")) and not piece.math,
    )


def _hint(item: Json) -> str:
    """Return what a link to another site tells about itself beside its title (notion_api.md §6)."""
    mention = item.get("mention")
    linked = mention.get("link_mention") if isinstance(mention, dict) else None
    if not isinstance(linked, dict):
        return ""
    return " · ".join(clean(str(linked[name])) for name in _TOLD if linked.get(name))


def _said(item: Json, targets: Targets) -> tuple[str, str | None, str | None]:
    """Return the text, its destination, and the URL that must not be linked."""
    text, href = item["plain_text"], item.get("href")
    payload = item.get("mention")
    if isinstance(payload, dict) and item.get("type") == "mention":
        what = payload.get(str(payload.get("type")))
        if isinstance(what, dict):
            return _mentioned(str(payload.get("type")), what, text, href, targets)
    if not isinstance(href, str) or not href:
        return text, None, None
    link = targets.url(href)
    return text, link, None if link else href


def _mentioned(
    kind: str, what: Json, text: str, href: Any, targets: Targets
) -> tuple[str, str | None, str | None]:
    if kind in _OBJECTS and isinstance(what.get("id"), str):
        return text, targets.page(what["id"]), None
    if kind in ("link_mention", "link_preview"):
        url = str(what.get("href") or what.get("url") or href or "")
        link = targets.url(url)
        return str(what.get("title") or text), link, None if link else url
    if kind == "user":
        return text or "@" + str(what.get("name") or what.get("id")), None, None
    return text, None, None
