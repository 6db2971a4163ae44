"""A large committed workspace for the benchmark of the catalog, written into ``state/`` without any request.

Here: two data sources, ``Tasks`` (four commits, states that move) and ``Projects``, and wikis of a thousand pages, as
Parquet files of commits made by SQL, so that millions of blocks take minutes. Not here: measuring (``catalog``). A block's
``raw`` is as long as Notion's; words follow Zipf's law, so that the search index has common and rare ones.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from notion_sync_assets.core.catalog.schema import SCHEMAS, file_name
from notion_sync_assets.core.catalog.tables import write_commit_tables
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.sync.events import SCHEMA as EVENTS
from notion_sync_assets.core.sync.manifest import SCHEMA as MANIFEST
from notion_sync_assets.core.sync.scopes import ScopeKind, make_key

Json = dict[str, Any]

_WIKI_PAGES = 1000
_PEOPLE = 40
_START = dt.datetime(2026, 1, 5, 6, 0, tzinfo=dt.UTC)
_STATES = ("Not started", "In progress", "Done")
_COMMITS_OF_TASKS = 4

_SETTING_UP = """
    CREATE MACRO uuid_of(name) AS md5(name)::UUID::VARCHAR;
    CREATE MACRO share(name) AS (hash(name) % 1000003) / 1000003.0;
    SET VARIABLE syllables = ['ka','lo','mi','ne','ra','sto','vel','dor','hin','pa','que','tur','bas','lim','fen','gro'];
    SET VARIABLE vocabulary = [CASE n WHEN 100 THEN 'garden' ELSE getvariable('syllables')[1 + n % 16] || getvariable('syllables')[1 + (n // 16) % 16]
        || getvariable('syllables')[1 + (n // 256) % 16] || CASE WHEN n >= 4096 THEN getvariable('syllables')[1 + n % 7]
        ELSE '' END END FOR n IN range(20000)];
    CREATE MACRO word(name) AS getvariable('vocabulary')[1 + floor(pow(20000, share(name)))::INT % 20000];
    CREATE MACRO sentence(name, length) AS array_to_string([word(name || '/' || w) FOR w IN range(length)], ' ');
    CREATE MACRO person(n) AS uuid_of('person ' || (n % {people}));
    CREATE MACRO pieces(text) AS '[{{"annotations":{{"bold":false,"code":false,"color":"default","italic":false,'
        || '"strikethrough":false,"underline":false}},"href":null,"plain_text":"' || text
        || '","text":{{"content":"' || text || '","link":null}},"type":"text"}}]';
"""


def identifier(name: str) -> str:
    """Return the id that ``uuid_of(name)`` has in SQL."""
    return str(uuid.UUID(hashlib.md5(name.encode()).hexdigest()))


@dataclass(frozen=True, slots=True)
class _Scope:
    """A scope to write: ``pages`` of them, ``commits`` times."""

    title: str
    kind: ScopeKind
    pages: int
    commits: int = 1

    @property
    def root(self) -> str:
        """The id of its data source or first page."""
        name = f"{self.title}/0" if self.kind == "page_tree" else self.title
        return identifier(name)


def scopes(pages: int) -> Iterator[_Scope]:
    """Yield the scopes of a workspace of ``pages`` pages."""
    tasks, projects = pages * 3 // 10, max(pages // 50, 2)
    yield _Scope("Tasks", "data_source", tasks, _COMMITS_OF_TASKS)
    yield _Scope("Projects", "data_source", projects)
    left = pages - tasks - projects
    for number, start in enumerate(range(0, left, _WIKI_PAGES)):
        yield _Scope(f"Wiki {number}", "page_tree", min(_WIKI_PAGES, left - start))


def people() -> list[Json]:
    """Return the users the workspace lists."""
    return [
        {
            "object": "user",
            "id": identifier(f"person {number}"),
            "type": "person",
            "name": f"Person {number}",
            "person": {},
        }
        for number in range(_PEOPLE)
    ]


def write_state(root: Path, pages: int, blocks_per_page: int) -> None:
    """Write a workspace of ``pages`` pages into the empty export root ``root``."""
    storage = LocalStorage(root)
    projects = max(pages // 50, 2)
    with duckdb.connect(
        config={"threads": 2, "memory_limit": "2GB", "preserve_insertion_order": False}
    ) as sql:
        sql.execute(_SETTING_UP.format(people=_PEOPLE))
        for scope in scopes(pages):
            for seq in range(1, scope.commits + 1):
                _commit(storage, sql, scope, seq, projects, blocks_per_page)


def commit_again(root: Path, pages: int, blocks_per_page: int, title: str, seq: int) -> None:
    """Commit a wiki or the projects once more, as an edit of all its pages would."""
    scope = next(each for each in scopes(pages) if each.title == title)
    with duckdb.connect() as sql:
        sql.execute(_SETTING_UP.format(people=_PEOPLE))
        _commit(LocalStorage(root), sql, scope, seq, max(pages // 50, 2), blocks_per_page)


def _commit(
    storage: LocalStorage,
    sql: duckdb.DuckDBPyConnection,
    scope: _Scope,
    seq: int,
    projects: int,
    blocks_per_page: int,
) -> None:
    commit = _record(scope, seq)
    tables = storage.path(commit.tables)
    write_commit_tables([], _head(scope) if scope.kind == "data_source" else None, tables)
    _pages(sql, scope, commit)
    _copy(sql, _MANIFEST, storage.path(commit.manifest), MANIFEST.names)
    assert commit.outbox
    _copy(sql, _EVENTS, storage.path(commit.outbox), EVENTS.names)
    sql.execute("CREATE OR REPLACE TEMP TABLE changed AS FROM page WHERE document_seq = ?", [seq])
    values = {"blocks": blocks_per_page, "projects": projects}
    for name, query in _TABLES.items():
        _copy(sql, query.format(**values), tables / file_name(name), SCHEMAS[name].names)
    if scope.kind == "data_source":
        columns = _TASKS if scope.title == "Tasks" else _PROJECTS
        _copy(
            sql,
            _properties(columns).format(**values),
            tables / file_name("properties"),
            SCHEMAS["properties"].names,
        )
    assert Commits(storage).create(commit)


def _record(scope: _Scope, seq: int) -> Commit:
    key, sync_id = make_key(scope.title, scope.root), f"{seq:012x}"
    return Commit(
        scope=key,
        kind=scope.kind,
        root_id=scope.root,
        title=scope.title,
        seq=seq,
        base=seq - 1,
        sync_id=sync_id,
        run_id="generated",
        committed_at=(_START + dt.timedelta(days=7 * seq)).isoformat(),
        manifest=layout.manifest(key, seq, sync_id),
        tables=layout.tables(key, seq, sync_id),
        outbox=layout.outbox(key, seq, sync_id),
        head=None,
        fingerprint="settings",
    )


def _copy(sql: duckdb.DuckDBPyConnection, query: str, target: Path, columns: list[str]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    wanted = ", ".join(f'"{column}"' for column in columns)
    sql.execute(
        f"COPY (SELECT {wanted} FROM ({query})) TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 4096)"
    )


def _pages(sql: duckdb.DuckDBPyConnection, scope: _Scope, commit: Commit) -> None:
    """Make ``page``: the pages of a scope as of a commit. A third of the tasks moves on with each later one."""
    parent = (
        "'data_source_id'"
        if scope.kind == "data_source"
        else "CASE n WHEN 0 THEN 'workspace' ELSE 'page_id' END"
    )
    above = (
        f"'{scope.root}'" if scope.kind == "data_source" else f"uuid_of('{scope.title}/' || ((n - 1) // 8))"
    )
    moves = scope.title == "Tasks"
    sql.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE page AS
        SELECT n, '{commit.scope}' AS scope, {commit.seq} AS seq, '{scope.title}' AS source, {min(scope.pages, 900)} AS linked,
            uuid_of('{scope.title}/' || n) AS page_id, sentence('title {scope.title} ' || n, 4) AS title,
            {parent} AS parent_type, CASE WHEN {parent} <> 'workspace' THEN {above} END AS parent_id,
            CASE WHEN {parent} = 'page_id' THEN {above} END AS parent_page,
            {f"greatest(1, {commit.seq} - (n + {commit.seq}) % 3)" if moves else commit.seq} AS document_seq,
            strftime(TIMESTAMP '2024-01-01' + to_hours(((n * 7919) % 16000)::INT), '%Y-%m-%dT%H:%M:00.000Z') AS created,
            strftime(TIMESTAMP '2026-01-05' + to_days((7 * document_seq)::INT) - to_hours(((n * 31) % 9000)::INT),
                '%Y-%m-%dT%H:%M:00.000Z') AS edited,
            person(n) AS author, person(n * 7) AS editor, '{commit.committed_at}' AS committed_at
        FROM range({scope.pages}) t(n)
        """
    )


_MANIFEST = """
    SELECT *, 'exported' AS state, NULL::VARCHAR AS reason, 'https://app.notion.com/p/' || replace(page_id, '-', '') AS url,
        created AS created_time, edited AS last_edited_time, editor AS edited_by, md5(page_id) AS listing_hash,
        sha256(page_id || document_seq) AS document, 9000::BIGINT AS document_bytes, edited AS read_at,
        30::BIGINT AS blocks, 0::BIGINT AS files, 0::BIGINT AS omitted
    FROM page ORDER BY page_id
"""
_EVENTS = """
    SELECT *, 'page' AS object, page_id AS object_id, CASE seq WHEN 1 THEN 'created' ELSE 'edited' END AS change,
        NULL::VARCHAR AS url, sha256(page_id || document_seq) AS document, NULL::VARCHAR AS previous_document,
        edited AS last_edited_time, editor AS edited_by
    FROM page WHERE document_seq = seq
"""
_RAW = """'{{"object":"block","id":"' || block_id || '","type":"' || type || '","created_time":"' || created || '",'
    || '"last_edited_time":"' || edited || '","created_by":{{"object":"user","id":"' || author || '"}},'
    || '"last_edited_by":{{"object":"user","id":"' || editor || '"}},"has_children":false,"in_trash":false,"parent":'
    || '{{"type":"page_id","page_id":"' || page_id || '"}},"' || type || '":{{"color":"default","rich_text":'
    || pieces(plain_text) || '}}}}'"""
_TABLES = {
    "pages": """
        SELECT page_id, NULL::VARCHAR AS public_url, author AS created_by, editor AS last_edited_by, false AS in_trash,
            false AS is_archived, false AS is_locked, NULL::VARCHAR AS icon, NULL::VARCHAR AS cover,
            '{{"object":"page","id":"' || page_id || '","created_time":"' || created || '","in_trash":false}}' AS raw
        FROM changed
    """,
    "blocks": f"""
        SELECT *, {_RAW} AS raw FROM (
            SELECT uuid_of(page_id || '#' || i) AS block_id, page_id, page_id AS parent_id, i AS position,
                0::BIGINT AS depth, '' AS path, ['paragraph', 'bulleted_list_item', 'heading_2', 'to_do'][1 + i % 4] AS type,
                sentence(page_id || i, 4 + (n + i) % 17) AS plain_text, false AS has_children, created, edited, author,
                editor, created AS created_time, edited AS last_edited_time, author AS created_by, editor AS last_edited_by
            FROM changed, range({{blocks}}) t(i)
        )
    """,
    "properties": """
        SELECT page_id, 'title' AS property_id, 'title' AS name, 'title' AS type, title AS text,
            '{{"id":"title","type":"title","title":' || pieces(title) || '}}' AS value, NULL::DOUBLE AS number,
            NULL::BOOLEAN AS boolean, NULL::VARCHAR AS date_start, NULL::VARCHAR AS date_end
        FROM changed
    """,
    "links": """
        SELECT page_id, uuid_of(page_id || '#' || i) AS block_id, NULL::VARCHAR AS property_id, 'mention' AS kind,
            'page' AS target_type, CASE WHEN (n + i) % 997 = 0 THEN uuid_of('nowhere ' || n)
            ELSE uuid_of(source || '/' || ((n * 13 + i * 7) % linked)) END AS target, 'somewhere' AS text
        FROM changed, range(5) t(i)
        UNION ALL
        SELECT parent_page, page_id, NULL, 'child_page', 'page', page_id, title FROM changed WHERE parent_page IS NOT NULL
        UNION ALL
        SELECT page_id, NULL, 'proj', 'relation', 'page', uuid_of('Projects/' || (n % {projects})), NULL
        FROM changed WHERE source = 'Tasks'
    """,
    "files": """
        SELECT page_id, uuid_of(page_id || '#0') AS carrier_id, 'block' AS kind, true AS hosted,
            'https://files.example/' || page_id AS url, 'plan.pdf' AS name, sha256('' || n % 999) AS sha256,
            (n % 1000) * 1024 AS size, 'application/pdf' AS media_type, 'files/' || n % 999 AS path
        FROM changed WHERE n % 5 = 0
    """,
}
_PROJECTS = {"Project": ("title", "title"), "Budget": ("budg", "number"), "Tasks": ("task", "relation")}
_TASKS = {
    "Task": ("title", "title"),
    "State": ("stat", "status"),
    "Assignee": ("assi", "people"),
    "Hours": ("hour", "number"),
    "Done": ("done", "checkbox"),
    "Due": ("due", "date"),
    "Kind": ("kind", "select"),
    "Project": ("proj", "relation"),
    "Blocked by": ("bloc", "relation"),
}
# What a property holds, as text and as the API gives it; the state of a task moves on with its commits.
_VALUES = {
    "Task": ("title", "pieces(title)"),
    "Project title": ("title", "pieces(title)"),
    "State": (
        f"{list(_STATES)}[least(1 + (document_seq - 1 + n % 2), 3)]",
        """'{{"name":"' || text || '","color":"default"}}'""",
    ),
    "Assignee": (
        "'Person ' || ((n * 3) % 40)",
        """'[{{"object":"user","id":"' || person(n * 3) || '","name":"' || text || '"}}]'""",
    ),
    "Hours": ("(1 + n % 16)::VARCHAR", "text"),
    "Budget": ("((n % 90) * 1000)::VARCHAR", "text"),
    "Done": ("(document_seq + n % 2 > 2)::VARCHAR", "text"),
    "Due": (
        "strftime(DATE '2026-01-01' + (n % 300)::INT, '%Y-%m-%d')",
        """'{{"start":"' || text || '","end":null}}'""",
    ),
    "Kind": ("['Build', 'Test', 'Write'][1 + n % 3]", """'{{"name":"' || text || '"}}'"""),
    "Project": ("uuid_of('Projects/' || (n % {projects}))", """'[{{"id":"' || text || '"}}]'"""),
    "Blocked by": (
        "CASE WHEN n % 6 = 0 AND n > 0 THEN uuid_of('Tasks/' || (n - 1)) ELSE '' END",
        """CASE text WHEN '' THEN '[]' ELSE '[{{"id":"' || text || '"}}]' END""",
    ),
    "Tasks": (
        "array_to_string([uuid_of('Tasks/' || (n + k * {projects})) FOR k IN range(15)], ', ')",
        """'[' || array_to_string(['{{"id":"' || t || '"}}' FOR t IN string_split(text, ', ')], ',') || ']'""",
    ),
}


def _properties(columns: dict[str, tuple[str, str]]) -> str:
    title = "Project title" if columns is _PROJECTS else "Task"
    parts = []
    for name, (property_id, kind) in columns.items():
        text, value = _VALUES[title if kind == "title" else name]
        parts.append(
            f"""
            SELECT page_id, '{property_id}' AS property_id, '{name}' AS name, '{kind}' AS type, text,
                '{{{{"id":"{property_id}","type":"{kind}","{kind}":' || {value} || '}}}}' AS value,
                {"text::DOUBLE" if kind == "number" else "NULL::DOUBLE"} AS number,
                {"text::BOOLEAN" if kind == "checkbox" else "NULL::BOOLEAN"} AS boolean,
                {"text" if kind == "date" else "NULL::VARCHAR"} AS date_start, NULL::VARCHAR AS date_end
            FROM (SELECT *, {text} AS text FROM changed)
            """
        )
    return " UNION ALL ".join(parts)


def _head(scope: _Scope) -> Json:
    columns = _TASKS if scope.title == "Tasks" else _PROJECTS
    targets = {"Project": "Projects", "Tasks": "Tasks", "Blocked by": "Tasks"}
    schema: Json = {}
    for name, (property_id, kind) in columns.items():
        config = (
            {"data_source_id": _Scope(targets[name], "data_source", 0).root} if kind == "relation" else {}
        )
        schema[name] = {"id": property_id, "name": name, "type": kind, kind: config}
    options = [{"id": f"o{number}", "name": name} for number, name in enumerate(_STATES)]
    groups = [
        {"name": name, "option_ids": [f"o{number}"]}
        for number, name in enumerate(("To-do", "In progress", "Complete"))
    ]
    if "State" in schema:
        schema["State"]["status"] = {"options": options, "groups": groups}
    title = [
        {
            "type": "text",
            "plain_text": scope.title,
            "text": {"content": scope.title, "link": None},
            "href": None,
        }
    ]
    source = {
        "object": "data_source",
        "id": scope.root,
        "title": title,
        "created_time": "2024-01-01T00:00:00.000Z",
        "last_edited_time": "2024-01-01T00:00:00.000Z",
        "properties": schema,
    }
    return {"data_source": source, "database": None, "views": [], "templates": []}
