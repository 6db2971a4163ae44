"""Layers, their order, what an error says, and what is never shown."""

import subprocess
import sys
from pathlib import Path

import pytest

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.settings import load_settings
from notion_sync_assets.settings_layers import provenance
from notion_sync_assets.settings_model import ExportFormat, Settings

TOKEN = "ntn_314159265358979"
PAGE = "0123456789abcdef0123456789abcdef"
PAGE_DASHED = "01234567-89ab-cdef-0123-456789abcdef"


@pytest.fixture
def load(tmp_path):
    def loaded(overrides=None, *, file=None, variables=None, config_file=None):
        if file is not None:
            (tmp_path / "notion-sync.toml").write_text(file)
        return load_settings(overrides, config_file=config_file, environ=variables or {}, cwd=tmp_path)

    return loaded


def error_of(load, *args, **kwargs):
    with pytest.raises(ConfigurationError) as caught:
        load(*args, **kwargs)
    return str(caught.value)


def test_nothing_has_to_be_set(load, tmp_path):
    settings = load()
    assert settings.notion.token is None
    assert settings.notion.base_url == "https://api.notion.com"
    assert settings.output.path == str(tmp_path / "notion-export")
    assert settings.output.formats == tuple(ExportFormat)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, 6),
        ({"file": "[notion]\nattempts = 7"}, 7),
        ({"file": "[notion]\nattempts = 7", "variables": {"NOTION_SYNC_NOTION__ATTEMPTS": "8"}}, 8),
        (
            {
                "file": "[notion]\nattempts = 7",
                "variables": {"NOTION_SYNC_NOTION__ATTEMPTS": "8"},
                "overrides": {"notion.attempts": 9},
            },
            9,
        ),
    ],
)
def test_later_layers_win(load, given, expected):
    assert load(**given).notion.attempts == expected


def test_the_environment_chooses_the_packaged_file(load):
    assert load().logging.format == "text"
    production = load(file='environment = "production"')
    assert production.logging.format == "json"
    assert production.notion.outage_patience_seconds == 3600
    assert load(variables={"NOTION_SYNC_ENVIRONMENT": "staging"}).logging.level == "DEBUG"


def test_the_users_file_wins_over_the_packaged_one(load):
    assert load(file='environment = "production"\n[logging]\nformat = "text"').logging.format == "text"


def test_a_flag_may_be_nested_and_none_is_not_given(load):
    settings = load({"output": {"blocks": False, "workspace": None}})
    assert settings.output.blocks is False
    assert settings.output.workspace == "notion"


def test_the_names_of_other_tools_are_read(load, tmp_path):
    settings = load(
        variables={
            "NOTION_TOKEN": TOKEN,
            "NOTION_BASE_URL": "http://127.0.0.1:8080/",
            "DAGSTER_HOME": str(tmp_path),
        }
    )
    assert settings.notion.token is not None
    assert settings.notion.token.get_secret_value() == TOKEN
    assert settings.notion.base_url == "http://127.0.0.1:8080"
    assert settings.dagster.home == tmp_path


def test_the_longer_variable_wins_over_the_common_one(load):
    settings = load(variables={"NOTION_TOKEN": "ntn_common", "NOTION_SYNC_NOTION__TOKEN": TOKEN})
    assert settings.notion.token is not None
    assert settings.notion.token.get_secret_value() == TOKEN


def test_an_empty_variable_counts_as_not_set(load):
    assert (
        load(variables={"NOTION_TOKEN": "", "NOTION_SYNC_NOTION__ATTEMPTS": ""}).notion == Settings().notion
    )


def test_lists_in_variables_are_separated_by_commas(load):
    settings = load(variables={"NOTION_SYNC_OUTPUT__FORMATS": "parquet, json,parquet"})
    assert settings.output.formats == (ExportFormat.PARQUET, ExportFormat.JSON)


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        PAGE.upper(),
        PAGE_DASHED,
        f"https://www.notion.so/acme/Some-Title-{PAGE}",
        f"https://app.notion.com/p/Some-Title-{PAGE}?v={'a' * 32}#{'b' * 32}",
        f"https://acme.notion.site/{PAGE}",
    ],
)
def test_every_form_of_an_id_is_taken(load, text):
    assert load({"output.pages": [text]}).output.pages == (PAGE_DASHED,)


def test_relative_folders_in_a_file_are_meant_from_that_file(load, tmp_path):
    elsewhere = tmp_path / "etc" / "sync.toml"
    elsewhere.parent.mkdir()
    elsewhere.write_text('state_dir = "state"\n[output]\npath = "s3://bucket/notion"')
    settings = load(config_file=elsewhere)
    assert settings.state_dir == elsewhere.parent / "state"
    assert settings.output.path == "s3://bucket/notion"
    assert settings.output.is_remote


def test_the_variable_names_the_file(load, tmp_path):
    (tmp_path / "other.toml").write_text("[notion]\nattempts = 3")
    assert load(variables={"NOTION_SYNC_CONFIG": "other.toml"}).notion.attempts == 3


def test_a_named_file_must_be_there(load, tmp_path):
    message = error_of(load, config_file=tmp_path / "missing.toml")
    assert "missing.toml" in message
    assert "No such file" in message


def test_a_broken_file_is_named_with_the_place(load):
    message = error_of(load, file="[notion\n")
    assert "notion-sync.toml is not valid TOML" in message
    assert "line 1" in message


def test_a_file_that_is_not_text_is_an_error(load, tmp_path):
    (tmp_path / "notion-sync.toml").write_bytes(b"\xff\xfe")
    assert "it is not UTF-8 text" in error_of(load)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            {"overrides": {"catalog.memory_limit": "plenty"}},
            (
                'catalog.memory_limit = "plenty" (from flag) is not allowed; '
                "allowed: a number and KB, MB, GB, TB, KiB, MiB, GiB or TiB"
            ),
        ),
        (
            {"variables": {"NOTION_SYNC_NOTION__CONCURRENCY": "0"}},
            (
                'notion.concurrency = "0" (from NOTION_SYNC_NOTION__CONCURRENCY) is not allowed; '
                "allowed: a whole number from 1 to 256"
            ),
        ),
        (
            {"variables": {"NOTION_SYNC_ENVIRONMENT": "prod"}},
            (
                'environment = "prod" (from NOTION_SYNC_ENVIRONMENT) is not allowed; '
                "allowed: development, staging, production"
            ),
        ),
        (
            {"overrides": {"output.formats": ["json", "docx"]}},
            (
                'output.formats = ["json", "docx"] (from flag) is not allowed; '
                "allowed: one or more of json, markdown, html, csv, parquet, in a list or separated by commas"
            ),
        ),
        (
            {"variables": {"NOTION_SYNC_NOTION__ATEMPTS": "3"}},
            "unknown setting notion.atempts (from NOTION_SYNC_NOTION__ATEMPTS); did you mean notion.attempts?",
        ),
        (
            {"overrides": {"concurrency": 3}},
            "unknown setting concurrency (from flag); did you mean notion.concurrency?",
        ),
        ({"overrides": {"zzz": 3}}, "unknown setting zzz (from flag)"),
    ],
)
def test_an_error_says_key_value_origin_and_what_is_allowed(load, given, line):
    assert error_of(load, **given).splitlines() == [line]


def test_all_errors_are_told_at_once(load, tmp_path):
    message = error_of(load, file="[notion]\nattemps = 1\nconcurrency = 0\n[catalog]\nthreads = 0")
    assert len(message.splitlines()) == 3
    assert message.count(str(tmp_path / "notion-sync.toml")) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"notion.base_url": "http://api.notion.com"},
        {"notion.base_url": "http://10.0.0.1"},
        {"notion.base_url": "https://"},
        {"notion.base_url": "https://api.notion.com?x=1"},
        {"notion.api_version": "2022-06-28"},
        {"notion.requests_per_minute": -1},
        {"output.path": ""},
        {"output.formats": ""},
        {"output.pages": "not-an-id"},
        {"output.workspace": "Acme Robotics"},
        {"output.workspace": "1st"},
        {"output.blocks": "perhaps"},
        {"sync.lease_ttl_seconds": 21},
        {"sync.mass_disappearance_share": 0},
        {"catalog.memory_limit": "plenty"},
        {"state_dir": 5},
    ],
)
def test_values_out_of_bounds_are_refused(load, wrong):
    (key,) = wrong
    assert error_of(load, wrong).startswith(f"{key} = ")


@pytest.mark.parametrize(
    "variables",
    [
        {"NOTION_SYNC_NOTION__BASE_URL": TOKEN},
        {"NOTION_SYNC_NOTION__BASE_URL": f"https://me:{TOKEN}@api.notion.com"},
        {"NOTION_SYNC_NOTION__BASE_URL": "https://me:hunter2@api.notion.com"},
        {"NOTION_SYNC_NOTION__TOKEN_": TOKEN},
        {"NOTION_SYNC_OUTPUT__PAGES": f"{PAGE},{TOKEN}"},
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(load, variables):
    message = error_of(load, variables=variables)
    assert TOKEN not in message
    assert "hunter2" not in message


def test_the_token_is_in_no_dump(load):
    settings = load(variables={"NOTION_TOKEN": TOKEN})
    for text in (repr(settings), settings.model_dump_json(), repr(provenance(settings))):
        assert TOKEN not in text


def test_a_token_of_the_wrong_type_is_not_repeated(load):
    message = error_of(load, {"notion.token": [TOKEN]})
    assert message.startswith('notion.token = "********" (from flag)')


def test_provenance_names_the_layer_of_every_setting(load, tmp_path):
    origins = provenance(
        load({"output.blocks": False}, file="[sync]\njournal_pages = 9", variables={"NOTION_TOKEN": TOKEN})
    )
    assert origins["output.blocks"] == (False, "flag")
    assert origins["sync.journal_pages"] == (9, str(tmp_path / "notion-sync.toml"))
    assert origins["notion.token"] == ("********", "NOTION_TOKEN")
    assert origins["notion.requests_per_minute"] == (180, "packaged base.toml")
    assert origins["logging.format"] == ("text", "packaged development.toml")
    assert origins["output.exclude"] == ([], "default")
    assert origins["output.formats"] == (["json", "markdown", "html", "csv", "parquet"], "default")


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings().notion.attempts = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("per_minute", "window", "per_window"), [(180, 60, 180), (600, 10, 100), (30, 1, 1), (0, 60, 0)]
)
def test_the_limit_is_scaled_to_the_window(load, per_minute, window, per_window):
    notion = load({"notion": {"requests_per_minute": per_minute, "window_seconds": window}}).notion
    assert notion.requests_per_window == per_window


@pytest.mark.parametrize(
    "change",
    [
        {"output.blocks": False},
        {"output.properties": False},
        {"output.comments": False},
        {"output.people": "pseudonym"},
        {"output.files": False},
        {"output.max_file_size_bytes": 5},
        {"notion.api_version": "2025-09-03"},
    ],
)
def test_the_fingerprint_moves_with_what_changes_a_document(load, change):
    assert load(change).fingerprint() != load().fingerprint()


@pytest.mark.parametrize(
    "change",
    [
        {"output.pages": PAGE},
        {"output.formats": "csv"},
        {"output.path": "elsewhere"},
        {"notion.token": TOKEN},
        {"notion.concurrency": 1},
        {"logging.level": "DEBUG"},
    ],
)
def test_the_fingerprint_stays_with_what_only_chooses_or_writes(load, change):
    assert load(change).fingerprint() == load().fingerprint()


def test_the_size_of_files_does_not_matter_without_files(load):
    without = {"output.files": False}
    assert load(without).fingerprint() == load({**without, "output.max_file_size_bytes": 5}).fingerprint()


def test_importing_the_settings_is_quick_and_loads_nothing_heavy():
    program = (
        "import pydantic, sys, time; from pydantic import BaseModel, Field, SecretStr, AfterValidator\n"
        "class Warm(BaseModel):\n    a: int = 0\n"
        "start = time.process_time(); import notion_sync_assets.settings_layers; spent = time.process_time() - start\n"
        "print(spent, *sorted({'dagster', 'httpx', 'pandas', 'pyarrow', 'duckdb'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert float(answer[0]) < 0.15
    assert answer[1:] == []


def test_the_process_environment_and_folder_are_the_default(monkeypatch, tmp_path):
    monkeypatch.setenv("NOTION_SYNC_OUTPUT__PATH", "here")
    monkeypatch.chdir(tmp_path)
    assert Path(load_settings().output.path) == tmp_path / "here"


OPTIONS = {"endpoint_url": "http://127.0.0.1:9000", "key": "an-id", "secret": "a-secret"}


def test_options_of_a_store_are_a_table_in_a_file_and_json_in_a_variable(load):
    told = '{"endpoint_url": "http://127.0.0.1:9000", "key": "an-id", "secret": "a-secret"}'
    table = "".join(f'{name} = "{value}"\n' for name, value in OPTIONS.items())
    for settings in (
        load(variables={"NOTION_SYNC_OUTPUT__STORAGE_OPTIONS": told}),
        load(file=f"[output.storage_options]\n{table}"),
        load({"output": {"storage_options": OPTIONS}}),
    ):
        assert settings.output.storage_options.get_secret_value() == OPTIONS
        shown, _ = provenance(settings)["output.storage_options"]
        assert shown == "********"
        assert "a-secret" not in f"{settings!r} {provenance(settings)} {settings.model_dump()}"


@pytest.mark.parametrize("wrong", ['{"secret": "a-secret"', '["a-secret"]', "a-secret"])
def test_options_that_are_no_table_are_refused_without_being_repeated(load, wrong):
    error = error_of(load, variables={"NOTION_SYNC_OUTPUT__STORAGE_OPTIONS": wrong})
    assert "output.storage_options" in error
    assert "a table of options" in error
    assert "a-secret" not in error


def test_an_address_with_a_password_is_refused_without_being_repeated(load):
    error = error_of(load, variables={"NOTION_SYNC_OUTPUT__PATH": "s3://user:a-secret@bucket/path"})
    assert "without a password" in error
    assert "a-secret" not in error
