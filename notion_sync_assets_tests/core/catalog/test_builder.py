"""The catalog: increments equal a rebuild, nothing moved means nothing written, damage heals."""

import shutil
from collections import Counter
from contextlib import closing

import duckdb
import pytest

from notion_sync_assets.core.catalog import builder
from notion_sync_assets.core.catalog.builder import build_catalog
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.receipt_file import FULL_RECEIPTS, shorten_receipts, write_receipt_file
from notion_sync_assets_tests.corpus import (
    database,
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    mention,
    page,
    paragraph,
    person,
    text,
)
from notion_sync_assets_tests.corpus_recorded import NEEDS_RECORDINGS, recorded_documents


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path / "export [1]*")


def build(storage, users=(), workspace=None, **options):
    return build_catalog(
        storage,
        memory_limit="200MB",
        threads=1,
        workspace=workspace or {"name": "W"},
        users=list(users),
        **options,
    )


def ask(storage, sql):
    with closing(duckdb.connect(storage.path("notion.duckdb"), read_only=True)) as connection:
        return connection.execute(sql).fetchall()


def content(storage):
    """Every table of the catalog as a bag of rows."""
    with closing(duckdb.connect(storage.path("notion.duckdb"), read_only=True)) as connection:
        names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        return {
            f"{schema}.{name}": Counter(map(repr, connection.execute(f'FROM {schema}."{name}"').fetchall()))
            for schema, name in names
        } | {"names": sorted(names)}


def tree(storage, **changes):
    documents = {"a": every_block_document(), "b": every_mention_document()} | changes
    return make_scope(storage, [item for item in documents.values() if item])


def tasks(storage, *titles):
    documents = [every_property_page(title) for title in titles]
    return make_scope(storage, documents, kind="data_source", title="Tasks", head=every_property_head())


def test_the_catalog_holds_what_scopes_have_committed(storage):
    tree(storage)
    tasks(storage, "One", "Two")
    result = build(storage)
    assert (result.written, result.rebuilt, len(result.replaced), result.removed) == (True, True, 2, ())
    assert result.rows["pages"] == 4
    assert result.rows["blocks"] == ask(storage, "SELECT sum(blocks) FROM pages")[0][0]
    assert ask(storage, "SELECT title FROM pages WHERE scope LIKE 'tasks-%' ORDER BY 1") == [
        ("One",),
        ("Two",),
    ]
    assert ask(storage, "SELECT count(*) FROM properties WHERE name = 'Amount' AND number = 12.5") == [(2,)]
    assert ask(storage, "SELECT count(*) FROM schema_properties") == [(36,)]


def test_an_increment_equals_a_rebuild(storage):
    tree(storage)
    tasks(storage, "One", "Two")
    make_scope(storage, [document(page("Other"), [paragraph("x")])], title="Other")
    build(storage)
    tasks(storage, "Two", "Three")
    tree(storage, b=None, c=document(page("New"), [paragraph("y")]))
    shutil.rmtree(storage.path("state/scopes") / _key(storage, "other"))
    result = build(storage, users=[person("Zed")])
    assert (result.rebuilt, len(result.replaced), len(result.removed)) == (False, 2, 1)
    increment = content(storage)
    storage.delete("notion.duckdb")
    assert build(storage, users=[person("Zed")]).rebuilt
    assert content(storage) == increment


def _key(storage, slug):
    (key,) = [name for name in storage.names("state/scopes") if name.startswith(slug)]
    return key


def test_only_scopes_that_moved_are_replaced(storage):
    tree(storage)
    moved = tasks(storage, "One")
    build(storage)
    tasks(storage, "Two")
    assert build(storage).replaced == (moved.commit.scope,)


def test_nothing_is_written_when_nothing_moved(storage):
    tree(storage)
    build(storage)
    before = storage.path("notion.duckdb").stat()
    result = build(storage)
    after = storage.path("notion.duckdb").stat()
    assert not result.written
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    "move",
    [
        lambda storage: build(storage, users=[person("Zed")]),
        lambda storage: build(storage, workspace={"name": "V"}),
    ],
    ids=["users", "workspace"],
)
def test_what_is_no_scope_may_move_too(storage, move):
    tree(storage)
    build(storage)
    result = move(storage)
    assert (result.written, result.replaced) == (True, ())


def test_a_receipt_alone_waits_for_the_next_change(storage):
    tree(storage)
    build(storage)
    storage.write("receipts/run.json", b"{}")
    assert not build(storage).written
    assert build(storage, users=[person("Zed")]).rows["runs"] == 1


def test_pages_that_did_not_change_keep_their_rows_from_earlier_commits(storage):
    tasks(storage, "One", "Two")
    newest = tasks(storage, "One", "Two", "Three")
    assert [row.document_seq for row in newest.rows() if row.title != "Three"] == [1, 1]
    build(storage)
    rows = ask(storage, "SELECT title, document_seq, raw IS NOT NULL FROM pages ORDER BY 1")
    assert rows == [("One", 1, True), ("Three", 2, True), ("Two", 1, True)]
    assert ask(storage, "SELECT count(DISTINCT page_id) FROM properties") == [(3,)]


def test_an_edited_page_has_only_its_newest_rows(storage):
    beside = document(page("Q"), [paragraph("beside")])
    make_scope(storage, [document(page("P"), [paragraph("old")]), beside])
    make_scope(storage, [document(page("P"), [paragraph("new")]), beside])
    build(storage)
    assert ask(storage, "SELECT plain_text FROM blocks ORDER BY 1") == [("beside",), ("new",)]


def test_a_page_that_is_gone_is_an_object_with_a_reason_and_nothing_else(storage):
    make_scope(storage, [document(page("P"), [paragraph("x")]), document(page("Q"))])
    make_scope(storage, [document(page("Q"))])
    build(storage)
    gone = ask(storage, "SELECT state, reason FROM objects WHERE title = 'P'")
    assert gone == [("gone", "trashed")]
    assert ask(storage, "SELECT title FROM pages") == [("Q",)]
    assert ask(storage, "SELECT count(*) FROM blocks") == [(0,)]


def test_a_failed_page_shows_its_last_document_and_why_it_failed(storage):
    item = document(page("P"), [paragraph("last good")])
    make_scope(storage, [item], failed=[item.page_id])
    build(storage)
    assert ask(storage, "SELECT state, reason FROM objects") == [("failed", "odd")]
    assert ask(storage, "SELECT plain_text FROM blocks") == [("last good",)]


def test_a_page_that_moved_to_another_scope_is_one_object(storage):
    item = document(page("Traveller"))
    make_scope(storage, [item, document(page("Stays"))], title="From")
    make_scope(storage, [document(page("Stays"))], title="From")
    make_scope(storage, [item], title="To")
    build(storage)
    found = ask(storage, "SELECT state, scope LIKE 'to-%' FROM objects WHERE title = 'Traveller'")
    assert found == [("exported", True)]


def test_objects_are_pages_databases_and_data_sources_once_each(storage):
    tree(storage)
    tasks(storage, "One")
    sibling = {**every_property_head(), "data_source": {**every_property_head()["data_source"]}}
    sibling["data_source"]["id"] = identifier("Sibling source")
    make_scope(storage, [], kind="data_source", title="Sibling source", head=sibling)
    build(storage)
    assert ask(storage, "SELECT count(*) - count(DISTINCT id) FROM objects") == [(0,)]
    kinds = ask(storage, "SELECT object, count(*) FROM objects GROUP BY 1 ORDER BY 1")
    assert kinds == [("data_source", 2), ("database", 2), ("page", 3)]
    assert ask(storage, "SELECT count(*) FROM views") == [(2,)]


def test_a_database_known_by_its_head_is_not_taken_from_a_page_that_shows_it(storage):
    shown = document(
        page("Shows"),
        [],
        databases={
            identifier("Tasks database"): {"database": database("Tasks database", sources=()), "views": []}
        },
    )
    make_scope(storage, [shown], title="A first scope")
    tasks(storage, "One")
    build(storage)
    found = ask(
        storage, f"SELECT data_sources FROM databases WHERE database_id = '{identifier('Tasks database')}'"
    )
    assert found == [(2,)]


def test_listed_users_win_over_what_documents_tell(storage):
    tree(storage)
    build(
        storage, users=[{**person("Ada"), "name": "Ada L."}, {"object": "user", "id": identifier("Nobody")}]
    )
    found = dict(ask(storage, "SELECT name, listed FROM users ORDER BY name NULLS FIRST"))
    assert found == {None: True, "Ada L.": True, "Cleo": False}


def test_events_of_every_commit_are_kept_and_none_twice(storage):
    tree(storage)
    build(storage)
    tree(storage, b=None)
    build(storage)
    assert ask(storage, "SELECT seq, change FROM events ORDER BY 1, 2") == [
        (1, "edited"),
        (1, "edited"),
        (2, "edited"),
        (2, "trashed"),
    ]


@pytest.mark.parametrize("commits", [1, 2, 3])
def test_a_history_that_was_replaced_replaces_its_events(storage, commits):
    tree(storage)
    tree(storage, b=None)
    build(storage)
    storage.delete_tree("state")
    for number in range(commits):
        make_scope(storage, [document(page("Restored"), [paragraph(str(number))])])
    build(storage)
    assert ask(storage, "SELECT title, seq FROM events ORDER BY seq") == [
        ("Restored", number + 1) for number in range(commits)
    ]
    assert ask(storage, "SELECT seq FROM scopes") == [(commits,)]


def test_times_are_utc_timestamps_whatever_offset_they_had(storage):
    tasks(storage, "One")
    build(storage)
    dates = (
        "SELECT strftime(date_start, '%Y-%m-%d %H:%M'), strftime(date_end, '%Y-%m-%d %H:%M') FROM properties"
    )
    assert ask(storage, f"{dates} WHERE name = 'Span'") == [("2026-05-03 14:00", "2026-05-04 15:30")]
    assert ask(storage, f"{dates} WHERE name = 'Due'") == [("2026-05-03 00:00", None)]
    created = ask(storage, "SELECT strftime(created_time, '%H:%M:%S.%g') FROM databases")
    assert created == [("10:31:12.643",)]


def test_runs_come_from_receipts_whatever_they_hold(storage):
    receipt = b'{"run_id": "r1", "started_at": "2026-06-01T02:00:00+02:00", "status": "ok", "requests": {"made": 7}}'
    storage.write("receipts/a.json", receipt)
    storage.write("receipts/b.json", b"{broken")
    build(storage)
    rows = ask(
        storage,
        "SELECT run_id, hour(started_at), status, (requests->>'$.made')::INT FROM runs ORDER BY run_id",
    )
    assert rows == [("a", 0, "ok", 7), ("b", None, None, None)]


def test_the_newest_runs_tell_every_object_and_older_ones_what_they_came_to(storage):
    runs = [f"r{number:02d}" for number in range(FULL_RECEIPTS + 2)]
    for run_id in runs:
        objects = [{"id": "p", "object": "page", "state": "failed", "reason": run_id}]
        write_receipt_file(storage, run_id, {"status": "complete"}, objects)
    build(storage)
    told = ask(storage, "SELECT run_id, id, state, scope, reason FROM receipts ORDER BY run_id")
    assert told == [(run_id, "p", "failed", None, run_id) for run_id in runs[2:]]
    write_receipt_file(
        storage, "r99", {"status": "complete"}, [{"id": "q", "object": "page", "state": "exported"}]
    )
    shorten_receipts(storage)
    build(storage, users=[person("Zed")])
    found = [ask(storage, f"FROM {table} ORDER BY ALL") for table in ("runs", "receipts")]
    assert ask(storage, "SELECT count(*), count(DISTINCT run_id) FROM receipts") == [(10, 10)]
    assert ask(storage, "SELECT count(*) FROM runs WHERE (receipt->'$.objects') IS NULL") == [
        (len(runs) + 1,)
    ]
    build(storage, users=[person("Zed")], anew=True)
    assert [ask(storage, f"FROM {table} ORDER BY ALL") for table in ("runs", "receipts")] == found


def test_every_table_and_column_says_what_it_is(storage):
    build(storage)
    tables = ask(storage, "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL")
    columns = ask(
        storage, "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
    )
    assert (tables, columns) == ([], [])


def test_views_read_tables_of_the_catalog_and_no_files(storage, tmp_path):
    tree(storage)
    build(storage)
    views = [name for (name,) in ask(storage, "SELECT view_name FROM duckdb_views() WHERE NOT internal")]
    assert {"dead_links", "backlinks", "mentions"} <= set(views)
    before = {view: len(ask(storage, f"FROM {view}")) for view in views}
    alone = tmp_path / "alone.duckdb"
    shutil.copy(storage.path("notion.duckdb"), alone)
    shutil.rmtree(storage.root)
    with closing(duckdb.connect(alone, read_only=True)) as connection:
        assert {view: len(connection.execute(f"FROM {view}").fetchall()) for view in views} == before


@pytest.mark.parametrize("damage", [b"", b"x" * 20_000])
def test_a_damaged_catalog_is_made_anew(storage, damage):
    tree(storage)
    build(storage)
    before = content(storage)
    storage.write("notion.duckdb", damage)
    assert build(storage).rebuilt
    assert content(storage) == before


def test_a_catalog_cut_short_is_made_anew(storage):
    tree(storage)
    build(storage)
    before = content(storage)
    storage.write("notion.duckdb", storage.read("notion.duckdb")[:-100_000])
    tasks(storage, "One")
    build(storage)
    assert content(storage)["main.blocks"] > before["main.blocks"]


def test_a_catalog_of_another_format_is_made_anew(storage, monkeypatch):
    tree(storage)
    build(storage)
    monkeypatch.setattr(builder, "CATALOG_FORMAT", "next")
    assert build(storage).rebuilt
    assert ask(storage, "SELECT value FROM catalog_info WHERE key = 'format'") == [("next",)]


def test_a_missing_file_of_a_commit_leaves_the_old_catalog_and_says_so(storage):
    tree(storage)
    build(storage)
    before = storage.read("notion.duckdb")
    newest = tasks(storage, "One")
    storage.delete(f"{newest.commit.tables}/properties.parquet")
    with pytest.raises(StorageError, match="cannot be built"):
        build(storage)
    assert storage.read("notion.duckdb") == before


def test_the_file_is_private_and_nothing_else_is_left(storage):
    tree(storage)
    build(storage)
    assert storage.path("notion.duckdb").stat().st_mode & 0o777 == 0o600
    assert list(storage.scratch().iterdir()) == []


def test_a_reader_keeps_its_catalog_while_a_new_one_is_published(storage):
    make_scope(storage, [document(page("Old"))])
    build(storage)
    with closing(duckdb.connect(storage.path("notion.duckdb"), read_only=True)) as reader:
        make_scope(storage, [document(page("New"))])
        build(storage)
        assert reader.execute("SELECT title FROM pages").fetchall() == [("Old",)]
    assert ask(storage, "SELECT title FROM pages") == [("New",)]


@NEEDS_RECORDINGS
def test_recorded_pages_are_all_in_the_catalog(storage):
    documents = recorded_documents()
    make_scope(storage, documents)
    rows = build(storage).rows
    assert rows["pages"] == len(documents)
    assert rows["blocks"] == sum(1 for item in documents for _ in item.walk())
    assert rows["properties"] == sum(len(item.page["properties"]) for item in documents)
    assert rows["comments"] == sum(len(item.comments) for item in documents)


def test_links_that_lead_to_nothing_are_listed_and_no_others(storage):
    gone, linked = page("Gone"), page("Linked page")
    anchored = f"https://www.notion.so/{identifier('Linked page').replace('-', '')}#{identifier('kept').replace('-', '')}"
    said = [
        paragraph(mention("page", {"id": identifier("Gone")}, "Gone"), name="to gone"),
        paragraph(mention("page", {"id": identifier("Nowhere")}, "Nowhere"), name="to nowhere"),
        paragraph(mention("page", {"id": identifier("Linked page")}, "Linked page"), name="to a page"),
        paragraph(text("anchored", link=anchored), name="to a block"),
        paragraph(text("outside", link="https://example.com"), name="to elsewhere"),
    ]
    target = document(linked, [paragraph("kept", name="kept")])
    make_scope(storage, [document(page("Referring"), said), target, document(gone)])
    make_scope(storage, [document(page("Referring"), said), target])
    build(storage)
    found = ask(storage, "SELECT title, block_id, target_state FROM dead_links ORDER BY target_state")
    assert found == [
        ("Referring", identifier("to gone"), "gone"),
        ("Referring", identifier("to nowhere"), "unknown"),
    ]
