"""What current documents lack, over all scopes, from the ``omitted`` tables of the commits that wrote them.

Here: reading the records. Not here: the reasons (``notion.omissions``), when one is made (``notion.reader``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet
from notion_sync_assets.core.sync.commits import Commit, Commits, snapshot

_COLUMNS = ["page_id", "kind", "reason", "detail"]


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that a page of a scope lacks; ``title``: the page's; ``kind``, ``reason`` and ``detail`` as recorded."""

    scope: str
    page_id: str
    title: str
    kind: str
    reason: str
    detail: str


def omissions(storage: Storage) -> Iterator[Omission]:
    """Yield the records of every page that belongs into output, scope by scope."""
    commits = Commits(storage)
    for key in commits.committed_scopes():
        view = snapshot(storage, key)
        assert view is not None
        lacking = {
            row.page_id: (row.document_seq, row.title) for row in view.rows() if row.present and row.omitted
        }
        for seq in sorted({seq for seq, _ in lacking.values()}):
            yield from _of_commit(storage, commits.read(key, seq), lacking)


def _of_commit(storage: Storage, commit: Commit, lacking: dict[str, tuple[int, str]]) -> Iterator[Omission]:
    with storage.open(f"{commit.tables}/omitted.parquet") as source, opened_parquet(source) as parquet:
        for batch in parquet.iter_batches(BATCH_ROWS, columns=_COLUMNS):
            for row in batch.to_pylist():
                seq, title = lacking.get(row["page_id"], (0, ""))
                if seq == commit.seq:
                    yield Omission(scope=commit.scope, title=title, **row)
