"""Comments of a page, as a section at its end.

Here: one list item per comment, discussions in the order of their first. Not here: comments nobody may read
(``notion.omissions``). A comment on a block leads to that block.
"""

from collections import defaultdict

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.markdown.escaping import clean, escape
from notion_sync_assets.core.render.markdown.media_blocks import file_name
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView, joined, paragraph, prefixed
from notion_sync_assets.core.render.values import user_name


def comments(page: PageView) -> Lines:
    """Return the section, nothing without comments."""
    discussions: dict[str, list[Json]] = defaultdict(list)
    for comment in page.document.comments or []:
        discussions[str(comment.get("discussion_id"))].append(comment)
    if not discussions:
        return []
    items = [line for said in discussions.values() for line in _discussion(said, page)]
    return joined(["## Comments"], items)


def _discussion(said: list[Json], page: PageView) -> Lines:
    first, *answers = (_comment(comment, page) for comment in said)
    nested = [line for answer in answers for line in prefixed(answer, "- ", "  ")]
    return prefixed([*first, *nested], "- ", "  ")


def _comment(comment: Json, page: PageView) -> Lines:
    author, when = _author(comment, page), str(comment.get("created_time") or "")
    head = ", ".join(part for part in (f"**{author}**" if author else "", when) if part) + _place(comment)
    text = paragraph(page.inline(comment.get("rich_text")))
    files = [_attachment(item, page) for item in comment.get("attachments") or []]
    return (
        [f"{head}\\", *text, *(f"- {file}" for file in files)]
        if text
        else [head, *(f"- {file}" for file in files)]
    )


def _author(comment: Json, page: PageView) -> str:
    shown = (comment.get("display_name") or {}).get("resolved_name")
    user = comment.get("created_by") or {}
    name = shown or user_name(page.targets.links.user(str(user.get("id"))) or user)
    return escape(" ".join(clean(str(name)).split()))


def _place(comment: Json) -> str:
    parent = comment.get("parent") or {}
    block = parent.get("block_id")
    return f" ([in the text](#{compact_id(block)}))" if isinstance(block, str) else ""


def _attachment(item: Json, page: PageView) -> str:
    name, target = file_name(item), page.targets.file(item)
    return f"[{escape(name)}]({target})" if target else page.missing_file(item, name)
