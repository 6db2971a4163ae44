"""Blocks of text: paragraphs, headings, quotes, callouts, toggles, code, equations.

Here: one function per kind, block and page in, lines out (notion_api.md §4). Not here: lists (``lists``).
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.markdown.escaping import (
    clean,
    code_fence,
    escape_line_end,
    harmless_tex,
    without_shortcodes,
)
from notion_sync_assets.core.render.markdown.inline import HEADING, HTML
from notion_sync_assets.core.render.markdown.languages import info_string
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView, joined, paragraph, prefixed


def text_paragraph(block: Json, page: PageView) -> Lines:
    """Return a paragraph; what is indented under it follows it."""
    icon = (block.get("paragraph") or {}).get("icon")
    return joined(paragraph(page.after_icon(icon, page.text(block))), page.children(block))


def heading(block: Json, page: PageView) -> Lines:
    """Return a heading; one that folds keeps its level inside of what folds."""
    level = str(block["type"])[-1]
    folds = (block.get(str(block["type"])) or {}).get("is_toggleable")
    if folds and page.dialect.toggles == "element":
        return _details(f"<h{level}>{page.text(block, HTML)}</h{level}>", block, page)
    text = escape_line_end(page.text(block, HEADING))
    return joined([f"{'#' * int(level)} {text}".rstrip()], page.children(block))


def toggle(block: Json, page: PageView) -> Lines:
    """Return a toggle as what the dialect folds; its children are Markdown."""
    if page.dialect.toggles == "element":
        return _details(page.text(block, HTML), block, page)
    if page.dialect.toggles == "callout":
        lines = joined([f"[!toggle]- {page.text(block, HEADING)}".rstrip()], page.children(block))
        return prefixed(lines, "> ", "> ")
    return prefixed(joined(paragraph(page.text(block)) or [""], page.children(block)), "- ", "  ")


def quote(block: Json, page: PageView) -> Lines:
    """Return a quote with its children."""
    lines = joined(paragraph(page.text(block)), page.children(block))
    return prefixed(lines or [""], "> ", "> ")


def callout(block: Json, page: PageView) -> Lines:
    """Return a callout as a quote that begins with its icon."""
    icon = (block.get("callout") or {}).get("icon")
    text = page.after_icon(icon, page.text(block))
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
    if page.dialect.shortcodes:
        text = without_shortcodes(text)
    fence = code_fence(text)
    return joined([fence + info_string(language), *text.split("\n"), fence], caption(payload, page))


def equation(block: Json, page: PageView) -> Lines:
    """Return display math; TeX that would end it early stands in a code block."""
    text = harmless_tex(clean(str((block.get("equation") or {}).get("expression") or "")).strip())
    blank = any(not line.strip() for line in text.split("\n"))
    if "$" not in text and not blank and page.dialect.math == "dollars":
        return ["$$", *text.split("\n"), "$$"]
    fence = code_fence(text)
    return [fence + page.dialect.math_language, *text.split("\n"), fence]


def divider(_: Json, __: PageView) -> Lines:
    """Return a rule."""
    return ["---"]


def caption(payload: Json, page: PageView) -> Lines:
    """Return the caption of a block as a paragraph."""
    return paragraph(page.inline(payload.get("caption")))


def _details(summary: str, block: Json, page: PageView) -> Lines:
    inside = joined(paragraph(page.references(block)), page.children(block))
    return joined([f"<details><summary>{summary}</summary>"], inside, ["</details>"])
