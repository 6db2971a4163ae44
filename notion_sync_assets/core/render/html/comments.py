"""Comments of a page, by discussion.

Here: what was said, by whom, when, about which block. Not here: reading comments. Shapes: notion_api.md §9.
"""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.html.context import PageContext, anchor
from notion_sync_assets.core.render.html.files import file_link
from notion_sync_assets.core.render.html.markup import EMPTY, element
from notion_sync_assets.core.render.html.rich_text import lines, rich_text
from notion_sync_assets.core.render.html.times import moment
from notion_sync_assets.core.render.values import user_name
from notion_sync_assets.core.spoken import unforeseen_in_comment


def discussions(comments: Sequence[Json] | None, page: PageContext) -> list[Markup]:
    """Return the discussions in the order in which they began; comments in the order given."""
    threads: dict[str, list[Json]] = {}
    for comment in comments or []:
        threads.setdefault(str(comment.get("discussion_id")), []).append(comment)
    return [_discussion(thread, page) for thread in threads.values()]


def _discussion(thread: Sequence[Json], page: PageContext) -> Markup:
    said = [_comment(comment, page) for comment in thread]
    parent = thread[0].get("parent")
    about = parent.get("block_id") if isinstance(parent, dict) and parent.get("type") == "block_id" else None
    place = (
        element("a", "On a block of this page", href=f"#{anchor(about)}", class_="about") if about else EMPTY
    )
    return element("li", place, element("ol", *said), class_="discussion")


def _comment(comment: Json, page: PageContext) -> Markup:
    head = element("p", _author(comment), " ", moment(comment.get("created_time") or ""), class_="by")
    text = element("p", rich_text(comment.get("rich_text"), page))
    files = [element("li", item) for item in _attachments(comment, page)]
    below = element("ul", *files, class_="attachments") if files else EMPTY
    more = lines("\n".join(unforeseen_in_comment(comment)))
    rest = element("p", more) if more else EMPTY
    return element("li", head, text, rest, below, id=anchor(comment.get("id")), class_="comment")


def _author(comment: Json) -> Markup:
    shown = comment.get("display_name")
    name = shown.get("resolved_name") if isinstance(shown, dict) else None
    user = comment.get("created_by")
    return element(
        "span", str(name or user_name(user if isinstance(user, dict) else {"id": user})), class_="user"
    )


def _attachments(comment: Json, page: PageContext) -> Iterator[Markup]:
    attached = comment.get("attachments")
    for item in attached if isinstance(attached, list) else []:
        if isinstance(item, dict):
            yield file_link(item, page)
