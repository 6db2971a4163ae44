"""Everything a person can get wrong ends with one clear line, a hint and the exit code of design §11."""

import socket
import time

import orjson
import pytest

from notion_sync_assets.emulator import objects
from notion_sync_assets_tests.processes.exporter import Exporter

ABSENT = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def emulator(start_emulator):
    return start_emulator(world="generated", pages=2, rows=2, databases=1, token="secret_right", search_lag=0)


@pytest.fixture
def exporter(tmp_path, emulator, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Exporter(tmp_path / "export", emulator.url, token="secret_right")


def refused(exporter, code, message, hint, *arguments):
    """Run with and without --json: the same words, once as lines and once as one object on standard output."""
    told = exporter.call("export", *arguments)
    assert told.code == code, told.err
    assert told.out == ""
    error, advice = told.err.splitlines()[-2:]
    assert error.startswith("Error: ")
    assert message in error
    assert advice.startswith("       ")
    assert hint in advice
    answered = exporter.call("export", "--json", *arguments)
    assert answered.code == code
    assert answered.json["exit_code"] == code
    assert message in answered.json["error"]
    assert hint in answered.json["hint"]
    assert "Traceback" not in told.err + answered.err


def nothing_written(exporter):
    return not exporter.folder.exists() or not [
        path for path in exporter.folder.rglob("*") if path.is_file() and ".dagster" not in path.parts
    ]


def test_a_wrong_token_is_refused_by_notion(exporter):
    exporter.token = "secret_wrong"
    refused(exporter, 3, "API token is invalid", "Check NOTION_TOKEN")
    assert nothing_written(exporter)


def test_a_missing_token_is_a_setting_to_correct(exporter):
    exporter.token = ""
    refused(exporter, 2, "token", "NOTION_TOKEN")
    assert nothing_written(exporter)


def test_a_connection_that_nothing_is_shared_with_says_how_to_share(exporter, emulator):
    for kind in ("page", "database", "data_source"):
        for identifier in emulator.control.oracle_ids(kind):
            emulator.control.change("unshare", object_id=identifier)
    refused(exporter, 3, "nothing in this workspace is shared", "Connections")


def test_a_host_that_nobody_answers_at_ends_within_seconds(exporter):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        exporter.url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        began = time.monotonic()
        told = exporter.call("export", "--json")
    assert time.monotonic() - began < 20
    assert told.code == 3
    assert told.json["exit_code"] == 3
    assert "Check the network" in told.json["hint"]
    assert nothing_written(exporter)


@pytest.mark.parametrize("place", ["file", "below a file"])
def test_a_file_in_the_way_of_the_folder_is_named(exporter, tmp_path, place):
    (tmp_path / "taken").write_text("a letter")
    exporter.folder = tmp_path / "taken" if place == "file" else tmp_path / "taken" / "export"
    refused(exporter, 2, "taken", "--output")
    assert (tmp_path / "taken").read_text() == "a letter"


def test_a_folder_with_other_things_in_it_is_left_alone(exporter):
    exporter.folder.mkdir()
    (exporter.folder / "thesis.docx").write_text("years of work")
    refused(exporter, 2, "thesis.docx", "--output")
    assert [path.name for path in exporter.folder.iterdir()] == ["thesis.docx"]


def test_the_folder_of_another_workspace_is_left_alone(exporter, start_emulator, monkeypatch):
    assert exporter.call("export", "--quiet").code == 0
    before = {
        path: path.read_bytes() for path in exporter.folder.rglob("*.json") if "receipts" not in path.parts
    }
    monkeypatch.setattr(objects, "SPACE_ID", ABSENT)
    exporter.url = start_emulator(world="demo", token="secret_right").url
    refused(exporter, 2, "another workspace", "another folder")
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("option", ["--page", "--database"])
def test_an_id_nobody_knows_is_named(exporter, option):
    refused(exporter, 2, "01234567-89ab-cdef-0123-456789abcdef", "shared", option, ABSENT)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--format", "docx"), "output.formats"),
        (("--page", "no id"), "output.pages"),
        (("--exclude", "no id"), "output.exclude"),
    ],
)
def test_an_option_with_a_wrong_value_is_named(exporter, arguments, message):
    refused(exporter, 2, message, "config show", *arguments)
    assert nothing_written(exporter)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[notion\n", "not valid TOML"),
        ("[notion]\nattemps = 3\n", "did you mean notion.attempts"),
        ('[notion]\nbase_url = "http://example.com"\n', "notion.base_url"),
    ],
)
def test_a_wrong_file_of_settings_is_named(exporter, tmp_path, text, message):
    (tmp_path / "mine.toml").write_text(text)
    exporter.url = ""
    refused(exporter, 2, message, "", "--config", "mine.toml")
    assert nothing_written(exporter)


def test_the_token_is_not_sent_over_plain_http(exporter):
    exporter.url = "http://notion.example.com"
    refused(exporter, 2, "http://notion.example.com", "config show")
    assert nothing_written(exporter)


def test_a_missing_file_of_settings_is_named(exporter):
    told = exporter.call("export", "--config", "absent.toml")
    assert told.code == 2
    assert "absent.toml" in told.err


def test_an_unknown_option_is_bad_usage(exporter):
    told = exporter.call("export", "--everything")
    assert told.code == 2
    assert "--everything" in told.err
    assert told.out == ""


def remote(exporter, url, **options):
    exporter.settings = {
        **exporter.settings,
        "OUTPUT__PATH": url,
        "OUTPUT__STORAGE_OPTIONS": orjson.dumps({"key": "a", "secret": "b-secret", **options}).decode(),
        "STATE_DIR": exporter.folder,
    }
    return exporter


def test_a_store_that_cannot_be_reached_or_has_no_such_bucket_is_told(exporter, object_store):
    nobody = {"endpoint_url": "http://127.0.0.1:9", "config_kwargs": {"retries": {"max_attempts": 0}}}
    remote(exporter, "s3://bucket/export", **nobody)
    refused(exporter, 2, "cannot export to s3://bucket/export", "can be reached")
    remote(exporter, "s3://no-such-bucket/export", endpoint_url=object_store.url)
    refused(exporter, 2, "The specified bucket does not exist", "make the bucket first")


def test_a_prefix_that_holds_something_else_is_refused(exporter, object_store):
    url = object_store.bucket()
    object_store.fs.pipe_file(f"{url.removeprefix('s3://')}/photos/cat.jpg", b"x")
    remote(exporter, url, endpoint_url=object_store.url)
    refused(exporter, 2, "it holds 'photos'", "--output")
    assert object_store.names(url) == ["photos/cat.jpg"]


def test_an_object_store_without_a_local_folder_is_refused_before_anything_is_asked(exporter, emulator):
    exporter.settings = {**exporter.settings, "OUTPUT__PATH": "s3://bucket/export"}
    refused(exporter, 2, "needs a local folder for Dagster's event log", "DAGSTER_HOME")
    assert emulator.control.stats()["requests"] == 0
