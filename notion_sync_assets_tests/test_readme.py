"""The README keeps its word: each command in it runs, what it shows is what comes out, what it names is there.

Commands run as written, in this process: only `.venv/bin/` is taken off, the address is a local Notion's, and the
token's `…` becomes digits.
"""

import csv
import re
import shlex
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from notion_sync_assets.cli import cli
from notion_sync_assets_tests.processes.exporter import Exporter

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
PROGRAM = ".venv/bin/notion-sync "

# How each command of a `sh` fence is run.
TARGET = "the Makefile has it"
VARIABLE = "set for the commands below it"
EMULATED = "run against a local Notion, in this order"
DUCKDB = "run by the duckdb command on the demo"
COMMANDS = {
    "make demo": TARGET,
    "export NOTION_TOKEN=ntn_…": VARIABLE,
    ".venv/bin/notion-sync doctor --output my-workspace": EMULATED,
    ".venv/bin/notion-sync plan --output my-workspace": EMULATED,
    ".venv/bin/notion-sync export --output my-workspace": EMULATED,
    'duckdb -readonly -csv demo-export/notion.duckdb "SELECT title, url FROM data_sources ORDER BY title"': DUCKDB,
    "make test": TARGET,
}
# A running export's own folder: an empty one may stay behind, and is no part of what people get.
UNLISTED = {".scratch"}


def run_as(way):
    return [command for command, how in COMMANDS.items() if how == way]


def lines_of(language):
    texts = [text for kind, text in FENCES if kind == language]
    return [line for text in texts for line in text.splitlines() if line]


def transcripts():
    """What the `console` fences show: command (it ends with its quotation mark) and output."""
    found = re.findall(
        r'^\$ ([^"]+"[^"]+")\n((?:(?!\$ |# ).*\n)*)', "\n".join([*lines_of("console"), ""]), re.MULTILINE
    )
    return dict(found)


def arguments(command):
    assert command.startswith(PROGRAM)
    return shlex.split(command.removeprefix(PROGRAM))


def table(heading):
    """The rows of the table below a heading, as (place, what it holds)."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", section, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def after_make_demo(tmp_path_factory):
    """The folder in which `make demo` did what the Makefile says, and a person in it."""
    (recipe,) = re.findall(r"^demo: .*\n\t(.+)$", MAKEFILE, flags=re.MULTILINE)
    (output,) = re.findall(r"^DEMO := (.+)$", MAKEFILE, flags=re.MULTILINE)
    command = recipe.replace("$(BIN)/", ".venv/bin/").replace("$(DEMO)", output)
    folder = tmp_path_factory.mktemp("checkout")
    person = Exporter(folder / "unused", "", token="")
    with pytest.MonkeyPatch.context() as patch, chdir(folder):
        patch.delenv("DAGSTER_HOME", raising=False)
        patch.delenv("NOTION_SYNC_CONFIG", raising=False)
        done = person.call(*arguments(command))
    assert done.code == 0, done.err
    return folder, person


def test_every_fence_says_what_it_is():
    assert {kind for kind, _ in FENCES} == {"text", "sh", "console", "python"}


def test_every_command_is_in_the_table_and_every_row_of_it_in_the_readme():
    assert lines_of("sh") == list(COMMANDS)


def test_every_transcript_is_a_query_of_the_demo():
    prompts = [line for line in lines_of("console") if line.startswith("$ ")]
    assert len(prompts) == len(transcripts()) == 5
    assert all(line.startswith(f"$ {PROGRAM}query -o demo-export ") for line in prompts)


@pytest.mark.parametrize("command", run_as(TARGET))
def test_the_make_targets_are_there(command):
    assert re.search(rf"^{command.removeprefix('make ')}: .*## \S", MAKEFILE, flags=re.MULTILINE)


def test_the_first_export_of_a_workspace_works_as_written(start_emulator, tmp_path, monkeypatch):
    emulator = start_emulator(world="generated", pages=3, rows=2, databases=1, search_omit_rate=0)
    (exported,) = run_as(VARIABLE)
    name, token = exported.removeprefix("export ").split("=")
    assert name == "NOTION_TOKEN"
    person = Exporter(tmp_path / "unused", emulator.url, token.replace("…", "2718281828"))
    monkeypatch.chdir(tmp_path)
    for command in run_as(EMULATED):
        assert not (tmp_path / "my-workspace").exists(), f"{command} comes after something that wrote"
        done = person.call(*arguments(command))
        assert done.code == 0, f"{command}: {done.out}{done.err}"
    assert (tmp_path / "my-workspace" / "html" / "index.html").is_file()
    assert not (tmp_path / "unused").exists()


@pytest.mark.system
def test_the_queries_give_what_the_readme_shows(after_make_demo):
    folder, person = after_make_demo
    with chdir(folder):
        given = {command: person.call(*arguments(command)).out for command in transcripts()}
    assert given == transcripts()


@pytest.mark.system
def test_pandas_and_duckdb_read_what_the_readme_reads(after_make_demo):
    folder, _ = after_make_demo
    (script,) = [text for kind, text in FENCES if kind == "python"]
    found = {}
    with chdir(folder):
        exec(compile(script, "README.md", "exec"), found)
        late = found["late"].fetchall()
    assert dict(found["hours"])["Done"] > 0
    assert len(late) > 0
    assert found["words"]["letters"].sum() > 1000


@pytest.mark.system
def test_the_duckdb_command_opens_the_catalog(after_make_demo):
    folder, _ = after_make_demo
    (command,) = run_as(DUCKDB)
    program = Path(sys.executable).with_name("duckdb")
    answer = subprocess.run(
        [program, *shlex.split(command)[1:]], cwd=folder, check=True, capture_output=True, text=True
    )
    assert answer.stderr == ""
    titles = [row["title"] for row in csv.DictReader(answer.stdout.splitlines())]
    assert {"Tasks", "Reading list", "Team wiki"} <= set(titles)


@pytest.mark.system
def test_the_table_of_the_export_is_what_a_demo_leaves(after_make_demo):
    folder, person = after_make_demo
    places = table("What is in the export")
    export = folder / "demo-export"
    empty = [place for place in places if not list(export.glob(re.sub(r"<[^>]+>", "*", place.rstrip("/"))))]
    assert empty == []
    left = {entry.name for entry in export.iterdir()} - UNLISTED
    assert left == {place.split("/")[0] for place in places}
    tables = set(re.findall(r"`(\w+)`", places["notion.duckdb"]))
    shown = person.call("query", "-o", str(export), "--csv", "SHOW TABLES").out.split()
    assert tables <= set(shown)
    assert len(tables) > 5


def test_programs_targets_and_options_in_the_text_exist():
    names = set(re.findall(r"`notion-sync ([a-z-]+)", README))
    of_the_past = {"history", "diff", "backup", "restore", "verify", "gc", "purge"}
    assert names == {"export", "plan", "doctor", "status", "query", "config", "serve", *of_the_past}
    assert names <= set(cli.commands)
    for target in re.findall(r"`make ([a-z-]+)`", README):
        assert f"\n{target}: " in MAKEFILE
    options = {
        name
        for command in ("export", "query", "diff")
        for each in cli.commands[command].params
        for name in each.opts
    }
    assert set(re.findall(r"`(--[a-z-]+)", README)) <= options | {"--help"}


def test_what_the_text_says_of_dagster_is_in_the_definitions():
    from notion_sync_assets.build import build_definitions
    from notion_sync_assets.settings_model import Settings

    # Not the module's own: an earlier test may have loaded it for a workspace of another name.
    repository = build_definitions(Settings()).get_repository_def()
    named = set(re.findall(r"`([a-z]+_[a-z]+)`", README))
    known = {each.name for each in repository.schedule_defs} | set(repository.job_names)
    known |= {key.path[-1] for key in repository.assets_defs_by_key}
    assert {
        "sync_delta",
        "reconcile_nightly",
        "sync_batch",
        "workspace_index",
        "page_versions",
    } <= named & known
    assert named - known == set()


@pytest.mark.parametrize("place", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_the_links_lead_somewhere(place):
    assert (ROOT / place).exists()
