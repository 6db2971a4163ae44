"""What tests of renderers start from: an export root and a link table held in memory."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.render.link_slice import LinkEntry, LinkSlice
from notion_sync_assets.core.storage.local import LocalStorage


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "export")


@pytest.fixture
def known() -> Iterator[Callable[..., LinkSlice]]:
    """Return the function that makes a slice of entries, users, and blocks (with their page) that a link leads to."""
    made: list[LinkSlice] = []

    def make(
        *entries: LinkEntry, users: Sequence[Json] = (), linked: Sequence[tuple[str, str]] = ()
    ) -> LinkSlice:
        rows = [
            (e.id, e.kind, e.title, e.scope, e.folder, e.state, e.rendered, e.url, e.markdown_path, None, "")
            for e in entries
        ]
        rows += [
            (u["id"], "user", "", None, None, None, None, None, None, canonical_bytes(u).decode(), "")
            for u in users
        ]
        rows += [(block, "block", "", *[None] * 7, page) for block, page in linked]
        made.append(LinkSlice("Scope 12345678", "hash", "backlinks", rows, ()))
        return made[-1]

    yield make
    for links in made:
        links.__exit__()
