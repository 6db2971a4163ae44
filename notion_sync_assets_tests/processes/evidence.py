"""What an export left behind, in comparable form: bytes of files, rows of the catalog, page events.

Here: reading folders with nothing but the file formats. Not here: running exports (``exporter``).
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow.parquet as pq

from notion_sync_assets.instance import open_instance
from notion_sync_assets.settings import load_settings

VOLATILE = (
    "read_at",
    "committed_at",
    "valid_from",
    "valid_to",
    "run_id",
    "sync_id",
    "seq",
    "document_seq",
    "tables_kept",
    "counts",
)
OF_RUNS = ("runs", "receipts", "catalog_info")
RENDERED = ("json", "csv", "parquet", "markdown", "html", "files")


def files(folder: Path, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Path and hash of every file whose first folder is not in ``without``."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in without
    }


def rendered(folder: Path) -> dict[str, str]:
    """The files people open: everything outside ``state/``, ``receipts/``, Dagster's folder and the catalog."""
    return files(folder, without=("state", "receipts", ".dagster", ".scratch", "notion.duckdb"))


def catalog(folder: Path) -> dict[str, list[str]]:
    """The rows of every table but those about runs, without numbers, times and tallies of commits, sorted."""
    with duckdb.connect(folder / "notion.duckdb", read_only=True) as connection:
        names = connection.execute(
            "SELECT table_schema || '.' || table_name, table_name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' ORDER BY 1"
        ).fetchall()
        return {full: sorted(_rows(connection, full)) for full, name in names if name not in OF_RUNS}


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[str]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    kept = [place for place, column in enumerate(cursor.description) if column[0] not in VOLATILE]
    return (repr([row[place] for place in kept]) for row in cursor.fetchall())


def committed_events(folder: Path) -> Counter[tuple[str, str, str]]:
    """(scope id, commit number, page id) of every page event of every outbox segment that a commit names."""
    found: Counter[tuple[str, str, str]] = Counter()
    for path in (folder / "state" / "events").glob("*/*.parquet"):
        for row in pq.read_table(path).to_pylist():
            if row["object"] == "page":
                found[row["scope"][-32:], str(row["seq"]), row["page_id"].replace("-", "")] += 1
    return found


def published_events(folder: Path) -> Counter[tuple[str, str, str]]:
    """The same of every materialization of ``notion/page_versions`` in the Dagster instance of the export."""
    found: Counter[tuple[str, str, str]] = Counter()
    settings = load_settings({"output.path": str(folder)}, environ={})
    with open_instance(settings) as instance:
        cursor = None
        while True:
            answer = instance.fetch_materializations(
                dg.AssetKey(["notion", "page_versions"]), limit=1000, cursor=cursor
            )
            for record in answer.records:
                event = record.asset_materialization
                tags = event.tags
                page = event.partition.replace("-", "")
                found[tags["notion_sync/scope"], tags["notion_sync/seq"], page] += 1
            if not answer.has_more:
                return found
            cursor = answer.cursor
