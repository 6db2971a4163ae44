import pytest

from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets_tests.core.render.rendering import entry


def test_a_page_has_json_only(known):
    found = known(entry("p", "Page")).entry("p")

    assert (found.json_path, found.csv_path, found.parquet_path) == ("json/Scope 12345678/p.json", None, None)


@pytest.mark.parametrize("kind", ["database", "data_source"])
def test_a_database_is_where_its_rows_are(known, kind):
    found = known(entry("d", "Database", kind)).entry("d")

    assert found.json_path == "json/Scope 12345678/database.json"
    assert found.csv_path == "csv/Scope 12345678.csv"
    assert found.parquet_path == "parquet/Scope 12345678/rows.parquet"


def test_a_page_that_was_never_read_has_no_file(known):
    assert known(entry("p", "Page", state="failed", rendered=False)).entry("p").json_path is None


def test_users_and_pages_are_not_taken_for_each_other(known):
    links = known(entry("p", "Page"), users=[{"object": "user", "id": "u", "name": "Ada"}])

    assert links.entry("u") is None
    assert links.user("p") is None
    assert links.user("u") == {"object": "user", "id": "u", "name": "Ada"}


def test_a_scope_whose_slice_was_never_built_cannot_be_opened(storage):
    with pytest.raises(FileNotFoundError):
        open_slice(storage, "never-built")
