"""Everything an API object refers to: other objects, users, addresses and files.

Here: one walk over any JSON the API gives, which finds references by their shape, so types nobody knows yet are
searched too. Not here: which object is walked with which owner (``extract``, ``head``). Promise 1 of the design
depends on this being complete: an id that is not found here is never looked for.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

from notion_sync_assets.core.canonical import Json, file_key
from notion_sync_assets.core.catalog.rows import FileRow, LinkRow, UserRow
from notion_sync_assets.core.catalog.text import rich_texts
from notion_sync_assets.core.catalog.values import text_or_none
from notion_sync_assets.core.identifiers import canonical_id, id_in_url
from notion_sync_assets.core.storage import layout

_ID_FIELDS = {
    "page_id": "page",
    "database_id": "database",
    "data_source_id": "data_source",
    "block_id": "block",
    "summary_block_id": "block",
    "notes_block_id": "block",
    "transcript_block_id": "block",
    "comment_id": "comment",
    "user_id": "user",
    "agent_id": "unknown",
    "contains": "unknown",
    "does_not_contain": "unknown",
}
_KINDS = {
    "parent": "parent",
    "database_parent": "parent",
    "synced_from": "synced_from",
    "link_to_page": "link_to_page",
    "relation": "relation",
    "filter": "filter",
    "file": "file",
    "external": "file",
    "created_by": "created_by",
    "last_edited_by": "last_edited_by",
}
_LISTED_IDS = {
    "relation": ("page", "relation"),
    "data_sources": ("data_source", "data_source"),
    "attendees": ("user", "user_mention"),
}
_MENTIONED = ("page", "database", "data_source", "block", "comment")
_OBJECTS = (*_MENTIONED, "group", "agent")
_ADDRESS_FIELDS = ("url", "href")
# Formulas are given with tokens of the block they use: property id, data source id, space id (notion_api.md §5).
_FORMULA_TOKEN = re.compile(r"notion:block_property:[^:}]*:([0-9a-fA-F-]{32,36})")


class Place(NamedTuple):
    """Where in its owner something stands: what the rows of ``links`` and ``files`` say about it."""

    block_id: str | None
    property_id: str | None
    carrier_id: str
    kind: str


@dataclass(slots=True)
class References:
    """Collects the references of one page, or of one head (``page_id`` None); each once per place."""

    page_id: str | None
    stored: dict[str, Json] = field(default_factory=dict)
    links: list[LinkRow] = field(default_factory=list)
    files: list[FileRow] = field(default_factory=list)
    users: dict[str, UserRow] = field(default_factory=dict)
    _seen: set[tuple[str | None, ...]] = field(default_factory=set)

    def visit(self, value: Any, place: Place, kind: str = "reference") -> None:
        """Collect every reference inside ``value``; ``kind`` is how its owner refers to it."""
        if isinstance(value, dict):
            if "plain_text" in value:
                self._rich_text(value, place, kind)
            elif not self._known_object(value, place, kind):
                self._fields(value, place, kind)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, (dict, list)) and not _is_plain(item):
                    self.visit(item, place, kind)

    def add(self, place: Place, kind: str, target_type: str, target: Any, text: str | None = None) -> None:
        """Collect one link unless the same place has it already; a target that is no text is none."""
        if not isinstance(target, str) or not target:
            return
        key = (place.block_id, place.property_id, kind, target_type, target)
        if key not in self._seen:
            self._seen.add(key)
            row = LinkRow(self.page_id, place.block_id, place.property_id, kind, target_type, target, text)
            self.links.append(row)

    def user(self, value: Any, place: Place, kind: str) -> None:
        """Collect a link to a user, and the user where the object tells more than the id."""
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            return
        name = value.get("name")
        self.add(place, kind, "user", value["id"], name if isinstance(name, str) else None)
        if "type" in value or name is not None:
            self.users.setdefault(value["id"], user_row(self.page_id, value))

    def address(self, url: str, place: Place, text: str | None, kind: str = "external_url") -> None:
        """Collect a link to an address, told apart by whether it leads into Notion (notion_api.md §6)."""
        inside = object_in_url(url)
        if inside is None:
            self.add(place, kind, "url", url, text)
            return
        self.add(place, "internal_url", "unknown", inside[0], text)
        self.add(place, "internal_url", "block", inside[1], text)

    def _known_object(self, value: Json, place: Place, kind: str) -> bool:
        """Take objects that have an id of their own; True when nothing else is to be looked for in them."""
        what = value.get("object")
        if what == "user":
            self.user(value, place, kind if kind in ("created_by", "last_edited_by") else "user_mention")
            return True
        if what in _OBJECTS:
            target_type = what if what in _MENTIONED else "unknown"
            self.add(place, kind, target_type, value.get("id"), _name(value))
        return False

    def _fields(self, value: Json, place: Place, kind: str) -> None:
        self._file(value, place)
        for key in sorted(value):
            item = value[key]
            if isinstance(item, str):
                self._text_field(key, item, place, kind)
            elif isinstance(item, list) and key in _LISTED_IDS:
                self._listed(key, item, place, kind)
            elif item and isinstance(item, (dict, list)):
                inner = place._replace(kind=key) if key in ("icon", "cover") else place
                self.visit(item, inner, _KINDS.get(key, kind))

    def _text_field(self, key: str, item: str, place: Place, kind: str) -> None:
        target_type = _ID_FIELDS.get(key)
        if target_type:
            self.add(place, kind, target_type, canonical_id(item))
        elif key in _ADDRESS_FIELDS:
            self.address(item, place, None, "file" if kind == "file" else "external_url")
        elif key.endswith("_url") and object_in_url(item):
            self.address(item, place, None)
        elif key == "expression":
            for found in _FORMULA_TOKEN.finditer(item):
                self.add(place, "formula", "data_source", canonical_id(found.group(1)))

    def _listed(self, key: str, items: list[Any], place: Place, kind: str) -> None:
        target_type, listed = _LISTED_IDS[key]
        for item in items:
            if isinstance(item, str):
                self.add(place, listed, target_type, canonical_id(item))
            elif isinstance(item, dict) and "object" not in item:
                self.add(place, listed, target_type, item.get("id"), _name(item))
            else:
                self.visit(item, place, kind)

    def _rich_text(self, item: Json, place: Place, kind: str) -> None:
        text, href = text_or_none(item.get("plain_text")), item.get("href")
        form = item.get("type")
        target = None
        if form == "mention" and isinstance(item.get("mention"), dict):
            target = self._mention(item["mention"], place, text)
        elif form == "text":
            content = item.get("text")
            link = content.get("link") if isinstance(content, dict) else None
            if isinstance(link, dict) and isinstance(link.get("url"), str):
                self.address(link["url"], place, text)
        elif form != "equation":
            self._fields({key: value for key, value in item.items() if key != "href"}, place, kind)
        if isinstance(href, str) and not (target and (object_in_url(href) or ("",))[0] == target):
            self.address(href, place, text)

    def _mention(self, mention: Json, place: Place, text: str | None) -> str | None:
        """Collect what a mention names; return its id if it is one of Notion's objects."""
        kind = str(mention.get("type"))
        value = mention.get(kind)
        if not isinstance(value, dict):
            return None
        if kind == "user":
            self.user(value, place, "user_mention")
        elif kind == "custom_emoji":
            self._add_file(text_or_none(value.get("url")), False, value, place._replace(kind="custom_emoji"))
        elif isinstance(value.get("id"), str):
            self.add(place, "mention", kind if kind in _MENTIONED else "unknown", value["id"], text)
            return str(value["id"])
        else:
            self.visit(value, place, "mention")
        return None

    def _file(self, value: Json, place: Place) -> None:
        for form, hosted in (("file", True), ("external", False)):
            content = value.get(form)
            if isinstance(content, dict) and isinstance(content.get("url"), str):
                self._add_file(content["url"], hosted, value, place)
        emoji = value.get("custom_emoji")
        if isinstance(emoji, dict):
            self._add_file(text_or_none(emoji.get("url")), False, emoji, place)

    def _add_file(self, url: str | None, hosted: bool, carrier: Json, place: Place) -> None:
        if url is None:
            return
        stored = self.stored.get(file_key(url), {}) if hosted else {}
        sha256 = text_or_none(stored.get("sha256"))
        path = layout.hosted_file(sha256, str(stored.get("extension") or "")) if sha256 else None
        name = carrier.get("name") or stored.get("name") or _file_name(url)
        row = FileRow(
            self.page_id,
            place.carrier_id,
            place.kind,
            hosted,
            file_key(url) if hosted else url,
            str(name),
            sha256,
            stored.get("size"),
            text_or_none(stored.get("media_type")),
            path,
        )
        self.files.append(row)


def object_in_url(url: str) -> tuple[str, str | None] | None:
    """Return ``(object id, block id or None)`` of a link into Notion; None for any other text, broken ones too."""
    try:
        return id_in_url(url)
    except ValueError:
        return None


def _is_plain(item: Any) -> bool:
    """Tell whether an item is text without any link: nearly all items are, so this decides the speed."""
    if not isinstance(item, dict) or item.get("type") != "text" or item.get("href") is not None:
        return False
    content = item.get("text")
    return isinstance(content, dict) and content.get("link") is None


def _file_name(url: str) -> str:
    return unquote(file_key(url).rsplit("/", 1)[-1])


def user_row(page_id: str | None, value: Json) -> UserRow:
    """Return what a user object tells; partial users tell only their id (notion_api.md §10)."""
    person = value.get("person")
    email = person.get("email") if isinstance(person, dict) else None
    fields = (value.get("name"), value.get("type"), email, value.get("avatar_url"))
    return UserRow(page_id, str(value["id"]), *(text_or_none(item) for item in fields))


def _name(value: Json) -> str | None:
    name = value.get("name")
    return name if isinstance(name, str) else "".join(rich_texts(value.get("title"))) or None
