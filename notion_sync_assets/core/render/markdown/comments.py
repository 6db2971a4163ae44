"""Comments of a page: a section at its end, or footnotes at what they are about.

Here: discussions in the order of their first comment. Not here: comments nobody may read (``notion.omissions``),
where a reference to a footnote stands (``page_view``, ``blocks``). In the section a comment on a block leads to it.
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.markdown.media_blocks import file_name
from notion_sync_assets.core.render.markdown.page_view import (
    Lines,
    PageView,
    commented_block,
    joined,
    paragraph,
    prefixed,
)
from notion_sync_assets.core.render.values import user_name
from notion_sync_assets.core.spoken import unforeseen_in_comment


def comments(page: PageView) -> Lines:
    """Return the section or the footnotes, nothing without comments."""
    if page.footnotes:
        notes = [_thread(said, page) for said in page.discussions]
        return joined(*(prefixed(note, f"[^c{number}]: ", "    ") for number, note in enumerate(notes, 1)))
    items = [line for said in page.discussions for line in prefixed(_thread(said, page), "- ", "  ")]
    return joined(["## Comments"], items) if items else []


def on_the_page(page: PageView) -> Lines:
    """Return the line under the title that refers to the footnotes about the whole page."""
    labels = page.notes.get("", ())
    return ["Comments on this page: " + " ".join(f"[^{label}]" for label in labels)] if labels else []


def _thread(said: list[Json], page: PageView) -> Lines:
    first, *answers = (_comment(comment, page) for comment in said)
    nested = [line for answer in answers for line in prefixed(answer, "- ", "  ")]
    return [*first, *nested]


def _comment(comment: Json, page: PageView) -> Lines:
    author, when = _author(comment, page), str(comment.get("created_time") or "")
    head = ", ".join(part for part in (f"**{author}**" if author else "", page.escape(when)) if part)
    head += "" if page.footnotes else _place(comment, page)
    text = paragraph(page.inline(comment.get("rich_text")))
    text += [page.line(each) for each in unforeseen_in_comment(comment)]
    attached = comment.get("attachments")
    attached = attached if isinstance(attached, list) else []
    files = [f"- {_attachment(item, page)}" for item in attached if isinstance(item, dict)]
    return [f"{head}\\", *text, *files] if text else [head, *files]


def _author(comment: Json, page: PageView) -> str:
    shown = comment.get("display_name")
    name = shown.get("resolved_name") if isinstance(shown, dict) else None
    told = comment.get("created_by")
    user = told if isinstance(told, dict) else {"id": told}
    name = name or user_name(page.targets.links.user(str(user.get("id"))) or user)
    return page.escape(" ".join(str(name).split()))


def _place(comment: Json, page: PageView) -> str:
    block = commented_block(comment)
    return f" ({page.link('in the text', page.targets.here(block))})" if block else ""


def _attachment(item: Json, page: PageView) -> str:
    name, target = file_name(item), page.targets.file(item)
    return page.link(name, target) if target else page.missing_file(item, name)
