"""What tests of renderers start from: an export root, a link table held in memory, and rendering it all."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import LinkEntry, LinkSlice, open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.publish import RenderResult, remove_vanished, render_scope
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.commits import snapshot

RenderAll = Callable[..., list[RenderResult]]


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "export")


@pytest.fixture
def known() -> Iterator[Callable[..., LinkSlice]]:
    """Return the function that makes a slice of the given entries and users."""
    made: list[LinkSlice] = []

    def make(*entries: LinkEntry, users: Sequence[Json] = ()) -> LinkSlice:
        links = LinkSlice("Scope 12345678", "hash", "backlinks")
        made.append(links)
        links.add(
            (e.id, e.kind, e.title, e.scope, e.folder, e.state, e.rendered, e.url, None) for e in entries
        )
        links.add(
            (u["id"], "user", "", None, None, None, None, None, canonical_bytes(u).decode()) for u in users
        )
        return links

    yield make
    for links in made:
        links.__exit__()


def entry(identifier: str, title: str, kind: str = "page", **values: object) -> LinkEntry:
    return LinkEntry(identifier, kind, title, "scope-key", "Scope 12345678", **values)


def render_all(storage: LocalStorage, users: Sequence[Json] = (), **options: bool) -> list[RenderResult]:
    """Do what an export does after its syncs, for every scope and format."""
    live = build_link_table(storage, users).slices
    remove_vanished(storage, live)
    results = []
    for key in live:
        state = snapshot(storage, key)
        assert state
        with open_slice(storage, key) as links:
            chosen = RenderOptions(storage.scratch(), **options)
            results += [render_scope(storage, state, links, form, chosen) for form in FORMATS.values()]
    return results


def tree(storage: LocalStorage) -> dict[str, bytes]:
    """Return every rendered file."""
    return {path: storage.read(path) for form in FORMATS for path in storage.walk(form)}
