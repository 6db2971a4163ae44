"""Purge: one page taken out of everything an export holds, also of what is otherwise never rewritten.

Here: state: manifests, events, tables, documents, files, index, receipts, kept renderings. Not here: what is derived
from it (formats, site, catalog) and Dagster's event log, which are made again afterwards (the shell).

Each commit that holds the page gets new files beside the old ones, then its record is replaced at once, then the old
files go. A purge that was interrupted is run again. What other pages say about the page, a mention or the block of a child
page, is theirs and stays until they are read again.
"""

import dataclasses
import datetime as dt
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.history.purged import read_purged, write_purged
from notion_sync_assets.core.history.retention import kept
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.storage.parquet import opened_parquet
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.sync.committing import file_hash
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.journal import discard_all
from notion_sync_assets.core.sync.receipt_file import (
    receipt_head,
    receipt_names,
    receipt_objects,
    write_receipt_file,
)
from notion_sync_assets.core.sync.watermark import read_watermark, write_watermark

_FIELDS = ("page_id", "object_id")


@dataclasses.dataclass(slots=True)
class Purged:
    """What a purge removed. ``first``: scope key → number of the first commit that held the page."""

    page_id: str
    commits: int = 0
    documents: int = 0
    files: int = 0
    first: dict[str, int] = dataclasses.field(default_factory=dict)


def purge(storage: Storage, page_id: str, now: dt.datetime) -> Purged:
    """Take a page out of the state of an export; the caller works alone (``exclusive``)."""
    result = Purged(page_id)
    record = read_purged(storage)
    documents = set(record.documents)
    write_purged(storage, record.pages | {page_id}, documents)
    _purge_index(storage, page_id)
    for key in Commits(storage).committed_scopes():
        discard_all(storage, key)
        _purge_watermark(storage, key, page_id)
        for commit in Commits(storage).history(key):
            documents |= _named(storage, commit, page_id)
            write_purged(storage, record.pages | {page_id}, documents)
            if _CommitPurge(storage, commit, page_id).run():
                result.commits += 1
                result.first.setdefault(key, commit.seq)
    result.files = _purge_files(storage, documents, now)
    for sha256 in documents:
        result.documents += storage.exists(layout.document(sha256))
        storage.delete(layout.document(sha256))
    _purge_kept_renderings(storage, page_id)
    _purge_receipts(storage, page_id)
    write_purged(storage, record.pages | {page_id}, ())
    return result


class _CommitPurge:
    """The replacement of the files of one commit that hold the page."""

    def __init__(self, storage: Storage, commit: Commit, page_id: str) -> None:
        self._storage = storage
        self._commit = commit
        self._page_id = page_id
        self._hashes = dict(commit.hashes)
        self._name = f"{commit.seq:06d}-{uuid.uuid4().hex[:16]}"

    def run(self) -> bool:
        """Replace what holds the page; False when nothing does."""
        commit, old = self._commit, []
        manifest = self._rewritten(
            commit.manifest, f"{layout.scope(commit.scope)}/manifest-{self._name}.parquet"
        )
        outbox = self._rewritten(commit.outbox, f"{layout.EVENTS}/{commit.scope}/{self._name}.parquet")
        tables = self._tables()
        if (manifest, outbox, tables) == (commit.manifest, commit.outbox, commit.tables):
            return False
        if manifest != commit.manifest:
            old.append(commit.manifest)
        if outbox != commit.outbox and commit.outbox:
            old.append(commit.outbox)
        old += [commit.tables] if tables != commit.tables else []
        renamed = dataclasses.replace(
            commit,
            title="" if commit.root_id == self._page_id else commit.title,
            manifest=manifest or commit.manifest,
            outbox=outbox,
            tables=tables,
            counts=self._counts(manifest or commit.manifest),
            hashes=self._hashes,
        )
        Commits(self._storage).replace(renamed)
        for path in old:
            self._storage.delete_tree(path)
        return True

    def _rewritten(self, path: str | None, target: str) -> str | None:
        """Write a Parquet file without the rows of the page under another name; return which name counts."""
        if path is None or not self._storage.exists(path):
            return path
        place = self._storage.scratch() / f"purge-{uuid.uuid4().hex}.parquet"
        if not _without(self._storage, path, place, self._page_id):
            return path
        self._hashes.pop(path, None)
        self._hashes[target] = file_hash(place)
        self._storage.put_file(place, target)
        return target

    def _tables(self) -> str:
        folder = self._commit.tables
        paths = [f"{folder}/{name}" for name in self._storage.names(folder)]
        if not any(_holds(self._storage, path, self._page_id) for path in paths):
            return folder
        target = f"{layout.all_tables(self._commit.scope)}/{self._name}"
        for path in paths:
            new = f"{target}/{PurePosixPath(path).name}"
            if self._rewritten(path, new) == path:
                self._copied(path, new)
        return target

    def _copied(self, path: str, target: str) -> None:
        place = self._storage.scratch() / f"purge-{uuid.uuid4().hex}.parquet"
        with self._storage.open(path) as source, place.open("wb") as sink:
            shutil.copyfileobj(source, sink)
        self._hashes.pop(path, None)
        self._hashes[target] = file_hash(place)
        self._storage.put_file(place, target)

    def _counts(self, manifest: str) -> dict[str, int]:
        counts = dict(self._commit.counts)
        if self._storage.exists(manifest):
            with self._storage.open(manifest) as source:
                rows = pq.read_table(
                    source, columns=["state", "document", "blocks", "files", "omitted"]
                ).to_pylist()
            present = [row for row in rows if row["state"] != "gone" and row["document"]]
            counts |= {name: sum(row[name] for row in present) for name in ("blocks", "files", "omitted")}
            counts["pages"] = len(present)
            counts["tombstones"] = sum(row["state"] == "gone" for row in rows)
            counts["failed"] = sum(row["state"] == "failed" for row in rows)
        return counts


def _of_page(batch: pa.RecordBatch, page_id: str) -> pa.BooleanArray:
    """Return a mask of the rows that are about the page."""
    value = pa.array([page_id], pa.string())
    columns = [
        pc.is_in(batch.column(name), value_set=value) for name in _FIELDS if name in batch.schema.names
    ]
    found = columns[0]
    for column in columns[1:]:
        found = pc.or_(found, column)
    return found


def _batches(storage: Storage, path: str) -> Iterator[pa.RecordBatch]:
    with storage.open(path) as source, opened_parquet(source) as parquet:
        yield from parquet.iter_batches()


def _holds(storage: Storage, path: str, page_id: str) -> bool:
    with storage.open(path) as source, opened_parquet(source) as parquet:
        if not set(_FIELDS) & set(parquet.schema_arrow.names):
            return False
        return any(pc.any(_of_page(batch, page_id)).as_py() for batch in parquet.iter_batches())


def _without(storage: Storage, path: str, target: Path, page_id: str) -> bool:
    """Write a copy without the page's rows; False (and no copy) when there are none."""
    if not _holds(storage, path, page_id):
        return False
    with (
        storage.open(path) as source,
        opened_parquet(source) as parquet,
        pq.ParquetWriter(target, parquet.schema_arrow, compression="zstd") as writer,
    ):
        for batch in parquet.iter_batches():
            writer.write_batch(batch.filter(pc.invert(_of_page(batch, page_id))))
    return True


def _named(storage: Storage, commit: Commit, page_id: str) -> set[str]:
    """Return the documents that a commit's manifest and events name for the page."""
    found: set[str] = set()
    for path in (commit.manifest, commit.outbox):
        if path is None or not storage.exists(path):
            continue
        for batch in _batches(storage, path):
            for row in batch.filter(_of_page(batch, page_id)).to_pylist():
                found.update(each for each in (row.get("document"), row.get("previous_document")) if each)
    return found


def _purge_files(storage: Storage, documents: set[str], now: dt.datetime) -> int:
    """Delete the hosted files that only the purged documents show; return how many."""
    store = DocumentStore(storage)
    wanted: set[str] = set()
    for sha256 in documents:
        document = store.whole(sha256)
        for each in (document.files if document else {}).values():
            wanted.add(layout.hosted_file(each["sha256"], each["extension"]))
    if not wanted:
        return 0
    with kept(storage, "all", now) as others:
        alone = [path for path in sorted(wanted) if not others.holds_file(path)]
    for path in alone:
        storage.delete(path)
    return len(alone)


def _purge_index(storage: Storage, page_id: str) -> None:
    """Write the index again: pages that were purged are left out whenever it is written."""
    index = Index.load(storage)
    try:
        if index.started_at is not None:
            for known in (index.state.verdicts, index.state.trashed, index.state.unfamiliar):
                known.pop(page_id, None)
            index.save(storage)
    finally:
        index.close()


def _purge_watermark(storage: Storage, key: str, page_id: str) -> None:
    commit = Commits(storage).head(key)
    known = read_watermark(storage, key, commit.seq if commit else 0)
    if page_id in known.confirmed:
        rest = {page: at for page, at in known.confirmed.items() if page != page_id}
        write_watermark(storage, key, dataclasses.replace(known, confirmed=rest))


def _purge_kept_renderings(storage: Storage, page_id: str) -> None:
    for name in storage.names(layout.REMOVED):
        path = f"{layout.REMOVED}/{name}"
        owners: dict[str, str] = orjson.loads(storage.read(path))
        for each in [each for each, owner in owners.items() if owner == page_id]:
            storage.delete(layout.kept(each))
            del owners[each]
        storage.write(path, canonical_bytes(owners))


def _purge_receipts(storage: Storage, page_id: str) -> None:
    storage.delete(layout.VERIFIED)
    for run_id in receipt_names(storage):
        if any(each["id"] == page_id for each in receipt_objects(storage, run_id)):
            rest = (each for each in receipt_objects(storage, run_id) if each["id"] != page_id)
            write_receipt_file(storage, run_id, receipt_head(storage, run_id), rest)
