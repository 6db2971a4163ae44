"""Runs and what each did with every object, from the receipts.

Here: the tables ``runs`` and ``receipts``, brought up to date. Not here: receipts as files (``core.sync.receipt_file``).
A receipt is never changed but for its objects, which the newest few have: a run that is there stays as it is.
"""

from collections.abc import Iterator
from itertools import islice

import duckdb
import pyarrow as pa

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog import ddl
from notion_sync_assets.core.catalog.sources import Sources
from notion_sync_assets.core.sync.receipt_file import FULL_RECEIPTS

_AT_ONCE = 20_000


def bring_up_to_date(connection: duckdb.DuckDBPyConnection, sources: Sources) -> None:
    """Add the runs that are new, remove those without a receipt, and the objects of all but the newest."""
    runs = sources.runs()
    known = {run_id for (run_id,) in connection.execute("SELECT run_id FROM main.runs").fetchall()}
    newest = runs[-FULL_RECEIPTS:]
    connection.execute("DELETE FROM main.runs WHERE run_id NOT IN (SELECT unnest(?::VARCHAR[]))", [runs])
    connection.execute(
        "DELETE FROM main.receipts WHERE run_id NOT IN (SELECT unnest(?::VARCHAR[]))", [newest]
    )
    for run_id in runs:
        if run_id not in known:
            _add_run(connection, run_id, sources.receipt_text(run_id))
            if run_id in newest:
                _add_objects(connection, run_id, sources.receipt_objects(run_id))


def _add_run(connection: duckdb.DuckDBPyConnection, run_id: str, text: str) -> None:
    """Add a run; a receipt that is no JSON is kept as text."""
    connection.execute(
        """
        INSERT INTO main.runs
        SELECT run_id,
               try_cast(receipt->>'$.started_at' AS TIMESTAMPTZ) AT TIME ZONE 'UTC',
               try_cast(receipt->>'$.finished_at' AS TIMESTAMPTZ) AT TIME ZONE 'UTC',
               receipt->>'$.status', receipt->'$.counts', receipt->'$.requests', receipt
        FROM (SELECT $run_id AS run_id, CASE WHEN json_valid($text) THEN $text::JSON ELSE to_json($text) END AS receipt)
        """,
        {"run_id": run_id, "text": text},
    )


def _add_objects(connection: duckdb.DuckDBPyConnection, run_id: str, objects: Iterator[Json]) -> None:
    schema = ddl.RECEIPTS.arrow_schema()
    while chunk := [{"run_id": run_id, **each} for each in islice(objects, _AT_ONCE)]:
        connection.register("new_objects", pa.Table.from_pylist(chunk, schema=schema))
        connection.execute("INSERT INTO main.receipts SELECT * FROM new_objects")
        connection.unregister("new_objects")
