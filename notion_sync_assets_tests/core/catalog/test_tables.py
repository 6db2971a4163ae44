"""The files of a commit: always all of them, typed, deterministic, in bounded pieces."""

import pyarrow.parquet as pq
import pytest

from notion_sync_assets.core.catalog import tables
from notion_sync_assets.core.catalog.schema import SCHEMAS, file_name
from notion_sync_assets.core.catalog.tables import write_commit_tables
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets_tests.corpus import (
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    page,
    paragraph,
)


def rows_of(*documents):
    for item in documents:
        row = ManifestRow(
            page_id=item.page_id, state="exported", title="", parent_type="", listing_hash="", document_seq=1
        )
        yield row, item


def test_every_table_is_written_even_when_nothing_changed(tmp_path):
    counts = write_commit_tables([], None, tmp_path / "new")
    assert counts == dict.fromkeys(SCHEMAS, 0)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(map(file_name, SCHEMAS))


@pytest.mark.parametrize("name", SCHEMAS)
def test_files_have_the_declared_schema_whether_full_or_empty(name, tmp_path):
    write_commit_tables([], None, tmp_path / "empty")
    write_commit_tables(rows_of(every_block_document()), every_property_head(), tmp_path / "full")
    for folder in ("empty", "full"):
        assert pq.read_schema(tmp_path / folder / file_name(name)).equals(SCHEMAS[name])


def test_the_counts_are_those_of_the_files(tmp_path):
    documents = (every_block_document(), every_mention_document(), every_property_page())
    counts = write_commit_tables(rows_of(*documents), every_property_head(), tmp_path)
    assert all(counts.values())
    assert counts == {name: pq.read_metadata(tmp_path / file_name(name)).num_rows for name in SCHEMAS}


def test_the_same_input_gives_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        documents = (every_block_document(), every_property_page())
        write_commit_tables(rows_of(*documents), every_property_head(), tmp_path / folder)
    for name in SCHEMAS:
        one, two = (tmp_path / folder / file_name(name) for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def _block_groups(folder, monkeypatch, least_bytes, pages=8):
    monkeypatch.setattr(tables, "_ROWS", 10)
    monkeypatch.setattr(tables, "_LEAST_BYTES", least_bytes)
    blocks = [paragraph(str(number)) for number in range(7)]
    documents = (document(page(f"Page {number}"), blocks) for number in range(pages))
    write_commit_tables(rows_of(*documents), None, folder)
    found = pq.read_metadata(folder / "blocks.parquet")
    return [found.row_group(number).num_rows for number in range(found.num_row_groups)]


def test_rows_leave_memory_when_too_much_waits(tmp_path, monkeypatch):
    assert _block_groups(tmp_path / "small", monkeypatch, least_bytes=1) == [14, 14, 14, 14]


def test_what_fits_into_memory_is_one_row_group(tmp_path, monkeypatch):
    assert _block_groups(tmp_path / "large", monkeypatch, least_bytes=1_000_000) == [56]


def test_row_groups_grow_with_the_root_of_what_was_written(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_COST_BYTES", 20_000)
    few = _block_groups(tmp_path / "few", monkeypatch, least_bytes=1, pages=200)
    many = _block_groups(tmp_path / "many", monkeypatch, least_bytes=1, pages=800)
    assert few[0] < few[5] < few[10]
    assert many[: len(few) - 1] == few[:-1]
    assert 1.5 * len(few) < len(many) < 3 * len(few)
    assert (sum(few), sum(many)) == (1400, 5600)


def test_texts_are_not_repeated_in_the_description_of_a_row_group(tmp_path):
    write_commit_tables(rows_of(document(page("Page"), [paragraph("words")])), None, tmp_path)
    group = pq.read_metadata(tmp_path / "blocks.parquet").row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    described = {column.path_in_schema for column in columns if column.statistics is not None}
    assert {"page_id", "type"} <= described
    assert "plain_text" not in described


def test_a_failure_is_not_taken_for_a_finished_commit(tmp_path):
    def broken():
        yield from rows_of(every_block_document())
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        write_commit_tables(broken(), None, tmp_path)
    assert not list(tmp_path.iterdir())
