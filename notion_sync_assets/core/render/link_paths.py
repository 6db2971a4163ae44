"""The readable path of every page: which folders it lies in, from the pages above it inside its scope.

Here: the queries that name pages and walk from parents to children. Not here: how a name or path is spelt
(``names``, ``places``), what is gathered before (``links``).
The root of a scope and the pages right below it lie in the scope's own folder, which is named like the root; any
other page lies in a folder named like the page above it. A parent in another scope, or none that exists, or a
circle of parents puts a page into the scope's folder. Paths depend on the titles and parents of now alone.
"""

import sqlite3

from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.names import file_name

# Names are unique in a whole scope, so that leaving folders out of a path never makes two paths one.
_NAME = """
CREATE INDEX children ON objects (parent);
CREATE TABLE shared (scope, short, PRIMARY KEY (scope, short)) WITHOUT ROWID;
INSERT INTO shared SELECT scope, substr(id, -8) FROM objects WHERE kind <> 'database'
    GROUP BY scope, substr(id, -8) HAVING count(*) > 1;
UPDATE objects SET name = file_name(title, id,
    EXISTS (SELECT 1 FROM shared WHERE scope = objects.scope AND short = substr(id, -8)))
WHERE kind = 'page';
"""
_PLACE = f"""
WITH RECURSIVE nested (id, above) AS (
    SELECT o.id, '' FROM objects o LEFT JOIN objects p ON p.id = o.parent AND p.scope = o.scope
    WHERE o.kind = 'page' AND p.id IS NULL
    UNION ALL
    SELECT c.id, CASE WHEN p.id = s.root THEN '' WHEN length(n.above) > {places.PATH_BYTES} THEN n.above
        ELSE n.above || '/' || p.name END
    FROM nested n JOIN objects p ON p.id = n.id JOIN scopes s ON s.key = p.scope
    JOIN objects c ON c.parent = p.id AND c.scope = p.scope
)
UPDATE objects SET markdown = markdown_page(scopes.folder, nested.above, objects.name)
FROM nested, scopes WHERE nested.id = objects.id AND scopes.key = objects.scope;
"""  # noqa: S608 - constants only
_REST = """
UPDATE objects SET markdown = iif(kind = 'page', markdown_page(folder, '', name), markdown_page(folder, '', folder))
FROM scopes WHERE markdown IS NULL AND scopes.key = objects.scope;
"""


def place_objects(rows: sqlite3.Connection) -> None:
    """Set ``markdown``, the path below the export root, of every row of ``objects``; folders have their names."""
    rows.create_function("file_name", 3, _file_name, deterministic=True)
    rows.create_function("markdown_page", 3, _markdown_page, deterministic=True)
    rows.executescript(_NAME + _PLACE + _REST)


def _file_name(title: str, identifier: str, shared: int) -> str:
    return file_name(title, identifier, long=bool(shared))


def _markdown_page(folder: str, above: str, name: str) -> str:
    return places.markdown_page(folder, above.split("/")[1:], name)
