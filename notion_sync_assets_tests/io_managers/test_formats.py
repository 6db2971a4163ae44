"""The IO managers of the formats: they write files, tell what they wrote, and have nothing to load."""

from pathlib import Path

import dagster as dg
import pytest

from notion_sync_assets.io_managers.formats import FormatIOManager
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment


@pytest.fixture
def linked(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export") as made:
        made.index()
        made.batch()
        made.run("refresh_links")
        yield made


def written(deployed, form, view):
    with dg.build_output_context() as context:
        FormatIOManager(deployed.runtime, form).handle_output(context, view)
        return {name: getattr(value, "value", value) for name, value in context.get_logged_metadata().items()}


def test_files_are_written_once_and_stale_ones_deleted(linked):
    key = linked.key("table-0")
    view = linked.runtime.snapshot(key)
    first = written(linked, "json", view)
    place = first.pop("first_file")
    assert Path(place).is_file()
    assert first == {"files": 4, "written": 4, "unchanged": 0, "deleted": 0, "sequence": 1}
    assert written(linked, "json", view) == {
        "files": 4,
        "written": 0,
        "unchanged": 0,
        "deleted": 0,
        "sequence": 1,
        "first_file": place,
    }
    page = next(iter(view.rows())).page_id
    linked.emulator.control.change("trash", object_id=page)
    linked.index()
    linked.batch([key])
    linked.run("refresh_links")
    after = written(linked, "json", linked.runtime.snapshot(key))
    assert (after["files"], after["deleted"], after["sequence"]) == (3, 1, 2)
    assert not list(linked.runtime.storage.root.rglob(f"json/**/{page}.json"))


def test_a_table_shows_its_rows_and_the_columns_of_its_data_source(linked):
    key = linked.key("table-0")
    view = linked.runtime.snapshot(key)
    told = written(linked, "csv", view)
    assert told["dagster/partition_row_count"] == sum(1 for row in view.rows() if row.present)
    columns = {column.name: column.type for column in told["dagster/column_schema"].columns}
    assert columns == {name: each["type"] for name, each in view.head()["data_source"]["properties"].items()}


def test_content_is_previewed_only_when_it_is_asked_for(start_emulator, tmp_path):
    emulator = start_emulator(**SMALL_WORLD)
    for previews in (False, True):
        folder = tmp_path / str(previews)
        with deployment(emulator, folder, **{"dagster.previews": previews}) as made:
            made.index()
            made.batch()
            made.run("refresh_links")
            view = made.runtime.snapshot(made.key("table-0"))
            told = written(made, "csv", view)
            assert ("preview" in told) is previews
            assert "preview" not in written(made, "parquet", view)
    header = Path(told["first_file"]).read_text(encoding="utf-8-sig").splitlines()[0]
    assert header in told["preview"]


def test_a_scope_without_a_commit_has_no_files(linked):
    assert written(linked, "json", None) == {"files": 0}


def test_a_format_that_is_taken_as_an_input_says_what_to_do_instead(linked):
    @dg.asset(ins={"table": dg.AssetIn(dg.AssetKey(["export", "csv"]))})
    def wrong(table):
        return table

    with (
        dg.build_input_context(asset_key=dg.AssetKey(["export", "csv"])) as context,
        pytest.raises(dg.DagsterInvariantViolationError, match=r"export/csv is files for people .* deps="),
    ):
        FormatIOManager(linked.runtime, "csv").load_input(context)
