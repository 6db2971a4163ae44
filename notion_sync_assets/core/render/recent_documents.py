"""Documents while several formats of a scope are rendered side by side: each is read and decoded once.

Here: the store that keeps what it gave last. Not here: the order in which formats take their turns (``publish``).
"""

import threading
from collections import OrderedDict

import orjson

from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore

_KEPT_BYTES = 1024 * 1024
"""Canonical bytes of the documents that are kept: decoded, they take several times as much."""


class RecentDocuments(DocumentStore):
    """A document store that gives a document it gave shortly before again, as the same object."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage)
        self._kept: OrderedDict[str, tuple[Document, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def document(self, sha256: str) -> Document:
        """Return a stored page document, which is not to be changed."""
        with self._lock:
            if sha256 in self._kept:
                self._kept.move_to_end(sha256)
                return self._kept[sha256][0]
        data = self.data(sha256)
        document = Document.from_json(orjson.loads(data))
        with self._lock:
            if sha256 not in self._kept:
                self._kept[sha256] = (document, len(data))
                self._size += len(data)
                self._forget_oldest()
        return document

    def _forget_oldest(self) -> None:
        while self._size > _KEPT_BYTES and self._kept:
            self._size -= self._kept.popitem(last=False)[1][1]
