"""Rich text: items with annotations as inline markup.

Here: text, mentions, equations, colours. Not here: blocks. Shapes: notion_api.md §6.
No text is lost: whatever an item is, what it reads as is shown.
"""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.html.context import PageContext
from notion_sync_assets.core.render.html.equations import equation
from notion_sync_assets.core.render.html.markup import EMPTY, element, escaped, joined
from notion_sync_assets.core.spoken import text_items

_COLORS = frozenset(("gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red"))
_BACKGROUND = "_background"
_BREAK = element("br")
# From the inside out: a colour marks the whole run, so it goes outermost.
_ANNOTATIONS = (
    ("code", "code"),
    ("bold", "strong"),
    ("italic", "em"),
    ("strikethrough", "s"),
    ("underline", "u"),
)
_TOLD = ("description", "link_author", "link_provider")
_PLAIN = {**dict.fromkeys((name for name, _ in _ANNOTATIONS), False), "color": "default"}
_OBJECTS = ("page", "database", "data_source")


def rich_text(items: Any, page: PageContext) -> Markup:
    """Return rich text as inline markup, in whatever shape it came."""
    return joined(_item(item, page) for item in text_items(items)) if items else EMPTY


def color_class(color: Any) -> str | None:
    """Return the class of one of Notion's colours, None for the default and unknown ones."""
    name = str(color or "")
    plain = name.removesuffix(_BACKGROUND)
    if plain not in _COLORS:
        return None
    return f"bg-{plain}" if name.endswith(_BACKGROUND) else f"c-{plain}"


def lines(text: str) -> Markup:
    """Return text with its line breaks."""
    if "\n" not in text:
        return escaped(text)
    return joined(_BREAK + part if index else joined([part]) for index, part in enumerate(text.split("\n")))


def link(content: str | Markup, href: str | None, **attributes: str | bool | None) -> Markup:
    """Return content that leads to an address; without one, the content itself."""
    if href is None:
        return content if isinstance(content, Markup) else escaped(content)
    outside = href.startswith(("http:", "https:", "HTTP", "mailto:", "tel:"))
    return element("a", content, href=href, rel="noopener noreferrer" if outside else None, **attributes)


def _item(item: Json, page: PageContext) -> Markup:
    kind = item.get("type")
    if kind == "mention" and isinstance(item.get("mention"), dict):
        return _annotated(_mention(item, item["mention"], page), item)
    if kind == "equation" and isinstance(item.get("equation"), dict):
        return _linked(_annotated(equation(str(item["equation"].get("expression") or "")), item), item, page)
    return _linked(_annotated(lines(_text(item)), item), item, page)


def _text(item: Json) -> str:
    return str(item.get("plain_text") or "")


def _annotated(content: Markup, item: Json) -> Markup:
    marks = item.get("annotations")
    if marks == _PLAIN or not isinstance(marks, dict) or not content:
        return content
    for name, tag in _ANNOTATIONS:
        if marks.get(name) is True:
            content = element(tag, content)
    color = color_class(marks.get("color"))
    return element("span", content, class_=color) if color else content


def _linked(content: Markup, item: Json, page: PageContext) -> Markup:
    href = item.get("href")
    text = item.get("text")
    if href is None and isinstance(text, dict) and isinstance(text.get("link"), dict):
        href = text["link"].get("url")
    if not href:
        return content
    target = page.target(href)
    if target is None and content:  # an address that would run: told, not linked
        return element("span", content, title=str(href))
    return link(content, target)


def _mention(item: Json, mention: Json, page: PageContext) -> Markup:
    kind = str(mention.get("type"))
    value = mention.get(kind)
    value = value if isinstance(value, dict) else {}
    if kind in _OBJECTS:
        return _object(item, str(value.get("id")), page)
    render = _MENTIONS.get(kind)
    return render(item, value, page) if render else element("span", lines(_text(item)), class_="mention")


def _object(item: Json, identifier: str, page: PageContext) -> Markup:
    href = page.href(identifier) or page.target(item.get("href"))
    return link(element("span", lines(_text(item)), class_="mention page"), href)


def _date(item: Json, value: Json, _page: PageContext) -> Markup:
    start = value.get("start")
    when = start if isinstance(start, str) and not value.get("end") else None
    return element("time", lines(_text(item)), datetime=when, class_="mention")


def _user(item: Json, _value: Json, _page: PageContext) -> Markup:
    return element("span", lines(_text(item)), class_="mention user")


def _link_mention(item: Json, value: Json, page: PageContext) -> Markup:
    title, text = value.get("title"), _text(item)
    shown = lines(text)
    if isinstance(title, str) and title and title != text:
        shown = joined([title, " ", element("span", shown, class_="address")])
    told = " · ".join(str(value[name]) for name in _TOLD if value.get(name))
    return link(
        shown, page.target(value.get("href") or value.get("url") or item.get("href")), title=told or None
    )


_MENTIONS: dict[str, Callable[[Json, Json, PageContext], Markup]] = {
    "date": _date,
    "user": _user,
    "link_mention": _link_mention,
    "link_preview": _link_mention,
}
