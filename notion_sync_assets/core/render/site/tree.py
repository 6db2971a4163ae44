"""The tree: which page lies in which, in pieces that are loaded when somebody opens a branch.

Here: the roots (``html/assets/tree/roots.js``) and the pieces ``html/assets/tree/<scope>-<prefix>.js``. Not here:
gathering (``gather``), the start page (``build``). Rows of data sources are not in the tree: their table shows them.
A piece is ``{parent: [[title, href, kind, icon, own key or "", piece of the children or ""]]}`` and holds the children
of the parents of one scope whose ids begin alike, so that pieces stay small however large a scope is.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.html.data_files import data_file

FOLDER = "tree"
ROOTS = f"{FOLDER}/roots"
_PIECE = 500
_BASE = 16
_ORDER = "position, created, id"
_KNOWN = "SELECT 1 FROM nodes p WHERE p.id = n.parent AND p.id <> n.id"


@dataclass(frozen=True, slots=True)
class Node:
    """A line of the tree; ``piece`` names the data file with what is below it, empty when nothing is."""

    title: str
    href: str
    kind: str
    icon: str
    key: str
    piece: str


class Tree:
    """The tree of the gathered pages."""

    def __init__(self, rows: sqlite3.Connection) -> None:
        self._rows = rows
        rows.execute("CREATE INDEX IF NOT EXISTS by_parent ON nodes (parent, position, created, id)")
        counts = "SELECT p.scope, count(*) FROM nodes n JOIN nodes p ON p.id = n.parent WHERE n.listed GROUP BY p.scope"
        self._digits = {scope: _digits(count) for scope, count in rows.execute(counts)}

    def roots(self) -> Iterator[Node]:
        """Yield what lies in nothing else that the export holds, by title."""
        query = f"SELECT * FROM nodes n WHERE listed AND NOT EXISTS ({_KNOWN}) ORDER BY title, id"  # noqa: S608
        for row in self._rows.execute(query):
            yield self._node(row)

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and content of the list of roots, then of each piece."""
        yield ROOTS, data_file(ROOTS, [_listed(node) for node in self.roots()])
        query = f"""SELECT p.scope, n.parent, n.* FROM nodes n JOIN nodes p ON p.id = n.parent
            WHERE n.listed AND n.id <> p.id ORDER BY p.scope, n.parent, n.{", n.".join(_ORDER.split(", "))}"""  # noqa: S608
        for name, members in groupby(self._rows.execute(query), lambda row: self._piece(row[0], row[1])):
            children: dict[str, list[list[str]]] = {}
            for _, parent, *row in members:
                children.setdefault(compact_id(parent), []).append(_listed(self._node(tuple(row))))
            yield name, data_file(name, children)

    def _node(self, row: tuple[str, ...]) -> Node:
        identifier, kind, title, icon, href, scope = row[:6]
        has_children = "SELECT 1 FROM nodes WHERE parent = ? AND listed AND id <> parent LIMIT 1"
        below = self._rows.execute(has_children, (identifier,)).fetchone()
        return Node(
            title, href, kind, icon, compact_id(identifier), self._piece(scope, identifier) if below else ""
        )

    def _piece(self, scope: str, parent: str) -> str:
        prefix = compact_id(parent)[: self._digits.get(scope, 0)]
        return f"{FOLDER}/{scope}-{prefix}" if prefix else f"{FOLDER}/{scope}"


def _listed(node: Node) -> list[str]:
    return [node.title, node.href, node.kind, node.icon, node.key, node.piece]


def _digits(count: int) -> int:
    """Return how many digits of a parent's id tell pieces apart."""
    digits = 0
    while count > _PIECE * _BASE**digits:
        digits += 1
    return digits
