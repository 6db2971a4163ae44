"""References: ids that exported content mentions and nobody has accounted for yet (promise 1).

Here: collecting them from the tables of commits, in bounded memory. Not here: reading them (``probing``).
"""

from collections.abc import Iterator, Mapping
from contextlib import closing

import pyarrow as pa
import pyarrow.compute as pc

from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.temporary_rows import temporary_rows

_KINDS = ("page", "database", "data_source", "block", "user", "comment", "unknown")


def referenced(
    storage: Storage, resolved: Mapping[str, int], heads: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Yield distinct ``(kind, id)`` mentioned by commits beyond ``resolved`` and up to ``heads``, both numbers by scope key."""
    commits = Commits(storage)
    with closing(temporary_rows()) as seen:
        seen.execute("CREATE TABLE seen (kind, id, PRIMARY KEY (kind, id)) WITHOUT ROWID")
        for key, head in heads.items():
            for seq in range(resolved.get(key, 0) + 1, head + 1):
                for found in _targets(storage, commits.read(key, seq)):
                    if seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", found).rowcount:
                        yield found


def exported_blocks(storage: Storage, wanted: set[str]) -> set[str]:
    """Return those of the wanted block ids that some commit's tables hold."""
    found: set[str] = set()
    commits = Commits(storage)
    candidates = pa.array(sorted(wanted), pa.string())
    for key in commits.committed_scopes():
        for commit in commits.with_tables(key):
            with storage.open(f"{commit.tables}/blocks.parquet") as source, opened_parquet(source) as parquet:
                for batch in parquet.iter_batches(BATCH_ROWS, columns=["block_id"]):
                    column = batch.column("block_id")
                    found.update(
                        str(each)
                        for each in column.filter(pc.is_in(column, value_set=candidates)).to_pylist()
                    )
    return found


def _targets(storage: Storage, commit: Commit) -> Iterator[tuple[str, str]]:
    with storage.open(f"{commit.tables}/links.parquet") as source, opened_parquet(source) as parquet:
        for batch in parquet.iter_batches(BATCH_ROWS, columns=["target_type", "target"]):
            table = pa.Table.from_batches([batch])
            distinct = table.group_by(["target_type", "target"], use_threads=False).aggregate([])
            for row in distinct.to_pylist():
                if row["target_type"] in _KINDS and row["target"]:
                    yield row["target_type"], row["target"]
