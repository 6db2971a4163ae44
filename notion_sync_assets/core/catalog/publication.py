"""Where the finished catalog lies, for its builder and for those who ask it.

Here: publishing a file and its dictionary, finding it, bringing it here. In a folder it is ``notion.duckdb``, replaced at once. On an
object store each catalog is an object named by its content, and a pointer says which is the current one, since DuckDB
and others read an object part by part: nobody meets two catalogs in one. The one before stays for those who are
reading it. Not here: what is in it (``builder``), queries (``queries``).
"""

import contextlib
import hashlib
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.local import LocalStorage

_DIGITS = 32


def publish_catalog(storage: Storage, file: Path, dictionary: str) -> None:
    """Make a finished file the catalog; it is moved. One process at a time publishes (the lease of the export).

    ``dictionary``: what is in it, in Markdown, for a file beside it that is written when it changes.
    """
    _publish_file(storage, file)
    page = dictionary.encode()
    if not storage.exists(layout.DICTIONARY) or storage.read(layout.DICTIONARY) != page:
        storage.write(layout.DICTIONARY, page)


def published_dictionary(storage: Storage) -> str:
    """Return what the file beside the catalog says, nothing when there is none."""
    return storage.read(layout.DICTIONARY).decode() if storage.exists(layout.DICTIONARY) else ""


def _publish_file(storage: Storage, file: Path) -> None:
    if isinstance(storage, LocalStorage):
        storage.put_file(file, layout.CATALOG)
        return
    with file.open("rb") as source:
        content = hashlib.file_digest(source, "sha256").hexdigest()[:_DIGITS]
    path, previous = layout.catalog_version(content), published_catalog(storage)
    storage.put_file(file, path)
    storage.write(layout.CATALOG_POINTER, canonical_bytes({"path": path}))
    delete_catalogs(storage, kept={path, previous})


def delete_catalogs(storage: Storage, *, kept: Collection[str | None]) -> None:
    """Delete the versions of the catalog on an object store that are not kept."""
    for name in storage.names(layout.CATALOGS):
        path = f"{layout.CATALOGS}/{name}"
        if path not in kept and path not in (layout.CATALOG_POINTER, layout.DICTIONARY):
            storage.delete(path)


def published_catalog(storage: Storage) -> str | None:
    """Return the path of the current catalog in the storage, None when there is none."""
    if isinstance(storage, LocalStorage):
        return layout.CATALOG if storage.exists(layout.CATALOG) else None
    try:
        return str(orjson.loads(storage.read(layout.CATALOG_POINTER))["path"])
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def opened_catalog(storage: Storage) -> Iterator[Path]:
    """Hand out the current catalog as a local file, which may not be there; a copy is gone at the end."""
    if isinstance(storage, LocalStorage):
        yield storage.path(layout.CATALOG)
        return
    with tempfile.TemporaryDirectory(prefix="catalog-", dir=storage.scratch()) as folder:
        published = published_catalog(storage)
        missing = Path(storage.location) / layout.CATALOG_POINTER
        yield storage.local_file(published, Path(folder)) if published else missing
