"""The work table of one sync: what is listed, what was committed before, what is done.

Here: a private on-disk SQLite database and the questions the engine asks it, so that a scope of 100,000 pages costs
no memory. Not here: decisions (``plan``).
"""

from collections.abc import Iterable, Iterator

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.temporary_rows import temporary_rows

_FEW = 256


class WorkTable:
    """Scratch state of one sync of one scope."""

    def __init__(self) -> None:
        # Commits are written by a worker thread while the event loop waits for it: one user at a time.
        self._connection = temporary_rows(any_thread=True)
        self._connection.executescript(
            """
            CREATE TABLE listed(page_id TEXT PRIMARY KEY, parent TEXT, object BLOB, released INTEGER DEFAULT 0);
            CREATE INDEX listed_by_parent ON listed(parent);
            CREATE TABLE base(page_id TEXT PRIMARY KEY, row BLOB);
            CREATE TABLE done(page_id TEXT PRIMARY KEY, row BLOB, changed INTEGER);
            CREATE TABLE journal(page_id TEXT PRIMARY KEY, row BLOB);
            """
        )

    def close(self) -> None:
        """Drop the table."""
        self._connection.close()

    def load_base(self, rows: Iterable[ManifestRow]) -> None:
        """Take in the committed rows."""
        self._insert("INSERT INTO base VALUES(?,?)", rows)

    def load_journal(self, rows: Iterable[ManifestRow]) -> None:
        """Take in the lines of an interrupted sync; the last line of a page counts."""
        self._insert("INSERT OR REPLACE INTO journal VALUES(?,?)", rows)

    def _insert(self, statement: str, rows: Iterable[ManifestRow]) -> None:
        pairs = ((row.page_id, canonical_bytes(row.to_json())) for row in rows)
        self._connection.executemany(statement, pairs)

    def list_page(self, page: Json, parent: str | None) -> bool:
        """Add a listed page object; False when it is there already. ``parent``: page it is under, if a page."""
        done = self._connection.execute(
            "INSERT OR IGNORE INTO listed(page_id, parent, object) VALUES(?,?,?)",
            (page["id"], parent, canonical_bytes(page)),
        )
        return done.rowcount == 1

    def is_listed(self, page_id: str) -> bool:
        """Tell whether a page is part of the listing."""
        return self._one("SELECT 1 FROM listed WHERE page_id=?", page_id) is not None

    def listed_count(self) -> int:
        """Return the number of listed pages."""
        return int(self._connection.execute("SELECT count(*) FROM listed").fetchone()[0])

    def release(self, page_id: str) -> Json | None:
        """Hand a listed page out for work, once; None when it was handed out before or is not listed."""
        row = self._one("SELECT object FROM listed WHERE page_id=? AND released=0", page_id)
        if row is None:
            return None
        self._connection.execute("UPDATE listed SET released=1 WHERE page_id=?", (page_id,))
        page: Json = orjson.loads(row[0])
        return page

    def take_back(self, page_id: str) -> bool:
        """Let a page be handed out once more; False when it is not listed."""
        done = self._connection.execute("UPDATE listed SET released=0 WHERE page_id=?", (page_id,))
        return done.rowcount == 1

    def tops(self) -> Iterator[str]:
        """Yield the listed pages whose parent is not listed: where work begins. Few are in memory at one time."""
        last = ""
        while found := self._connection.execute(
            "SELECT page_id FROM listed WHERE page_id > ? AND NOT EXISTS"
            " (SELECT 1 FROM listed AS above WHERE above.page_id = listed.parent) ORDER BY 1 LIMIT ?",
            (last, _FEW),
        ).fetchall():
            yield from (row[0] for row in found)
            last = found[-1][0]

    def waiting_under(self, parent: str) -> list[str]:
        """Return the listed pages under a page that were not handed out yet."""
        rows = self._connection.execute(
            "SELECT page_id FROM listed WHERE parent=? AND released=0 ORDER BY 1", (parent,)
        )
        return [row[0] for row in rows]

    def not_released(self) -> list[str]:
        """Return some of the listed pages nobody handed out, none when all were: they hang on each other or on blocks."""
        rows = self._connection.execute(
            "SELECT page_id FROM listed WHERE released=0 ORDER BY 1 LIMIT ?", (_FEW,)
        )
        return [row[0] for row in rows]

    def base_row(self, page_id: str) -> ManifestRow | None:
        """Return the committed row of a page."""
        return _row(self._one("SELECT row FROM base WHERE page_id=?", page_id))

    def done_row(self, page_id: str) -> ManifestRow | None:
        """Return the row of the next manifest of a page, None while it has none."""
        return _row(self._one("SELECT row FROM done WHERE page_id=?", page_id))

    def journal_row(self, page_id: str) -> ManifestRow | None:
        """Return what an interrupted sync wrote about a page."""
        return _row(self._one("SELECT row FROM journal WHERE page_id=?", page_id))

    def missing(self) -> list[ManifestRow]:
        """Return the committed rows that the listing lacks and nobody has settled yet."""
        rows = self._connection.execute(
            "SELECT row FROM base WHERE page_id NOT IN (SELECT page_id FROM listed)"
            " AND page_id NOT IN (SELECT page_id FROM done) ORDER BY page_id"
        )
        return [found for row in rows if (found := _row(row)) is not None]

    def base_ids(self) -> list[str]:
        """Return the ids of the committed rows that are not tombstones."""
        rows = self._connection.execute('SELECT page_id FROM base WHERE row NOT LIKE \'%"state":"gone"%\'')
        return [row[0] for row in rows]

    def base_failed(self) -> list[ManifestRow]:
        """Return the committed rows of pages that could not be read."""
        rows = self._connection.execute('SELECT row FROM base WHERE row LIKE \'%"state":"failed"%\'')
        return [found for row in rows if (found := _row(row)) is not None]

    def carry_over(self) -> int:
        """Take every committed row that nobody has settled into the next manifest; return how many."""
        done = self._connection.execute(
            "INSERT INTO done SELECT page_id, row, 0 FROM base WHERE page_id NOT IN (SELECT page_id FROM done)"
        )
        return done.rowcount

    def base_count(self) -> int:
        """Return the number of committed rows that are not tombstones."""
        rows = self._connection.execute('SELECT count(*) FROM base WHERE row NOT LIKE \'%"state":"gone"%\'')
        return int(rows.fetchone()[0])

    def finish(self, row: ManifestRow, *, changed: bool) -> None:
        """Record a page's row of the next manifest."""
        self._connection.execute(
            "INSERT OR REPLACE INTO done VALUES(?,?,?)",
            (row.page_id, canonical_bytes(row.to_json()), int(changed)),
        )

    def done_rows(self, *, changed_only: bool = False) -> Iterator[ManifestRow]:
        """Yield the rows of the next manifest in page id order."""
        where = "WHERE changed=1 " if changed_only else ""
        for row in self._connection.execute(f"SELECT row FROM done {where}ORDER BY page_id"):  # noqa: S608
            found = _row(row)
            assert found is not None
            yield found

    def changed_count(self) -> int:
        """Return how many rows differ from what was committed."""
        return int(self._connection.execute("SELECT count(*) FROM done WHERE changed=1").fetchone()[0])

    def totals(self) -> dict[str, int]:
        """Return sums over the next manifest: pages that are present, their blocks, files and omissions."""
        sums = dict.fromkeys(("pages", "blocks", "files", "omitted", "failed", "tombstones"), 0)
        for row in self.done_rows():
            sums["tombstones"] += row.state == "gone"
            sums["failed"] += row.state == "failed"
            if row.present:
                sums["pages"] += 1
                sums["blocks"] += row.blocks
                sums["files"] += row.files
                sums["omitted"] += row.omitted
        return sums

    def _one(self, statement: str, page_id: str) -> tuple[bytes] | None:
        row: tuple[bytes] | None = self._connection.execute(statement, (page_id,)).fetchone()
        return row


def _row(stored: tuple[bytes] | None) -> ManifestRow | None:
    return ManifestRow(**orjson.loads(stored[0])) if stored else None
