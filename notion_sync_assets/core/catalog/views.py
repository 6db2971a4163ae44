"""Views and macros of the catalog: questions that many ask, over its tables.

Here: their SQL and what they mean. Not here: the tables (``ddl``, ``source_tables``), the index behind the search
(``search``). They read tables of the catalog and never files, so the file can be taken elsewhere alone.
"""

# ruff: noqa: S608 - names of tables and columns come from the declarations in this package

from dataclasses import dataclass

import duckdb

from notion_sync_assets.core.catalog.ddl import comment
from notion_sync_assets.core.catalog.search import normal, words
from notion_sync_assets.core.catalog.sql import literal


@dataclass(frozen=True, slots=True)
class View:
    """A view: its name, what a row is, its columns with their meaning, its query."""

    name: str
    comment: str
    columns: dict[str, str]
    query: str


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro that is asked like a table: ``FROM name(parameter)``."""

    name: str
    parameter: str
    comment: str
    columns: dict[str, str]
    query: str


_CARRIER = {
    "scope": "Key of the scope that holds it",
    "page_id": "The page; null for the head of a data source",
    "title": "Title of the page it is on",
    "block_id": "The block or comment it stands in; null for the page itself",
    "property_id": "The property it stands in",
    "kind": "How it refers: child_page, link_to_page, mention, relation, internal_url, …",
}

# A target that is not shared, or lies in another workspace, is known to nobody here; a tombstone is.
_DEAD_LINKS = View(
    "dead_links",
    "A link that leads to nothing in this export: its target is unknown (not shared, or elsewhere) or gone",
    {
        **_CARRIER,
        "target_type": "page, database, data_source or block",
        "target": "Id of the target",
        "text": "The text a reader sees in its place",
        "target_state": "gone, or unknown to the export",
    },
    """
    SELECT l.scope, l.page_id, carrier.title, l.block_id, l.property_id, l.kind, l.target_type, l.target, l.text,
        coalesce(target.state, 'unknown') AS target_state
    FROM links l LEFT JOIN objects carrier ON carrier.id = l.page_id LEFT JOIN objects target ON target.id = l.target
    WHERE l.kind IN ('child_page', 'child_database', 'link_to_page', 'mention', 'relation', 'internal_url')
        AND l.target_type IN ('page', 'database', 'data_source', 'block')
        AND (target.id IS NULL OR target.state = 'gone')
        AND NOT EXISTS (FROM blocks b WHERE b.block_id = l.target)
    """,
)

_BACKLINKS = View(
    "backlinks",
    "A reference to an object of this export, from the side of the object",
    {
        "target_id": "The page, database or data source that is referred to",
        "target_title": "Its title",
        **_CARRIER,
        "text": "The text a reader sees in place of the reference",
    },
    """
    SELECT l.target AS target_id, target.title AS target_title, l.scope, l.page_id, carrier.title, l.block_id,
        l.property_id, l.kind, l.text
    FROM links l JOIN objects target ON target.id = l.target LEFT JOIN objects carrier ON carrier.id = l.page_id
    WHERE l.kind <> 'parent'
    """,
)

_MENTIONS = View(
    "mentions",
    "A mention of a person, page, database or date's object in a text",
    {
        **_CARRIER,
        "target_type": "user, page, database, …",
        "target": "Id of what is mentioned",
        "target_name": "Its name or title, when the export knows it",
        "text": "The text a reader sees in its place",
    },
    """
    SELECT l.scope, l.page_id, carrier.title, l.block_id, l.property_id, l.kind, l.target_type, l.target,
        coalesce(u.name, target.title) AS target_name, l.text
    FROM links l LEFT JOIN objects carrier ON carrier.id = l.page_id LEFT JOIN objects target ON target.id = l.target
        LEFT JOIN users u ON u.id = l.target
    WHERE l.kind IN ('mention', 'user_mention')
    """,
)

_SCHEMA_HISTORY = View(
    "schema_history",
    "A change of a data source or of one of its columns",
    {
        "data_source_id": "The data source",
        "data_source": "Its title now",
        "seq": "Sequence number of the commit",
        "committed_at": "When it was committed",
        "object": "data_source or property",
        "object_id": "Id of what changed",
        "change": "created, added, edited, renamed, removed, …",
        "name": "What it was called after the change",
        "edited_by": "Id of the user who edited it last",
    },
    """
    SELECT s.root_id AS data_source_id, s.title AS data_source, e.seq, e.committed_at, e.object, e.object_id,
        e.change, e.title AS name, e.edited_by
    FROM events e JOIN scopes s ON s.scope = e.scope
    WHERE e.object IN ('data_source', 'property')
    """,
)

_API_CALLS = View(
    "api_calls",
    "Calls to an endpoint of Notion's API in a run",
    {
        "run_id": "The run",
        "started_at": "When the run started",
        "endpoint": "Method and path, ids left out",
        "calls": "How many",
    },
    """
    SELECT run_id, started_at, endpoint, CAST(json_extract_string(by_endpoint, '$."' || endpoint || '"') AS BIGINT)
        AS calls
    FROM (SELECT run_id, started_at, requests -> '$.by_endpoint' AS by_endpoint,
              unnest(json_keys(requests, '$.by_endpoint')) AS endpoint FROM runs
          WHERE json_type(requests, '$.by_endpoint') = 'OBJECT')
    """,
)

VIEWS = (_DEAD_LINKS, _BACKLINKS, _MENTIONS, _SCHEMA_HISTORY, _API_CALLS)

_PAGES_ASOF = Macro(
    "pages_asof",
    "moment",
    "The pages that were there at a moment (UTC), as of the commits",
    {"…": "The columns of versions but present and valid_to"},
    """
    SELECT * EXCLUDE (present, valid_to) FROM main.versions
    WHERE present AND valid_from <= moment::TIMESTAMP AND (valid_to IS NULL OR valid_to > moment::TIMESTAMP)
    """,
)

_SEARCH_BLOCKS = Macro(
    "search_blocks",
    "words",
    "Blocks that hold all the words (or words that begin with them), case and accents ignored; best first by score",
    {
        "score": "Share of the block's text that is what was searched for, from 0 to 1",
        "page_id": "The page",
        "title": "The page's title",
        "url": "The page's address in Notion",
        "block_id": "The block",
        "type": "Notion's block type",
        "plain_text": "All text of the block",
    },
    f"""
    WITH wanted AS (SELECT DISTINCT unnest({words("words")}) AS word),
    found AS (
        SELECT w.scope, q.word, unnest(w.pages) AS number
        FROM search.words w JOIN wanted q ON w.word >= q.word AND starts_with(w.word, q.word)
    ),
    candidates AS (
        SELECT p.page_id FROM found f JOIN search.pages p ON p.scope = f.scope AND p.number = f.number
        GROUP BY p.page_id HAVING count(DISTINCT f.word) = (SELECT count(*) FROM wanted)
    ),
    likely AS (
        SELECT b.page_id, b.block_id, b.type, b.plain_text, {normal("b.plain_text")} AS said,
            (SELECT list(word) FROM wanted) AS asked
        FROM main.blocks b WHERE b.page_id IN (FROM candidates)
            AND contains({normal("b.plain_text")}, (SELECT word FROM wanted ORDER BY length(word) DESC, word LIMIT 1))
    )
    SELECT round(list_sum([length(said) - length(replace(said, w, '')) FOR w IN l.asked]) / length(said), 3) AS score,
        l.page_id, p.title, p.url, l.block_id, l.type, l.plain_text
    FROM likely l JOIN main.pages p ON p.page_id = l.page_id
    WHERE len([w FOR w IN l.asked IF contains(said, w)]) = len(l.asked)
    ORDER BY score DESC, l.block_id
    """,
)

MACROS = (_PAGES_ASOF, _SEARCH_BLOCKS)


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create views and macros; the tables have to be there."""
    for view in VIEWS:
        connection.execute(f"CREATE VIEW main.{view.name} AS {view.query}")
        comment(connection, f"main.{view.name}", view.comment, view.columns, "VIEW")
    for macro in MACROS:
        connection.execute(f"CREATE MACRO main.{macro.name}({macro.parameter}) AS TABLE {macro.query}")
        connection.execute(f"COMMENT ON MACRO TABLE main.{macro.name} IS {literal(macro.comment)}")
