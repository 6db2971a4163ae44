"""Events beside those of pages: what changed in the head of a data source, and in the files and comments of a page.

Here: pure comparisons of two heads or two documents. Not here: pages themselves (``plan.event_of``). What a page or
data source has when it is first committed is told by its own event.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from notion_sync_assets.core.canonical import Json, digest
from notion_sync_assets.core.documents import Document, page_properties, plain_text
from notion_sync_assets.core.sync.events import Change, EventObject


class Detail(NamedTuple):
    """One change: kind, id and name of the object, and what happened to it."""

    object: EventObject
    object_id: str
    title: str
    change: Change


def head_changes(source_id: str, before: Json | None, after: Json | None) -> Iterator[Detail]:
    """Yield what differs between two heads of a data source, the data source itself first; None: there is none."""
    if after is None:
        if before is not None:
            yield Detail("data_source", source_id, _title(before), "trashed")
        return
    if before is None:
        yield Detail("data_source", source_id, _title(after), "created")
        return
    if digest(before) != digest(after):
        yield Detail("data_source", source_id, _title(after), "edited")
    yield from _schema_changes(_columns(before), _columns(after))


def content_changes(before: Document, after: Document) -> Iterator[Detail]:
    """Yield the files and comments that came, changed or went between two documents of a page."""
    files = _compared(_files(before), _files(after))
    yield from (Detail("file", key, name, change) for key, name, change in files)
    comments = _compared(_comments(before), _comments(after))
    yield from (Detail("comment", key, name, change) for key, name, change in comments)


def _schema_changes(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Detail]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        name = str((new or old or {}).get("name"))
        if old is None or new is None:
            yield Detail("property", key, name, "added" if old is None else "removed")
        elif digest(old) != digest(new):
            rest = [{**each, "name": None} for each in (old, new)]
            yield Detail("property", key, name, "renamed" if digest(rest[0]) == digest(rest[1]) else "edited")


def _compared(
    before: Mapping[str, tuple[str, Any]], after: Mapping[str, tuple[str, Any]]
) -> Iterator[tuple[str, str, Change]]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is None and new is not None:
            yield key, new[0], "added"
        elif new is None and old is not None:
            yield key, old[0], "removed"
        elif old is not None and new is not None and old[1] != new[1]:
            yield key, new[0], "edited"


def _columns(head: Json | None) -> dict[str, Json]:
    """Return the columns of a schema by id; a name is no identity."""
    properties = page_properties((head or {}).get("data_source") or {})
    values = [{"name": name, **value} if "name" not in value else value for name, value in properties.items()]
    return {str(value.get("id") or value["name"]): value for value in values}


def _files(document: Document) -> dict[str, tuple[str, Any]]:
    return {key: (str(value.get("name") or ""), value.get("sha256")) for key, value in document.files.items()}


def _comments(document: Document) -> dict[str, tuple[str, Any]]:
    return {str(value.get("id")): ("", digest(value)) for value in document.comments or []}


def _title(head: Json) -> str:
    source, container = head.get("data_source") or {}, head.get("database") or {}
    return plain_text(source.get("title")) or plain_text(container.get("title"))
