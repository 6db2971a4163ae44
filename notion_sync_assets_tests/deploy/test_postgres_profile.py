"""The PostgreSQL profile of the instance on a real server: runs, events, partitions and checks of an export live there."""

import shutil
from contextlib import closing
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from notion_sync_assets.core.sync import outbox
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets_tests.deployment import SMALL_WORLD, Deployment, settings_for
from notion_sync_assets_tests.postgres_server import postgres_programs, running_postgres
from notion_sync_assets_tests.system.conftest import absent
from notion_sync_assets_tests.system.test_webserver import free_port

pytestmark = [
    pytest.mark.system,
    # The driver asks for a time in a way that Python has since renamed.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:psycopg2"),
]

PROFILE = Path(__file__).parents[2] / "deploy" / "dagster.postgres.yaml"


@pytest.fixture(scope="module")
def server():
    programs = postgres_programs()
    if programs is None:
        absent("PostgreSQL is not installed")
    with running_postgres(programs, free_port()) as running:
        yield running


@pytest.fixture
def home(server, tmp_path, monkeypatch):
    """A DAGSTER_HOME with the profile, and the variables it reads."""
    made = tmp_path / "home"
    made.mkdir()
    shutil.copyfile(PROFILE, made / "dagster.yaml")
    variables = {
        "DAGSTER_PG_HOST": "127.0.0.1",
        "DAGSTER_PG_DATABASE": "postgres",
        "DAGSTER_PG_USER": server.user,
        "DAGSTER_PG_PASSWORD": "any",
        "DAGSTER_ARTIFACTS": str(tmp_path / "artifacts"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    text = (made / "dagster.yaml").read_text()
    (made / "dagster.yaml").write_text(text.replace("port: 5432", f"port: {server.port}"))
    return made


def test_an_export_is_kept_in_the_database_and_found_by_the_next_process(
    home, server, start_emulator, tmp_path
):
    settings = settings_for(start_emulator(**SMALL_WORLD), tmp_path / "export", **{"output.formats": "json"})
    with closing(ExportRuntime(settings)) as runtime:
        with dg.DagsterInstance.from_config(str(home)) as instance:
            made = Deployment(None, runtime, instance)
            result = made.run("export_job")
            assert result.success
            keys = made.keys
        with dg.DagsterInstance.from_config(str(home)) as again:
            later = Deployment(None, runtime, again)
            assert later.keys == keys
            assert again.get_run_by_id(result.run_id).is_success
            assert later.outcome("workspace_index", "failed_scopes").passed
            told = {event.partition for event in later.events("page_versions")}
            assert told == {page for key in keys for page in later.pages_of(key)}
            unpublished = [commit for key in keys for commit in outbox.unpublished(runtime.storage, key)]
            assert unpublished == []
    with psycopg.connect(server.dsn) as database:
        (events,) = database.execute("SELECT count(*) FROM event_logs").fetchone()
        assert events > len(told)
    assert not list(home.rglob("*.db"))
