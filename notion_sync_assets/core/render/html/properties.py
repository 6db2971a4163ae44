"""Property values as markup: tags, links, dates, people, files.

Here: one value in, inline markup and a key to sort it by out. Not here: which property is which column
(``render.columns``), plain text (``render.values``). Shapes: notion_api.md §5. A value of an odd shape is shown as
``values.display_text`` shows it, so no text is lost.
"""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.html.context import PageContext
from notion_sync_assets.core.render.html.files import file_link
from notion_sync_assets.core.render.html.markup import element, joined
from notion_sync_assets.core.render.html.rich_text import color_class, lines, link, rich_text
from notion_sync_assets.core.render.html.times import moment
from notion_sync_assets.core.render.link_slice import titles
from notion_sync_assets.core.render.values import date_text, display_text, relation_title, user_name


def value_markup(value: Json, page: PageContext) -> Markup:
    """Return a property value (``{"id", "type", <type>: ...}``) as markup, nothing when it is empty."""
    kind = str(value.get("type"))
    payload = value.get(kind)
    if payload is None:
        return _text(value, payload, page)
    try:
        return _VALUES.get(kind, _text)(value, payload, page)
    except Exception:  # noqa: BLE001 - a shape the API's reference does not know: nothing is lost
        return _text(value, payload, page)


def sort_key(value: Json, schema: Json) -> str | None:
    """Return what a value is sorted by where its text sorts badly: numbers, dates, boxes; None otherwise.

    An option is sorted by its place in ``schema``, as Notion does it.
    """
    kind = str(value.get("type"))
    payload = value.get(kind)
    if kind in ("formula", "rollup") and isinstance(payload, dict):
        return sort_key(payload, {})
    if kind in ("select", "status") and isinstance(payload, dict):
        return _place_of_option(payload, schema.get(kind))
    if kind == "unique_id" and isinstance(payload, dict):
        payload = payload.get("number")
    if isinstance(payload, (bool, int, float)):
        return str(int(payload) if isinstance(payload, bool) else payload)
    if kind in ("created_time", "last_edited_time"):
        return str(payload or "")
    if kind == "date" and isinstance(payload, dict):
        return str(payload.get("start") or "")
    return None


def _place_of_option(option: Json, config: Any) -> str | None:
    options = config.get("options") if isinstance(config, dict) else None
    for place, known in enumerate(options if isinstance(options, list) else ()):
        if isinstance(known, dict) and known.get("id") == option.get("id"):
            return str(place)
    return None


def _text(value: Json, _payload: Any, page: PageContext) -> Markup:
    return lines(display_text(value, titles(page.links), page.files))


def _rich_text(value: Json, payload: Any, page: PageContext) -> Markup:
    return rich_text(payload, page) if isinstance(payload, list) else _text(value, payload, page)


def _option(_value: Json, payload: Any, _page: PageContext) -> Markup:
    return _tag(payload)


def _options(_value: Json, payload: Any, _page: PageContext) -> Markup:
    return joined((_tag(option) for option in payload), " ")


def _tag(option: Json) -> Markup:
    color = color_class(f"{option.get('color')}_background") or "bg-none"
    return element("span", str(option["name"]), class_=f"tag {color}")


def _checkbox(value: Json, payload: Any, page: PageContext) -> Markup:
    if not isinstance(payload, bool):
        return _text(value, payload, page)
    words = "Yes" if payload else "No"
    return element("span", words, class_="check on" if payload else "check")


def _url(value: Json, payload: Any, page: PageContext) -> Markup:
    return (
        link(str(payload), page.target(payload), class_="address") if payload else _text(value, payload, page)
    )


def _email(_value: Json, payload: Any, page: PageContext) -> Markup:
    return link(str(payload), page.target(f"mailto:{payload}"))


def _phone(_value: Json, payload: Any, page: PageContext) -> Markup:
    return link(str(payload), page.target("tel:" + str(payload).replace(" ", "")))


def _date(_value: Json, payload: Any, _page: PageContext) -> Markup:
    whole = isinstance(payload.get("start"), str) and not payload.get("end")
    return element("time", date_text(payload), datetime=payload["start"] if whole else None)


def _moment(_value: Json, payload: Any, _page: PageContext) -> Markup:
    return moment(payload)


def _people(_value: Json, payload: Any, _page: PageContext) -> Markup:
    return joined((element("span", user_name(user), class_="user") for user in payload), ", ")


def _person(_value: Json, payload: Any, _page: PageContext) -> Markup:
    return element("span", user_name(payload), class_="user")


def _relation(_value: Json, payload: Any, page: PageContext) -> Markup:
    title_of = titles(page.links)
    return joined(
        (link(relation_title(item, title_of), page.href(str(item.get("id")))) for item in payload), ", "
    )


def _files(_value: Json, payload: Any, page: PageContext) -> Markup:
    return joined((file_link(item, page) for item in payload), ", ")


def _computed(value: Json, payload: Any, page: PageContext) -> Markup:
    kind = str(payload.get("type"))
    if kind == "array":
        return joined((value_markup(item, page) for item in payload.get("array") or []), ", ")
    if kind in ("string", "unsupported", "incomplete"):
        return _text(value, payload, page)
    return value_markup(payload, page)


_VALUES: dict[str, Callable[[Json, Any, PageContext], Markup]] = {
    "title": _rich_text,
    "rich_text": _rich_text,
    "select": _option,
    "status": _option,
    "multi_select": _options,
    "checkbox": _checkbox,
    "boolean": _checkbox,
    "url": _url,
    "email": _email,
    "phone_number": _phone,
    "date": _date,
    "created_time": _moment,
    "last_edited_time": _moment,
    "people": _people,
    "created_by": _person,
    "last_edited_by": _person,
    "relation": _relation,
    "files": _files,
    "formula": _computed,
    "rollup": _computed,
}
