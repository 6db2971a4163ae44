"""What the export knows about the output of one scope in one format.

Here: the files below ``state/renders/<format>/`` that make rendering safe to kill. Not here: the steps of a
render (``publish``).

- ``<scope>.json``: the record, written last: the hash of everything the output was made from, counts, sequence, and that
  nobody was told of the render yet, until somebody was;
- ``<scope>.files``: the paths of the finished output, one JSON string a line, sorted;
- ``<scope>.pages``: what the pages were made from (``page_memory``);
- ``<scope>.claims``: the paths a render is about to write, on the disk before the files are. It exists only while
  a render or removal runs or after one was killed: then the record does not count, and what is listed may have to
  be deleted. A line cut short by a kill names a file that was never written.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.render.scratch import scratch_file
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage, checked

_RECORD = ".json"
_UNTOLD = "untold"


class RenderState:
    """The record, the list of files and the claims of one scope in one format."""

    def __init__(self, storage: Storage, form: str, key: str) -> None:
        self._storage = storage
        self._form = form
        base = f"{layout.RENDERS}/{form}/{key}"
        self._record, self._files, self._claims = base + _RECORD, base + ".files", base + ".claims"
        self.pages = base + ".pages"

    def settled(self) -> Json | None:
        """Return the record of a finished render, None when there was none or the last one was interrupted."""
        if self._storage.appended(self._claims):
            return None
        try:
            record: Json = orjson.loads(self._storage.read(self._record))
        except FileNotFoundError:
            return None
        return record

    def known(self) -> Iterator[str]:
        """Yield the paths of files that this scope may have written: finished ones, then claimed ones."""
        with contextlib.suppress(FileNotFoundError), self._storage.open(self._files) as finished:
            yield from self._paths(finished)
        yield from self._paths(self._storage.lines(self._claims))

    def claim(self, paths: Iterable[str]) -> None:
        """Note durably that ``paths`` are about to be written; from here on the record does not count."""
        # The leading line break ends a line that a kill cut short.
        self._storage.append(self._claims, b"\n" + _lines(paths), durable=True)

    def finish(
        self, paths: Iterable[str], record: Json, write_pages: Callable[[Path], None] | None = None
    ) -> None:
        """Note that the output is complete: ``paths`` are its files, in order.

        ``write_pages`` writes what the pages were made from to the file it is given; None when there are none.
        """
        if write_pages is not None:
            with scratch_file(self._storage.scratch()) as remembered:
                write_pages(remembered)
                self._storage.put_file(remembered, self.pages, durable=False)
        with scratch_file(self._storage.scratch()) as listed:
            with listed.open("wb") as out:
                out.writelines(_lines((path,)) for path in paths)
            self._storage.put_file(listed, self._files, durable=False)
        self._write_record({**record, _UNTOLD: True})
        # As long as there are claims the record does not count; so all three may reach the disk in any order.
        written = (
            (self._files, self._record) if write_pages is None else (self.pages, self._files, self._record)
        )
        self._storage.make_durable(written)
        self._storage.delete_tree(self._claims)

    def told(self, record: Json) -> None:
        """Note that the event log knows of the render that left ``record`` (:func:`untold`)."""
        self._write_record(record)

    def forget(self) -> None:
        """Remove everything known; the claims last, for they say that the rest is not to be trusted."""
        for path in (self._record, self._files, self.pages):
            self._storage.delete(path)
        self._storage.delete_tree(self._claims)

    def _write_record(self, record: Json) -> None:
        self._storage.write(self._record, canonical_bytes(record) + b"\n", durable=False)

    def _paths(self, lines: Iterable[bytes]) -> Iterator[str]:
        for line in lines:
            try:
                found = str(orjson.loads(line))
            except orjson.JSONDecodeError:
                continue
            if found.startswith(f"{self._form}/"):
                yield checked(found)


def untold(record: Json) -> Json | None:
    """Return the record that a finished render is to have once the event log knows of it; None if it does."""
    if not record.get(_UNTOLD, False):
        return None
    return {name: value for name, value in record.items() if name != _UNTOLD}


def rendered_scopes(storage: Storage, form: str) -> list[str]:
    """Return the keys of scopes that have, or may have, output in a format."""
    return sorted({name.rsplit(".", 1)[0] for name in storage.names(f"{layout.RENDERS}/{form}")})


def _lines(paths: Iterable[str]) -> bytes:
    return b"".join(orjson.dumps(path) + b"\n" for path in paths)
