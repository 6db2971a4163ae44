"""The document store: immutable, compressed, named by the hash of the canonical bytes.

Here: write, read, verify. Not here: what a document holds (``core.documents``), when it may be removed (gc).
"""

import hashlib
import threading

import orjson
import zstandard

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage

_LEVEL = 3


class _Codecs(threading.local):
    """A compression context may serve one thread at a time; the event loop and the commit thread have their own."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


class DocumentStore:
    """Documents of one export root."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._codecs = _Codecs()

    def put(self, value: Json, *, durable: bool = False) -> tuple[str, int]:
        """Store a JSON value; return its hash and canonical size in bytes.

        Equal content is written once; what a crash left damaged under its name is written again.
        """
        data = canonical_bytes(value)
        sha256 = hashlib.sha256(data).hexdigest()
        path = layout.document(sha256)
        if not (self._storage.exists(path) and self.holds(sha256)):
            self._storage.write(path, self._codecs.compressor.compress(data), durable=durable)
        return sha256, len(data)

    def read(self, sha256: str) -> Json:
        """Return the stored JSON value; damaged or missing content raises ``StorageError`` that names it."""
        value: Json = orjson.loads(self.data(sha256))
        return value

    def data(self, sha256: str) -> bytes:
        """Return the stored bytes, which are canonical; damaged or missing content raises ``StorageError``."""
        try:
            data = self._codecs.decompressor.decompress(self._storage.read(layout.document(sha256)))
        except (FileNotFoundError, zstandard.ZstdError) as error:
            raise _damaged(sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _damaged(sha256)
        return data

    def document(self, sha256: str) -> Document:
        """Return a stored page document."""
        return Document.from_json(self.read(sha256))

    def whole(self, sha256: str | None) -> Document | None:
        """Return a stored page document if it is there and whole: for questions that can do without."""
        try:
            return self.document(sha256) if sha256 else None
        except (StorageError, ValueError, KeyError):
            return None

    def holds(self, sha256: str) -> bool:
        """Tell whether the document is there and whole."""
        try:
            self.read(sha256)
        except StorageError:
            return False
        return True


def _damaged(sha256: str) -> StorageError:
    return StorageError(
        f"document {layout.document(sha256)} is missing or damaged",
        hint="run 'notion-sync export --full' to fetch its page again",
    )
