"""`config show` and `config check`, run as a person runs them."""

import json

import pytest
from click.testing import CliRunner

from notion_sync_assets.cli_config import config_group

TOKEN = "ntn_314159265358979"


@pytest.fixture
def run(tmp_path, monkeypatch):
    for name in ("NOTION_TOKEN", "NOTION_BASE_URL", "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def invoked(*arguments, **variables):
        return CliRunner().invoke(config_group, arguments, env=variables)

    return invoked


def test_show_lists_every_setting_with_its_origin(run):
    lines = run("show", NOTION_TOKEN=TOKEN, NOTION_SYNC_NOTION__ATTEMPTS="9").output.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows["notion.attempts"] == ["9", "NOTION_SYNC_NOTION__ATTEMPTS"]
    assert rows["notion.token"] == ['"********"', "NOTION_TOKEN"]
    assert rows["catalog.threads"] == ["2", "default"]


def test_show_never_prints_the_token(run):
    for arguments in (["show"], ["show", "--json"]):
        assert TOKEN not in run(*arguments, NOTION_TOKEN=TOKEN).output


def test_show_as_json_is_one_object(run):
    shown = json.loads(run("show", "--json", NOTION_SYNC_OUTPUT__FORMATS="csv").stdout)
    assert shown["output.formats"] == {"value": ["csv"], "source": "NOTION_SYNC_OUTPUT__FORMATS"}


def test_show_reads_the_file_it_is_given(run, tmp_path):
    (tmp_path / "mine.toml").write_text("[notion]\nattempts = 4")
    shown = json.loads(run("show", "--json", "--config", "mine.toml").stdout)
    assert shown["notion.attempts"] == {"value": 4, "source": str(tmp_path / "mine.toml")}


def test_check_says_that_all_is_well_and_what_is_still_missing(run):
    answer = run("check")
    assert answer.exit_code == 0
    assert answer.output.startswith("valid: environment development, export to ")
    assert "set NOTION_TOKEN" in answer.output
    assert "set NOTION_TOKEN" not in run("check", NOTION_TOKEN=TOKEN).output


def test_check_as_json_says_where_things_will_be(run, tmp_path):
    facts = json.loads(run("check", "--json", NOTION_TOKEN=TOKEN).stdout)
    assert facts == {
        "valid": True,
        "environment": "development",
        "output": str(tmp_path / "notion-export"),
        "instance": str(tmp_path / "notion-export" / ".dagster"),
        "has_token": True,
    }


@pytest.mark.parametrize("command", ["show", "check"])
def test_a_wrong_setting_ends_with_code_2_and_nothing_on_standard_output(run, command):
    answer = run(command, NOTION_SYNC_NOTION__ATTEMPTS="none")
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert "notion.attempts" in answer.stderr
    assert "config show" in answer.stderr


def test_an_object_store_without_a_local_folder_is_told_before_the_export(run):
    answer = run("check", NOTION_SYNC_OUTPUT__PATH="s3://bucket/notion")
    assert answer.exit_code == 2
    assert "set DAGSTER_HOME, or state_dir (--state-dir, NOTION_SYNC_STATE_DIR)" in answer.stderr
