"""Request files: each in order gets one run that does what it says, each other is put aside with the reason."""

import dagster as dg
import orjson
import pytest

from notion_sync_assets.core.sync.scopes import key_id
from notion_sync_assets_tests.automation import run_requested, sensor_tick
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment, refuse_persistently

TOKEN_IN_THE_WRONG_PLACE = "ntn_31415926535897932384626433832795028841971"


@pytest.fixture
def dagster(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export") as made:
        made.index()
        made.requests()
        yield made


def requests_folder(deployed):
    folder = deployed.runtime.storage.path("state/requests")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def drop(deployed, name, asked):
    text = asked if isinstance(asked, str) else orjson.dumps(asked).decode()
    (requests_folder(deployed) / f"{name}.json").write_text(text)


def waiting(deployed):
    return sorted(path.name for path in requests_folder(deployed).glob("*.json"))


def refused(deployed, name):
    return (requests_folder(deployed) / "refused" / f"{name}.reason.txt").read_text()


def tick(deployed, cursor=None):
    return sensor_tick(deployed, "export_request_sensor", cursor)


def test_the_sensor_is_stopped_until_somebody_starts_it(dagster):
    found = dagster.defs.resolve_sensor_def("export_request_sensor")
    assert found.default_status is dg.DefaultSensorStatus.STOPPED


def test_a_request_is_one_run_of_its_scopes_in_its_formats(dagster):
    key = dagster.key("table-0")
    drop(dagster, "one", {"scopes": [key], "formats": ["csv"]})
    found = tick(dagster)
    assert dagster.requests() == {}
    (request,) = found.run_requests
    assert request.job_name == "export_request"
    assert run_requested(dagster, request).success
    assert dagster.runtime.commits.committed_scopes() == [key]
    root = dagster.runtime.storage.root
    assert [path.suffix for path in root.glob("csv/*")] == [".csv"]
    assert not (root / "markdown").exists()
    assert (root / "notion.duckdb").is_file()


def test_a_file_stays_until_its_run_is_there_and_asks_for_the_same_run_until_then(dagster):
    drop(dagster, "one", {"scopes": [dagster.key("table-0")]})
    first = tick(dagster)
    again = tick(dagster, first.cursor)
    assert [each.run_key for each in again.run_requests] == [each.run_key for each in first.run_requests]
    assert waiting(dagster) == ["one.json"]
    run_requested(dagster, first.run_requests[0])
    after = tick(dagster, again.cursor)
    assert "no new request" in after.skip_message
    assert waiting(dagster) == []


def test_the_name_of_an_earlier_request_is_refused(dagster):
    drop(dagster, "one", {"scopes": [dagster.key("table-0")]})
    first = tick(dagster)
    run = run_requested(dagster, first.run_requests[0])
    tick(dagster, first.cursor)
    drop(dagster, "one", {"scopes": [dagster.key("table-1")]})
    assert tick(dagster, "[]").run_requests == []
    assert run.run_id in refused(dagster, "one")


@pytest.mark.parametrize("written", ["id", "address"])
def test_a_scope_may_be_an_id_or_an_address(dagster, written):
    key = dagster.key("table-0")
    reference = {"id": key_id(key), "address": f"https://www.notion.so/Table-{key[-32:]}?v=1"}[written]
    drop(dagster, "one", {"scopes": [reference]})
    (request,) = tick(dagster).run_requests
    assert request.run_config["ops"]["export_requested"]["config"]["scopes"] == [key]


def test_a_request_without_scopes_exports_everything(dagster):
    drop(dagster, "all", {"formats": ["json"], "full": True})
    (request,) = tick(dagster).run_requests
    assert request.job_name == "export_job"
    assert run_requested(dagster, request).success
    assert len(dagster.runtime.commits.committed_scopes()) == 3
    folders = {path.name for path in dagster.runtime.storage.root.iterdir()}
    assert "json" in folders
    assert not folders & {"markdown", "html", "csv", "parquet"}


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("{not json", "it is not JSON"),
        ({"formats": ["pdf"]}, "formats.0:"),
        ({"scopes": "all"}, "scopes:"),
        ({"scopes": ["SELECT 1"]}, "neither a known partition key"),
        ({"scopes": ["../../etc/passwd"]}, "neither a known partition key"),
        ({"scopes": ["0" * 32]}, "nothing this connection can see"),
        ({"output": "/tmp/elsewhere"}, "a key: Extra inputs"),
        ({"full": "perhaps"}, "full:"),
        ("[" + " " * 70_000 + "]", "larger than 65536 bytes"),
    ],
)
def test_what_is_no_request_is_put_aside_with_the_reason(dagster, asked, reason):
    drop(dagster, "odd", asked)
    assert tick(dagster).run_requests == []
    assert reason in refused(dagster, "odd")
    assert waiting(dagster) == []


def test_a_token_in_a_request_is_repeated_nowhere(dagster):
    drop(dagster, "odd", {"token": TOKEN_IN_THE_WRONG_PLACE, "scopes": [TOKEN_IN_THE_WRONG_PLACE]})
    drop(dagster, "key", {TOKEN_IN_THE_WRONG_PLACE: 1})
    tick(dagster)
    for name in ("odd", "key"):
        assert TOKEN_IN_THE_WRONG_PLACE not in refused(dagster, name)


def test_a_bad_request_does_not_cost_the_good_ones(dagster):
    drop(dagster, "a-bad", "nothing")
    drop(dagster, "b-good", {"scopes": [dagster.key("table-0")]})
    assert [request.run_key for request in tick(dagster).run_requests] == ["request:b-good"]


def test_other_names_are_nobodys_request(dagster):
    (requests_folder(dagster) / "half.json.part").write_text("{")
    (requests_folder(dagster) / ".hidden.json").write_text("{}")
    assert "no new request" in tick(dagster).skip_message


def test_a_page_that_fails_fails_the_run_after_everything_else_was_published(dagster):
    key = dagster.key("table-0")
    with pytest.MonkeyPatch.context() as patch:
        refuse_persistently(patch, "/children")
        result = dagster.run("export_request", {"scopes": [key]}, raise_on_error=False)
    assert not result.success
    assert (dagster.runtime.storage.root / "notion.duckdb").is_file()
    assert dagster.run("sync_failed").success
