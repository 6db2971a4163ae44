"""Everything on docs/recipes.md runs as it stands in the folder of the demo: SQL, pandas, Polars, the notebook."""

import pytest

from notion_sync_assets.core.catalog.queries import run_query
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.processes.exporter import Exporter
from notion_sync_assets_tests.recipes import notebook_code, python_code, queries

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which `demo-export` is."""
    place = tmp_path_factory.mktemp("demo")
    with running_emulator(EmulatorConfig(world="demo", limit=0)) as emulator:
        exported = Exporter(place / "demo-export", emulator.url).call(
            "export", "--quiet", "--no-files", "--format", "parquet"
        )
    assert exported.code == 0, exported.err
    return place


def test_every_query_runs_and_only_time_is_needed_for_a_cycle(folder):
    empty = {
        heading
        for heading, sql in queries().items()
        if not run_query(folder / "demo-export" / "notion.duckdb", sql).rows
    }
    # One export has no history yet, and without files none is large.
    assert empty == {"Cycle time of tasks", "The largest files, and how often each is used"}


@pytest.fixture
def at_home(folder, monkeypatch):
    monkeypatch.chdir(folder)


@pytest.mark.usefixtures("at_home")
def test_pandas_and_polars_read_what_the_export_wrote(capsys):
    pandas, catalog, polars = python_code()
    assert "import pandas" in pandas
    assert "duckdb.connect" in catalog
    assert "import polars" in polars
    values = {}
    for code in (pandas, catalog, polars):
        exec(code, values)
    assert values["hours"]["count"].sum() == len(values["pd"].read_parquet(values["rows"])) == 44
    assert values["people"]["Tasks"].sum() >= 44
    assert "datetime64" in capsys.readouterr().out


@pytest.mark.usefixtures("at_home")
def test_the_notebook_runs_from_the_first_cell_to_the_last():
    values = {}
    for code in notebook_code():
        exec(code, values)
    assert "state" in set(values["columns"]["column_name"])
    assert set(values["hours"].columns) >= {"Done", "In progress"}
    assert values["due"].sum() > 0
    assert values["growth"]["all"].iloc[-1] == 198
