"""Blocks of text: paragraphs, headings, quotes, callouts, toggles, code, equations.

Here: one function per kind, block and page in, lines out (notion_api.md §4). Not here: lists (``lists``).
"""

import re

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.markdown.escaping import clean, code_fence, escape_line_end
from notion_sync_assets.core.render.markdown.page_view import (
    HEADING,
    HTML,
    Lines,
    PageView,
    joined,
    paragraph,
    prefixed,
)

_NOT_IN_INFO = re.compile(r"[^\w+#.-]+")
_LANGUAGES = {"plain text": "", "c++": "cpp", "c#": "csharp", "f#": "fsharp", "visual basic": "vb"}


def text_paragraph(block: Json, page: PageView) -> Lines:
    """Return a paragraph; what is indented under it follows it."""
    icon = page.icon((block.get("paragraph") or {}).get("icon"))
    return joined(paragraph(icon + page.text(block)), page.children(block))


def heading(block: Json, page: PageView) -> Lines:
    """Return a heading; one that folds keeps its level inside of what folds."""
    level = str(block["type"])[-1]
    if (block.get(str(block["type"])) or {}).get("is_toggleable"):
        return _details(f"<h{level}>{page.text(block, HTML)}</h{level}>", page.children(block))
    text = escape_line_end(page.text(block, HEADING))
    return joined([f"{'#' * int(level)} {text}".rstrip()], page.children(block))


def toggle(block: Json, page: PageView) -> Lines:
    """Return a toggle as an element that opens; its children are Markdown."""
    return _details(page.text(block, HTML), page.children(block))


def quote(block: Json, page: PageView) -> Lines:
    """Return a quote with its children."""
    lines = joined(paragraph(page.text(block)), page.children(block))
    return prefixed(lines or [""], "> ", "> ")


def callout(block: Json, page: PageView) -> Lines:
    """Return a callout as a quote that begins with its icon."""
    icon = (block.get("callout") or {}).get("icon")
    text = page.icon(icon) + page.text(block)
    lines = joined(picture(icon, page), paragraph(text), page.children(block))
    if page.dialect.callouts:
        lines = ["[!note]", *lines]
    return prefixed(lines or [""], "> ", "> ")


def picture(icon: object, page: PageView) -> Lines:
    """Return an icon that is a picture of the export as a paragraph, nothing for any other icon."""
    found = page.targets.file(icon) if isinstance(icon, dict) and icon.get("type") == "file" else None
    return [f"![icon]({found})"] if found else []


def code(block: Json, page: PageView) -> Lines:
    """Return code as it is, then its caption."""
    payload = block.get("code") or {}
    text = clean(plain_text(payload.get("rich_text")))
    language = str(payload.get("language") or "")
    fence = code_fence(text)
    info = _LANGUAGES.get(language, _NOT_IN_INFO.sub("-", language))
    return joined([fence + info, *text.split("\n"), fence], caption(payload, page))


def equation(block: Json, page: PageView) -> Lines:
    """Return display math; TeX that would end it early stands in a code block."""
    text = clean(str((block.get("equation") or {}).get("expression") or "")).strip()
    if "$" not in text and not any(not line.strip() for line in text.split("\n")):
        return ["$$", *text.split("\n"), "$$"]
    fence = code_fence(text)
    return [fence + ("math" if page.dialect.math_fence else "tex"), *text.split("\n"), fence]


def divider(_: Json, __: PageView) -> Lines:
    """Return a rule."""
    return ["---"]


def caption(payload: Json, page: PageView) -> Lines:
    """Return the caption of a block as a paragraph."""
    return paragraph(page.inline(payload.get("caption")))


def _details(summary: str, inside: Lines) -> Lines:
    return joined([f"<details><summary>{summary}</summary>"], inside, ["</details>"])
