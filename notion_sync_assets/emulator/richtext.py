"""Rich text items (reference §6): constructors only, `plain_text` and `href` as Notion would fill them."""

from collections.abc import Sequence
from typing import Any

from notion_sync_assets.emulator.json_types import Json

PLAIN = {
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "code": False,
    "color": "default",
}
COLORS = ("default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red")
API_COLORS = (*COLORS, *(f"{name}_background" for name in COLORS[1:]), "default_background")


def text(content: str, link: str | None = None, **annotations: Any) -> Json:
    """One text item; annotations by name, e.g. `bold=True, color="red"`."""
    return _item(
        "text", {"content": content, "link": {"url": link} if link else None}, content, link, annotations
    )


def equation(expression: str, **annotations: Any) -> Json:
    """An inline formula (KaTeX)."""
    return _item("equation", {"expression": expression}, expression, None, annotations)


def mention(kind: str, value: Json, plain: str, href: str | None = None, **annotations: Any) -> Json:
    """A mention of any kind: `value` goes under its own type."""
    return _item("mention", {"type": kind, kind: value}, plain, href, annotations)


def mention_page(page_id: str, title: str, **annotations: Any) -> Json:
    """A page mention; Notion writes "Untitled" for pages the connection cannot see."""
    return mention("page", {"id": page_id}, title, page_url(page_id), **annotations)


def mention_user(user: Json, **annotations: Any) -> Json:
    """A person or bot; a partial user has no name, Notion then writes "@Anonymous"."""
    return mention("user", user, f"@{user.get('name') or 'Anonymous'}", None, **annotations)


def mention_date(start: str, end: str | None = None, time_zone: str | None = None) -> Json:
    """A date or a span; its plain text is the ISO text."""
    shown = start if end is None else f"{start} → {end}"
    return mention("date", {"start": start, "end": end, "time_zone": time_zone}, shown)


def rich(value: str | Json | Sequence[str | Json]) -> list[Json]:
    """An array of items from a string, an item, or a mixture of both; an empty string gives no item."""
    parts = [value] if isinstance(value, str | dict) else value
    return [text(part) if isinstance(part, str) else part for part in parts if part != ""]


def plain(items: Sequence[Json]) -> str:
    """The text people read."""
    return "".join(item.get("plain_text") or "" for item in items)


def page_url(object_id: str, title: str = "") -> str:
    """The link Notion shows for a page: a slug and the 32 digits of the id."""
    slug = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in title).split())[:60]
    digits = object_id.replace("-", "")
    return f"https://app.notion.com/p/{slug}-{digits}" if slug else f"https://app.notion.com/p/{digits}"


def _item(kind: str, value: Json, shown: str, href: str | None, annotations: Json) -> Json:
    return {
        "type": kind,
        kind: value,
        "annotations": {**PLAIN, **annotations},
        "plain_text": shown,
        "href": href,
    }
