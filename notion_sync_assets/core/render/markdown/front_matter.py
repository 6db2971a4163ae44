"""Front matter: what Notion knows of a page beside its text, as YAML between two rules.

Here: the fields of pages and data sources. Not here: values of properties (``property_values``).
Every value is JSON on one line, which is YAML too: it needs no rules for quoting, and two machines write the same
bytes. Characters that YAML does not take as they are become escapes.
Hugo and Docusaurus give meanings to fields of their own (``url`` would move the page), so that there Notion's facts lie
in a field below.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.documents import page_properties, page_title, plain_text
from notion_sync_assets.core.render.markdown.dialects import GFM, Dialect
from notion_sync_assets.core.render.markdown.property_values import property_value
from notion_sync_assets.core.render.markdown.targets import Targets, file_url
from notion_sync_assets.core.render.values import user_name

_TIMES = ("created_time", "last_edited_time")
_PEOPLE = ("created_by", "last_edited_by")
_SECTIONS = ("params", "notion", "properties")
_FLAGS = ("is_archived", "is_locked", "in_trash")
# DEL, C1 controls, line ends of Unicode, the byte-order mark, non-characters: not printable in YAML 1.1.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_EXPONENT = re.compile(r"-?\d+e", re.IGNORECASE)


def page_front_matter(page: Json, targets: Targets, dialect: Dialect = GFM) -> list[str]:
    """Return the lines of a page's front matter, rules included."""
    properties = page_properties(page)
    values = {name: property_value(properties[name], targets) for name in sorted(properties)}
    return _between_rules(page_title(page), {**_facts(page, targets), "properties": values}, dialect)


def source_front_matter(source: Json, database: Json, targets: Targets, dialect: Dialect) -> list[str]:
    """Return the lines of the front matter of a data source, rules included."""
    title = plain_text(source.get("title")) or plain_text(database.get("title"))
    facts = _facts({**source, "parent": database.get("parent") or source.get("parent")}, targets)
    if database.get("id"):
        facts["database_id"] = database["id"]
    return _between_rules(title, facts, dialect)


def icon_value(icon: Any, targets: Targets) -> Any:
    """Return an icon or cover: an emoji, a name, or where the picture is."""
    if not isinstance(icon, dict):
        return None
    kind = str(icon.get("type"))
    if kind in ("file", "external"):
        return (targets.file_path(icon) if kind == "file" else None) or file_url(icon)
    payload = icon.get(kind)
    return payload.get("name") if isinstance(payload, dict) else payload


def _facts(value: Json, targets: Targets) -> Json:
    people = {name: _person(value.get(name), targets) for name in _PEOPLE}
    pictures = {name: icon_value(value.get(name), targets) for name in ("icon", "cover")}
    facts = {
        "id": value.get("id"),
        "url": value.get("url"),
        "public_url": value.get("public_url"),
        **pictures,
        "parent": _parent(value.get("parent"), targets),
        **{name: value.get(name) for name in _TIMES},
        **people,
        **{name: True for name in _FLAGS if value.get(name)},
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _person(user: Any, targets: Targets) -> str | None:
    if not isinstance(user, dict):
        return None
    return user_name(targets.links.user(str(user.get("id"))) or user)


def _parent(parent: Any, targets: Targets) -> Json | None:
    if not isinstance(parent, dict):
        return None
    kind = str(parent.get("type"))
    if not isinstance(parent.get(kind), str):
        return None
    entry = targets.links.entry(parent[kind])
    known = {"title": entry.title} if entry else {}
    if entry and entry.markdown_path:
        known["path"] = targets.relative(entry.markdown_path)
    return {"type": kind, "id": parent[kind], **known}


def _between_rules(title: str, facts: Json, dialect: Dialect) -> list[str]:
    return ["---", *_lines({"title": title, **_ARRANGED[dialect.front_matter](facts)}), "---"]


def _for_hugo(facts: Json) -> Json:
    dates = {"date": facts.get("created_time"), "lastmod": facts.get("last_edited_time")}
    return {**{name: date for name, date in dates.items() if date}, "params": {"notion": facts}}


def _for_docusaurus(facts: Json) -> Json:
    told = {"date": facts.get("last_edited_time"), "author": facts.get("last_edited_by")}
    update = {name: value for name, value in told.items() if value}
    return {**({"last_update": update} if update else {}), "notion": facts}


_ARRANGED: dict[str, Callable[[Json], Json]] = {
    "plain": lambda facts: facts,
    "hugo": _for_hugo,
    "docusaurus": _for_docusaurus,
}


def _lines(fields: Json, indent: str = "", *, named: bool = False) -> Iterator[str]:
    """Yield a line per field; names that people chose are quoted."""
    for name, value in fields.items():
        key = f"{indent}{_yaml(name) if named else name}:"
        if name in _SECTIONS and value and not named:
            yield key
            yield from _lines(value, indent + "  ", named=name == "properties")
        else:
            yield f"{key} {_yaml(value)}"


def _yaml(value: Any) -> str:
    text = orjson.dumps(value).decode() if isinstance(value, str) else canonical_bytes(value).decode()
    if isinstance(value, float) and _EXPONENT.match(text):
        # YAML 1.1 takes a number with an exponent but without a point for text.
        text = text.replace("e", ".0e", 1)
    return text if text.isascii() and text.isprintable() else _UNPRINTABLE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
