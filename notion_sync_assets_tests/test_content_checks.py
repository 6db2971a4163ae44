"""Checks of what an export holds: each is green on a whole export, red for what it is about, and quiet about the rest."""

import json
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from notion_sync_assets.checks import failed_scopes
from notion_sync_assets.content_checks import CHECKS
from notion_sync_assets.core.integrity import schema_drift
from notion_sync_assets.core.notion.errors import IncompleteListingError, MassDisappearanceError
from notion_sync_assets.core.sync.engine import _Sync
from notion_sync_assets.core.sync.scopes import key_id
from notion_sync_assets.emulator import EmulatorConfig, running_emulator
from notion_sync_assets_tests.deployment import SMALL_WORLD, STILL_DEMO, deployment

NAMES = [each.name for each in CHECKS]


@contextmanager
def whole_export(folder):
    """A deployment after a whole export."""
    with (
        running_emulator(EmulatorConfig(**{**SMALL_WORLD, "limit": 0})) as notion,
        deployment(notion, folder) as made,
    ):
        assert made.run("export_job").success
        yield made


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """An export that tests damage and put right again, and whose workspace stays as it is."""
    with whole_export(tmp_path_factory.mktemp("standing") / "export") as made:
        yield made


@pytest.fixture
def changing(tmp_path):
    """An export of a workspace that the test changes."""
    with whole_export(tmp_path / "export") as made:
        yield made


@pytest.fixture
def damage():
    """Change a file, or remove it (None), until the test has ended."""
    before = {}

    def damaged(path, content):
        before[path] = path.read_bytes()
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)

    yield damaged
    for path, content in before.items():
        path.write_bytes(content)


def look(deployed, name):
    """The outcome of one check, run by itself as the UI does."""
    key = dg.AssetCheckKey(deployed.names.export("catalog"), name)
    job = dg.define_asset_job("only_the_check", selection=dg.AssetSelection.checks(key))
    merged = dg.Definitions.merge(deployed.defs, dg.Definitions(jobs=[job]))
    assert merged.resolve_job_def("only_the_check").execute_in_process(instance=deployed.instance).success
    return logged(deployed, name)


def logged(deployed, name):
    """The newest outcome of a check in the event log, None when there is none."""
    key = dg.AssetCheckKey(deployed.names.export("catalog"), name)
    found = deployed.instance.event_log_storage.get_latest_asset_check_execution_by_key([key])
    return found[key].evaluation if key in found else None


def numbers(outcome):
    return {name: value.value for name, value in outcome.metadata.items() if isinstance(value.value, int)}


def files(deployed, pattern):
    return sorted(Path(deployed.runtime.settings.output.path).glob(pattern))


def test_an_export_logs_every_check_and_those_of_a_whole_one_pass(exported):
    outcomes = {name: logged(exported, name) for name in NAMES}
    assert all(outcome.passed for outcome in outcomes.values())
    assert (
        numbers(outcomes["table_rows"])["tables"] == 7
    )  # two sources as CSV, Parquet and in the catalog; a tree
    assert numbers(outcomes["links_resolve"])["targets"] > 20
    assert numbers(outcomes["links_resolve"])["to_be_rendered"] == 0


def test_an_export_that_changes_nothing_looks_at_nothing_again(exported):
    before = logged(exported, "links_resolve")
    exported.run("publish_catalog")
    assert exported.run("export_job").success
    count = exported.instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(exported.names.export("catalog"), "links_resolve"), limit=10
    )
    assert (len(count), logged(exported, "links_resolve")) == (1, before)


@pytest.mark.parametrize("pattern", ["html/*/*.html", "json/*/*.json", "markdown/**/*.md"])
def test_a_file_that_is_linked_to_and_gone_is_named(exported, damage, pattern):
    gone = files(exported, pattern)[0]
    damage(gone, None)
    outcome = look(exported, "links_resolve")
    assert not outcome.passed
    assert outcome.severity is dg.AssetCheckSeverity.ERROR
    assert gone.name in outcome.metadata["samples"].value
    assert "verify --repair" in outcome.metadata["repair"].value


def test_a_link_to_what_is_about_to_be_rendered_is_no_broken_one(changing):
    """Between a sync and the render that follows it nothing is wrong, whenever the check runs."""
    source = key_id(changing.key("table-0"))
    changing.emulator.control.change("add_row", data_source_id=source, title="New")
    assert changing.run("export_job", {"formats": ["csv"]}).success
    outcome = look(changing, "links_resolve")
    assert outcome.passed
    assert numbers(outcome)["to_be_rendered"] > 0


def test_a_table_that_lost_a_row_is_named_with_both_counts(exported, damage):
    (table, *_) = files(exported, "csv/*.csv")
    damage(table, b"\r\n".join(table.read_bytes().split(b"\r\n")[:-2]) + b"\r\n")
    outcome = look(exported, "table_rows")
    assert not outcome.passed
    assert numbers(outcome)["wrong"] == 1
    assert table.name in outcome.metadata["samples"].value
    assert "2, 3 rows are listed" in outcome.metadata["samples"].value


def test_a_parquet_table_that_is_gone_is_named(exported, damage):
    (table, *_) = files(exported, "parquet/*/rows.parquet")
    damage(table, None)
    outcome = look(exported, "table_rows")
    assert not outcome.passed
    assert "no file" in outcome.metadata["samples"].value


def test_a_catalog_that_lost_pages_is_named(exported, damage):
    (catalog,) = files(exported, "notion.duckdb")
    damage(catalog, catalog.read_bytes())
    with duckdb.connect(catalog) as connection:
        connection.execute("DELETE FROM pages WHERE scope LIKE 'table-0%'")
    outcome = look(exported, "table_rows")
    assert not outcome.passed
    assert "0, 3 rows are listed" in outcome.metadata["samples"].value


def test_rows_with_lines_and_quotes_in_their_cells_are_counted_as_rows(changing):
    source = key_id(changing.key("table-0"))
    for title in ('A "quoted" title', 'two\nlines\r\nand "one, more', '"'):
        changing.emulator.control.change("add_row", data_source_id=source, title=title)
    assert changing.run("export_job").success
    assert logged(changing, "table_rows").passed


def test_a_column_that_went_or_was_renamed_warns_and_a_new_one_does_not(changing):
    key = changing.key("table-0")
    change, source = changing.emulator.control.change, key_id(key)
    head = changing.runtime.snapshot(key).head()["data_source"]["properties"]
    first, second = [
        name for name, each in sorted(head.items()) if each["type"] not in ("title", "relation")
    ][:2]
    change("add_property", data_source_id=source, name="Fresh", kind="checkbox")
    assert changing.run("export_job").success
    assert logged(changing, "schema_drift").passed
    assert numbers(logged(changing, "schema_drift"))["new_columns"] == 1
    change("remove_property", data_source_id=source, name=first)
    change("rename_property", data_source_id=source, name=second, new_name="Other")
    assert changing.run("export_job").success
    outcome = logged(changing, "schema_drift")
    assert not outcome.passed
    assert outcome.severity is dg.AssetCheckSeverity.WARN
    assert numbers(outcome) == {"data_sources": 1, "columns": 2, "new_columns": 1}
    assert f"{first}: removed" in outcome.metadata["samples"].value
    assert f"{second}: renamed to Other" in outcome.metadata["samples"].value
    assert failed_scopes(changing.runtime).passed


def test_a_schema_of_a_week_ago_is_the_measure(changing, monkeypatch):
    source = key_id(changing.key("table-0"))
    head = changing.runtime.snapshot(changing.key("table-0")).head()["data_source"]["properties"]
    column = next(name for name, each in sorted(head.items()) if each["type"] == "number")
    changing.emulator.control.change("remove_property", data_source_id=source, name=column)
    changing.batch()
    assert not look(changing, "schema_drift").passed
    monkeypatch.setattr(schema_drift, "LOOKED_BACK", -schema_drift.LOOKED_BACK)
    assert look(changing, "schema_drift").passed


@pytest.mark.system
def test_what_the_api_keeps_back_warns_with_its_reasons_counted_and_fails_no_scope(start_emulator, tmp_path):
    with deployment(start_emulator(**STILL_DEMO), tmp_path / "export") as demo:
        demo.run("export_job")
        outcome = logged(demo, "omitted_content")
        receipt = files(demo, "receipts/*.json")[-1]
        told = json.loads(receipt.read_bytes())["omitted"]
        assert not outcome.passed
        assert outcome.severity is dg.AssetCheckSeverity.WARN
        assert numbers(outcome) == {"omitted": sum(told.values()), **told}
        assert "unsupported_by_api" in outcome.metadata["samples"].value
        assert failed_scopes(demo.runtime).passed
        assert logged(demo, "links_resolve").passed
        assert logged(demo, "table_rows").passed


@pytest.mark.parametrize("error", [IncompleteListingError, MassDisappearanceError])
def test_what_stops_a_scope_is_red_in_the_check_of_all_scopes_and_costs_no_other(
    changing, monkeypatch, error
):
    key, sync = changing.key("table-0"), _Sync.run

    async def stopped(self):
        if self._scope.key == key:
            raise error("stopped on purpose")
        return await sync(self)

    monkeypatch.setattr(_Sync, "run", stopped)
    before = {each: changing.runtime.commits.head_seq(each) for each in changing.keys}
    for each in changing.keys:
        (row, *_) = changing.runtime.snapshot(each).present()
        changing.emulator.control.change("rename", object_id=row.page_id, title="Renamed")
    changing.index()
    changing.batch()
    moved = {each for each in changing.keys if changing.runtime.commits.head_seq(each) > before[each]}
    assert moved == {*changing.keys} - {key}
    assert [each.key for each in failed_scopes(changing.runtime).stopped] == [key]
