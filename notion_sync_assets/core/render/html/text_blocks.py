"""Blocks of text: paragraphs, headings, lists, quotes, callouts, toggles, code, equations.

Here: one function per block type (notion_api.md §4). Not here: which function a block takes, the grouping of list
items (``blocks``). What folds is open, as in Notion's own export: what is folded away, no printer shows, nor a search
in most browsers, nor a tool that reads the text of a page.
"""

from collections.abc import Callable

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.html.code import highlighted
from notion_sync_assets.core.render.html.context import PageContext, anchor
from notion_sync_assets.core.render.html.equations import equation
from notion_sync_assets.core.render.html.icons import described, icon
from notion_sync_assets.core.render.html.markup import EMPTY, element
from notion_sync_assets.core.render.html.rich_text import color_class, rich_text

Inner = Callable[[Json], Markup]
"""Renders the children of a block."""

Render = Callable[[Json, Json, PageContext, Inner], Markup]
"""Renders a block from itself, its payload, the page around it and the renderer of children."""


def paragraph(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a paragraph; what is nested below it is indented."""
    text = rich_text(payload.get("rich_text"), page)
    classes = color_class(payload.get("color")) or (None if text else "empty")
    return element("p", text, id=anchor(block["id"]), class_=classes) + indented(inner(block))


def indented(children: Markup) -> Markup:
    """Return children one step to the right of their parent."""
    return element("div", children, class_="indent") if children else EMPTY


def heading(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a heading, one level below Notion's since the title is the first; one that folds is a disclosure."""
    level = int(str(block["type"])[-1]) + 1
    text = rich_text(payload.get("rich_text"), page)
    children = inner(block)
    color = color_class(payload.get("color"))
    title = element(f"h{level}", text, class_=color, id=anchor(block["id"]))
    if not payload.get("is_toggleable"):
        return title + indented(children)
    return element(
        "details", element("summary", title), indented(children), open=True, class_="toggle heading"
    )


def list_item(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return an item of a bulleted or numbered list."""
    text = element("div", rich_text(payload.get("rich_text"), page), class_="text")
    color = color_class(payload.get("color"))
    return element("li", text, inner(block), id=anchor(block["id"]), class_=color)


def to_do(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return an item with a box that shows whether it is done."""
    checked = payload.get("checked") is True
    box = element("input", type="checkbox", disabled=True, checked=checked)
    words = element("span", rich_text(payload.get("rich_text"), page), class_="done" if checked else None)
    label = element("label", box, " ", words)
    return element(
        "li", label, inner(block), id=anchor(block["id"]), class_=color_class(payload.get("color"))
    )


def toggle(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return text that folds its children away."""
    summary = element("summary", rich_text(payload.get("rich_text"), page) or "Toggle")
    color = color_class(payload.get("color"))
    body = indented(inner(block))
    classes = f"toggle {color or ''}".strip()
    return element("details", summary, body, open=True, id=anchor(block["id"]), class_=classes)


def quote(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a quotation."""
    text = element("p", rich_text(payload.get("rich_text"), page))
    return element(
        "blockquote", text, inner(block), id=anchor(block["id"]), class_=color_class(payload.get("color"))
    )


def callout(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a box with an icon."""
    text = rich_text(payload.get("rich_text"), page)
    body = element("div", element("p", text) if text else EMPTY, inner(block), class_="body")
    color = color_class(payload.get("color")) or "bg-gray"
    return element(
        "div",
        icon(payload.get("icon"), page) or described(payload.get("icon"), page),
        body,
        role="note",
        id=anchor(block["id"]),
        class_=f"callout {color}",
    )


def code(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return code to the byte, with its language and caption."""
    language = str(payload.get("language") or "")
    source = highlighted(plain_text(payload.get("rich_text")), language)
    label = element("span", language, class_="language") if language not in ("", "plain text") else EMPTY
    words = rich_text(payload.get("caption"), page)
    caption = element("figcaption", words) if words else EMPTY
    listing = element("pre", element("code", source), tabindex="0")
    return element("figure", label, listing, caption, id=anchor(block["id"]), class_="code") + inner(block)


def equation_block(block: Json, payload: Json, _page: PageContext, inner: Inner) -> Markup:
    """Return an equation on a line of its own."""
    shown = equation(str(payload.get("expression") or ""), block=True)
    return element("div", shown, id=anchor(block["id"]), class_="equation", tabindex="0") + inner(block)


def divider(block: Json, _payload: Json, _page: PageContext, inner: Inner) -> Markup:
    """Return a line across the page."""
    return element("hr", id=anchor(block["id"])) + inner(block)


def template(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return an old template button: its label, and folded away what it would insert."""
    label = element("summary", "Template button: ", rich_text(payload.get("rich_text"), page))
    body = indented(inner(block))
    return element("details", label, body, open=True, id=anchor(block["id"]), class_="toggle template")


RENDER: dict[str, Render] = {
    "paragraph": paragraph,
    "heading_1": heading,
    "heading_2": heading,
    "heading_3": heading,
    "heading_4": heading,
    "bulleted_list_item": list_item,
    "numbered_list_item": list_item,
    "to_do": to_do,
    "toggle": toggle,
    "quote": quote,
    "callout": callout,
    "code": code,
    "equation": equation_block,
    "divider": divider,
    "template": template,
}
