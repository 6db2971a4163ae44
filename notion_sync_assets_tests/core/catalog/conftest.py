"""A storage, its catalog, and questions to it."""

from contextlib import closing

import duckdb
import pytest

from notion_sync_assets.core.catalog.builder import build_catalog
from notion_sync_assets.core.storage.local import LocalStorage


class Catalog:
    """The catalog of a storage: built as an export builds it, asked as anybody asks it."""

    def __init__(self, storage):
        self.storage = storage

    def build(self, users=(), *, anew=False):
        return build_catalog(
            self.storage,
            memory_limit="200MB",
            threads=1,
            workspace={"name": "W"},
            users=list(users),
            anew=anew,
        )

    def ask(self, sql):
        with closing(duckdb.connect(self.storage.path("notion.duckdb"), read_only=True)) as connection:
            return connection.execute(sql).fetchall()

    def types(self, table):
        return dict(self.ask(f"SELECT column_name, column_type FROM (DESCRIBE {table})"))

    def content(self):
        """The rows of every table, sorted."""
        with closing(duckdb.connect(self.storage.path("notion.duckdb"), read_only=True)) as connection:
            tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
            names = [f'{schema}."{table}"' for schema, table in tables]
            return {name: sorted(map(repr, connection.execute(f"FROM {name}").fetchall())) for name in names}


@pytest.fixture
def catalog(tmp_path):
    return Catalog(LocalStorage(tmp_path / "export"))
