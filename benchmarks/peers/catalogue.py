"""Who is compared: how each is installed, what it claims to read and to show, what had to be done to point it at us.

Here: facts about the peers, each from its own documentation. Not here: installing (``environments``), running them.
``reads`` are parts of the oracle's minimum (``needs``); ``shows`` are the areas of planted markers it is judged on.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

DRIVERS = Path(__file__).parent / "drivers"
Registry = Literal["PyPI", "npm", "this repository"]

_TEXT = frozenset({"block", "rich text", "mention"})
_TITLES = ("page", "title")
_AT_THE_WIRE = "its requests to Notion's host are sent to the emulator by a patch of its HTTP library"


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One exporter. ``requirements`` are installed in one go; ``command`` is what is run, a driver of ours first.

    ``python``: the oldest version it asks for. ``formats``: suffixes of the files in which content is looked for.
    """

    name: str
    registry: Registry
    requirements: tuple[str, ...]
    driver: str
    does: str
    pointed: str
    reads: tuple[str, ...]
    shows: frozenset[str] = _TEXT
    shows_kinds: frozenset[tuple[str, str]] = frozenset()
    wire: str = "httpx"
    python: tuple[int, int] = (3, 11)
    variables: tuple[tuple[str, str], ...] = ()

    def judged_on(self, area: str, kind: str) -> bool:
        """Tell whether it claims to show what a marker stands for."""
        return area in self.shows or (area, kind) in self.shows_kinds


OURS = Peer(
    name="notion-sync-assets",
    registry="this repository",
    requirements=(),
    driver="ours.py",
    does="whole workspace → JSON, Markdown, HTML, CSV, Parquet, DuckDB, with page history",
    pointed="NOTION_BASE_URL",
    reads=("everything",),
    shows=_TEXT | {"page", "property", "schema", "data source", "comment"},
    wire="none",
    variables=(("PYTHONPATH", str(Path(__file__).parents[2])),),
)
OURS_ALIKE = replace(
    OURS,
    name=f"{OURS.name}, Markdown alone",
    does="whole workspace → Markdown, and the DuckDB catalog, with page history (`--format markdown`)",
    variables=(*OURS.variables, ("NOTION_SYNC_OUTPUT__FORMATS", "markdown")),
)
PEERS = (
    OURS,
    OURS_ALIKE,
    Peer(
        name="notion-to-md",
        registry="npm",
        requirements=("notion-to-md@3.1.9", "@notionhq/client@5"),
        driver="notion_to_md.mjs",
        does="blocks of given pages → Markdown",
        pointed="baseUrl of the official client that it is given",
        reads=("children",),
        wire="none",
    ),
    Peer(
        name="notion2md",
        registry="PyPI",
        requirements=("notion2md",),
        driver="notion2md_pages.py",
        does="blocks of given pages → Markdown",
        pointed=_AT_THE_WIRE,
        reads=("children",),
    ),
    Peer(
        name="notion-exporter",
        registry="PyPI",
        # Its calls of databases.query are gone from later releases of the official client, which it does not bound.
        requirements=("notion-exporter", "notion-client<2.6"),
        driver="notion_exporter_tree.py",
        does="page trees with their databases → Markdown",
        pointed=f"{_AT_THE_WIRE}; official client before 2.6, or its queries fail",
        reads=("children", "queries", "databases", "roots"),
        shows=_TEXT | {"property"},
        shows_kinds=frozenset({_TITLES}),
    ),
    Peer(
        name="notion-to-json",
        registry="PyPI",
        requirements=("notion-to-json",),
        driver="notion_to_json_workspace.py",
        does="whole workspace → JSON",
        pointed=_AT_THE_WIRE,
        reads=("search", "children", "queries", "databases"),
        shows=_TEXT | {"page", "property", "schema"},
        python=(3, 13),
    ),
    Peer(
        name="notionfs",
        registry="PyPI",
        requirements=("notionfs",),
        driver="notionfs_clone.py",
        does="page trees with their databases → Markdown with properties, to and fro",
        pointed=_AT_THE_WIRE,
        reads=("children", "queries", "databases", "roots"),
        shows=_TEXT | {"property"},
        shows_kinds=frozenset({_TITLES}),
    ),
    Peer(
        name="ultimate-notion",
        registry="PyPI",
        requirements=("ultimate-notion",),
        driver="ultimate_notion_pages.py",
        does="given pages → Markdown, first level of blocks only (its documentation says so)",
        pointed=_AT_THE_WIRE,
        reads=("pages", "first_levels"),
        shows_kinds=frozenset({_TITLES}),
    ),
    Peer(
        name="airbyte-source-notion",
        registry="PyPI",
        requirements=("airbyte-source-notion",),
        driver="airbyte_read.py",
        does="users, databases, pages, blocks, comments → records in JSON",
        pointed=_AT_THE_WIRE,
        reads=("users", "search", "children", "comments"),
        shows=_TEXT | {"page", "property", "schema", "comment"},
        wire="requests",
    ),
)
NAMES = tuple(peer.name for peer in PEERS)
