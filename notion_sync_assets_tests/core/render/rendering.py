"""Rendering a whole export root in a test, as an export does after its syncs, and reading the result."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import LinkEntry, open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.options import PageOutput, RenderOptions
from notion_sync_assets.core.render.publish import (
    RenderResult,
    remove_vanished,
    render_together,
    result_of,
)
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import snapshot
from notion_sync_assets.core.sync.scopes import make_key


def entry(identifier: str, title: str, kind: str = "page", **values: object) -> LinkEntry:
    return LinkEntry(identifier, kind, title, make_key("Scope", "0" * 32), "Scope 12345678", **values)


def render_all(
    storage: Storage, users: Sequence[Json] = (), forms: Iterable[str] = FORMATS, **options: bool
) -> list[RenderResult]:
    """Do what an export does after its syncs, for every scope."""
    live = build_link_table(storage, users).slices
    remove_vanished(storage, live)
    results = []
    for key in live:
        state = snapshot(storage, key)
        assert state
        with open_slice(storage, key) as links:
            chosen = RenderOptions(storage.scratch(), **options)
            made = list(render_together(storage, state, links, [FORMATS[form] for form in forms], chosen))
            results += sorted(map(result_of, made), key=lambda each: list(FORMATS).index(each.form))
    return results


def content_of(content: bytes | Path | PageOutput) -> bytes:
    """Return what an exporter has yielded as bytes."""
    if isinstance(content, PageOutput):
        return content.make(content.load())
    return content if isinstance(content, bytes) else content.read_bytes()


def tree(storage: Storage) -> dict[str, bytes]:
    """Return every rendered file."""
    return {path: storage.read(path) for form in FORMATS for path in storage.walk(form)}
