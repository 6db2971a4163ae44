"""The data dictionary as a page of the site: what analysts find in the catalog.

Here: its file, and when it is written. Not here: what it says (``catalog.dictionary``). The build of the site knows no
catalog (and opens no DuckDB, for the memory that takes): it leaves a page that says so, and the build of the catalog puts
the whole one in its place.
"""

from collections.abc import Sequence

from notion_sync_assets.core.canonical import digest
from notion_sync_assets.core.catalog.dictionary import Section, dictionary_page
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.html.templates import render
from notion_sync_assets.core.storage.base import Storage

VERSION = 1
"""Moves when the page of the same catalog looks different, its frame included."""

PAGE = f"{places.HTML}/dictionary.html"
START = f"{places.HTML}/index.html"


def dictionary_html(found: Sequence[Section]) -> bytes:
    """Return the page of a catalog; without sections, the one that says that there is no catalog yet."""
    return render(
        "dictionary.html.j2", title="Data dictionary", sections=found, of=_name(dictionary_page(found))
    )


def leave_announcement(storage: Storage) -> None:
    """Write a page that tells what will be there, unless a page is there: the start page leads to it."""
    if not storage.exists(PAGE):
        storage.write(PAGE, dictionary_html([]))


def is_of(storage: Storage, markdown: str) -> bool:
    """Tell whether the page is that of the dictionary with this Markdown, or no site needs one."""
    if not storage.exists(START):
        return True
    return storage.exists(PAGE) and f'data-of="{_name(markdown)}"'.encode() in storage.read(PAGE)


def put_in_place(storage: Storage, found: Sequence[Section]) -> None:
    """Write the page of a catalog where there is a site."""
    if not is_of(storage, dictionary_page(found)):
        storage.write(PAGE, dictionary_html(found))


def _name(markdown: str) -> str:
    return digest([VERSION, markdown])[:16]
