"""Placement: which scope each indexed page belongs to, by following parents (design §3).

A row belongs to its data source, a page under it to that data source too; any other page to the topmost page above
it that the connection can see. A page whose parent is a block waits until the walk of the page above finds it, or
until nobody did and the blocks above are asked.

Here: the rules as set operations on the index's table. Not here: asking Notion about a parent (``indexing``).
"""

from collections.abc import Iterable

from notion_sync_assets.core.sync.index import PageTable


def place(table: PageTable, sources: dict[str, str | None]) -> None:
    """Set the root of every page without one whose scope follows from the listing alone.

    ``sources``: data source → database.
    """
    run = table.connection.execute
    run("CREATE TEMP TABLE IF NOT EXISTS places(id TEXT PRIMARY KEY, root TEXT)")
    run("DELETE FROM places")
    owners = {database: source for source, database in sorted(sources.items(), reverse=True) if database}
    table.connection.executemany("INSERT OR REPLACE INTO places VALUES(?,?)", owners.items())
    table.connection.executemany(
        "INSERT OR REPLACE INTO places VALUES(?,?)", ((each, each) for each in sources)
    )
    run(
        "UPDATE pages SET root=(SELECT root FROM places WHERE id=place_id)"
        " WHERE root IS NULL AND place_type IN ('data_source_id','database_id')"
    )
    run(
        "UPDATE pages SET root=page_id WHERE root IS NULL AND"
        " (place_id IS NULL OR place_type NOT IN ('page_id','block_id','data_source_id','database_id'))"
    )
    inherit(table, {})


def make_root(table: PageTable, page_ids: Iterable[str]) -> None:
    """Make pages the roots of scopes of their own: nothing above them can be seen."""
    table.connection.executemany(
        "UPDATE pages SET root=page_id WHERE page_id=?", ((each,) for each in page_ids)
    )


def unknown_parents(table: PageTable) -> list[tuple[str, str]]:
    """Return ``(parent type, parent id)`` of pages without a root whose parent is no indexed page and no block."""
    return table.connection.execute(
        "SELECT DISTINCT place_type, place_id FROM pages WHERE root IS NULL"
        " AND place_type IN ('page_id','data_source_id','database_id')"
        " AND place_id NOT IN (SELECT page_id FROM pages) ORDER BY 1, 2"
    ).fetchall()


def adopt(table: PageTable, parent_id: str, root: str | None) -> None:
    """Give the rootless pages directly under a parent a root; None makes each a root of its own."""
    table.connection.execute(
        "UPDATE pages SET root=coalesce(?, page_id) WHERE place_id=? AND root IS NULL", (root, parent_id)
    )


def hang_on(table: PageTable, page_id: str, parent_page: str) -> None:
    """Place a page that hangs on a block by the page around that block."""
    table.connection.execute(
        "UPDATE pages SET place_type='page_id', place_id=? WHERE page_id=?", (parent_page, page_id)
    )


def unplace(table: PageTable, page_id: str) -> None:
    """Take the root from a page and from the pages under it: it has moved."""
    table.connection.execute(
        "WITH RECURSIVE below(id) AS"
        " (SELECT ? UNION SELECT page_id FROM pages JOIN below ON place_type='page_id' AND place_id=below.id)"
        " UPDATE pages SET root=NULL WHERE page_id IN below",
        (page_id,),
    )


def drop(table: PageTable, parent_id: str) -> list[str]:
    """Remove the pages under a parent; return their ids, sorted."""
    below = (
        "WITH RECURSIVE below(id) AS (SELECT page_id FROM pages WHERE place_id=?"
        " UNION SELECT page_id FROM pages JOIN below ON place_id=below.id)"
    )
    run = table.connection.execute
    found = run(f"{below} SELECT id FROM below ORDER BY 1", (parent_id,)).fetchall()  # noqa: S608 - constant text
    run(f"{below} DELETE FROM pages WHERE page_id IN below", (parent_id,))  # noqa: S608 - constant text
    return [row[0] for row in found]


def remember_placed(table: PageTable) -> None:
    """Note which pages have a root now, for :func:`newly_placed`."""
    table.connection.execute("CREATE TEMP TABLE placed AS SELECT page_id FROM pages WHERE root IS NOT NULL")


def newly_placed(table: PageTable) -> list[str]:
    """Return the roots of pages that got theirs since :func:`remember_placed`, sorted."""
    rows = table.connection.execute(
        "SELECT DISTINCT root FROM pages WHERE root IS NOT NULL"
        " AND page_id NOT IN (SELECT page_id FROM placed) ORDER BY 1"
    )
    return [row[0] for row in rows]


def waiting(table: PageTable) -> list[tuple[str, str]]:
    """Return ``(page id, block id)`` of pages that hang on a block nobody has walked yet."""
    return table.connection.execute(
        "SELECT page_id, place_id FROM pages WHERE root IS NULL AND place_type='block_id' ORDER BY 1"
    ).fetchall()


def rootless(table: PageTable) -> list[str]:
    """Return pages that still have no root: they hang on each other in a circle."""
    return [
        row[0] for row in table.connection.execute("SELECT page_id FROM pages WHERE root IS NULL ORDER BY 1")
    ]


def roots(table: PageTable) -> list[str]:
    """Return the distinct roots, sorted."""
    return [
        row[0]
        for row in table.connection.execute(
            "SELECT DISTINCT root FROM pages WHERE root IS NOT NULL ORDER BY 1"
        )
    ]


def inherit(table: PageTable, known: dict[str, str]) -> None:
    """Let pages take the root of the page above them. ``known``: page id → root, from earlier syncs."""
    connection = table.connection
    if known:
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS known(id TEXT PRIMARY KEY, root TEXT)")
        connection.execute("DELETE FROM known")
        connection.executemany("INSERT INTO known VALUES(?,?)", known.items())
        connection.execute(
            "UPDATE pages SET root=(SELECT root FROM known WHERE id=page_id)"
            " WHERE root IS NULL AND place_type='block_id' AND page_id IN (SELECT id FROM known)"
        )
        connection.execute(
            "UPDATE pages SET root=(SELECT root FROM known WHERE id=place_id) WHERE root IS NULL"
            " AND place_type='page_id' AND place_id NOT IN (SELECT page_id FROM pages)"
            " AND place_id IN (SELECT id FROM known)"
        )
    while connection.execute(
        "UPDATE pages SET root=(SELECT above.root FROM pages AS above WHERE above.page_id=pages.place_id)"
        " WHERE root IS NULL AND place_type='page_id' AND EXISTS"
        " (SELECT 1 FROM pages AS above WHERE above.page_id=pages.place_id AND above.root IS NOT NULL)"
    ).rowcount:
        pass
