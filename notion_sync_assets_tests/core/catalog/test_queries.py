"""Queries: they read the catalog and can reach nothing else."""

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from notion_sync_assets.core.catalog import queries
from notion_sync_assets.core.catalog.queries import run_query
from notion_sync_assets.core.notion.errors import ConfigurationError


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "notion.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE pages AS SELECT 'P' || i AS title, i AS blocks FROM range(3) t(i)")
    return path


def test_a_query_gives_columns_types_and_rows(catalog):
    result = run_query(catalog, "SELECT title, blocks FROM pages ORDER BY blocks")
    assert result.columns == ("title", "blocks")
    assert result.types == ("VARCHAR", "BIGINT")
    assert result.rows == [("P0", 0), ("P1", 1), ("P2", 2)]


@pytest.mark.parametrize(
    "sql",
    [
        "FROM pages",
        "WITH few AS (SELECT * FROM pages LIMIT 1) FROM few",
        "VALUES (1), (2)",
        "DESCRIBE pages",
        "SHOW TABLES",
        "SUMMARIZE pages",
        "EXPLAIN SELECT * FROM pages",
        "PIVOT pages ON blocks USING count(*)",
        "SELECT 1;",
        "SELECT '{\"a\": [1]}'::JSON->'$.a'",
    ],
)
def test_every_way_of_reading_is_allowed(catalog, sql):
    assert run_query(catalog, sql).rows


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text("a\nsecret\n")
    return path


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM sniff_csv('{secret}')",
        "SELECT * FROM query('SELECT * FROM read_text(''{secret}'')')",
        "EXPLAIN ANALYZE COPY pages TO '{folder}/out.csv'",
        "COPY pages TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "IMPORT DATABASE '{folder}'",
        "ATTACH '{folder}/other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')",
        "PRAGMA enable_profiling",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "CALL pragma_version()",
        "CREATE TEMP TABLE mine AS SELECT 1",
        "INSERT INTO pages VALUES ('x', 1)",
        "DROP TABLE pages",
        "EXPLAIN ANALYZE DROP TABLE pages",
        "SELECT 1; SELECT 2",
        "SELECT * FROM a_variable",
        "SELECT getenv('HOME')",
        "",
        "-- nothing",
    ],
)
def test_a_query_reaches_nothing_but_the_catalog(catalog, secret, sql):
    a_variable = duckdb.sql("SELECT 1")
    before = sorted(path.name for path in secret.parent.iterdir())
    with pytest.raises(ConfigurationError):
        run_query(catalog, sql.format(secret=secret, folder=secret.parent))
    assert sorted(path.name for path in secret.parent.iterdir()) == before
    assert a_variable is not None


LOCKED = {
    "SELECT * FROM read_text('{secret}')": "file system operations are disabled",
    "SELECT * FROM read_blob('{secret}')": "file system operations are disabled",
    "SELECT * FROM read_csv('{secret}')": "file system operations are disabled",
    "SELECT * FROM read_json('{secret}')": "file system operations are disabled",
    "SELECT * FROM read_parquet('{secret}')": "file system operations are disabled",
    "FROM '{secret}'": "file system operations are disabled",
    "FROM query_table('{secret}')": "file system operations are disabled",
    "FROM glob('{folder}/*')": "file system operations are disabled",
    "FROM read_csv('https://example.com/a.csv')": "file system operations are disabled",
    "COPY pages TO '{folder}/out.csv'": "file system operations are disabled",
    "COPY (SELECT 1) TO '{folder}/out.parquet'": "file system operations are disabled",
    "EXPORT DATABASE '{folder}/out'": "file system operations are disabled",
    "IMPORT DATABASE '{folder}'": "file system operations are disabled",
    "ATTACH '{folder}/other.duckdb'": "file system operations are disabled",
    "ATTACH 'https://example.com/other.duckdb'": "httpfs",
    "INSTALL httpfs": "disabled",
    "LOAD httpfs": "disabled through configuration",
    "SET enable_external_access = true": "locked",
    "SET lock_configuration = false": "locked",
    "SET memory_limit = '64GB'": "locked",
    "SET temp_directory = '{folder}'": "locked",
    "RESET temp_directory": "locked",
    "PRAGMA enable_profiling": "locked",
    "SET profiling_output = '{folder}/profile.json'": "locked",
    "CREATE TABLE mine AS SELECT 1": "read-only",
    "DELETE FROM pages": "read-only",
}


@pytest.mark.parametrize(("sql", "words"), LOCKED.items())
def test_the_database_itself_refuses_what_the_kind_of_statement_would_let_through(
    catalog, secret, sql, words
):
    with closing(queries._open(catalog, "100MB")) as connection, pytest.raises(duckdb.Error, match=words):
        connection.execute(sql.format(secret=secret, folder=secret.parent)).fetchall()
    assert [path.name for path in secret.parent.iterdir()] == [secret.name]


def test_a_query_too_large_for_its_memory_says_so_and_spills_nowhere(catalog):
    before = sorted(catalog.parent.iterdir())
    sql = "SELECT count(*) FROM (SELECT DISTINCT repeat(title, 40) || i FROM pages, range(2000000) t(i))"
    with pytest.raises(ConfigurationError, match="Out of Memory") as caught:
        run_query(catalog, sql, memory_limit="20MB")
    assert "catalog.query_memory_limit" in caught.value.hint
    assert sorted(catalog.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("sql", "message", "hint"),
    [
        ("SELEC 1", "syntax error", "SELECT"),
        ("SELECT nope FROM pages", "nope", "DESCRIBE pages"),
        ("SELECT * FROM pagez", "pagez", "SHOW TABLES"),
        ("SELECT 'x'::INT", "Could not convert", "SELECT"),
        ("DELETE FROM pages", "DELETE", "statement that reads"),
    ],
)
def test_a_bad_query_is_told_in_the_words_of_the_database_with_a_way_out(catalog, sql, message, hint):
    with pytest.raises(ConfigurationError, match=message) as caught:
        run_query(catalog, sql)
    assert hint in caught.value.hint


@pytest.mark.parametrize("content", [None, b"no database at all"])
def test_without_a_catalog_the_way_to_one_is_told(tmp_path, content):
    path = tmp_path / "notion.duckdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="catalog") as caught:
        run_query(path, "SELECT 1")
    assert "catalog rebuild" in caught.value.hint


def test_a_query_leaves_the_folder_as_it_was(catalog):
    before = sorted(Path(catalog.parent).iterdir())
    run_query(catalog, "SELECT * FROM pages ORDER BY title")
    assert sorted(Path(catalog.parent).iterdir()) == before
