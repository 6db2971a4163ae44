"""kill -9 at twenty seeded moments of exports: nothing is lost, little is read twice, no event is told twice.

Three chains, each on one folder: killed while reading Notion, while committing and publishing, while rendering and
building the catalog. After each chain one run goes to the end, and the folder is as after an uninterrupted export.
"""

import random
from collections import Counter
from pathlib import Path

import pytest

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.processes.evidence import catalog, committed_events, published_events, rendered
from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system

# Pages read at once, and as many read since the journal's last part: what one kill can cost.
READ_TWICE_PER_KILL = 16
SETTINGS = {"SYNC__JOURNAL_PAGES": 4}


@pytest.fixture(scope="module")
def emulator():
    config = EmulatorConfig(world="generated", pages=20, rows=12, databases=2, limit=0, latency_ms=4, seed=7)
    with running_emulator(config) as running:
        yield running


@pytest.fixture(scope="module")
def uninterrupted(emulator, tmp_path_factory):
    exporter = Exporter(tmp_path_factory.mktemp("uninterrupted") / "export", emulator.url)
    assert exporter.call("export", "--quiet").code == 0
    return exporter


def made(emulator) -> int:
    return sum(emulator.engine.stats.by_route.values())


def page_lists(emulator) -> Counter[str]:
    """How often the first block list of each page was asked for since the last reset."""
    log = emulator.control.stats(log=True)["log"]
    pages = emulator.control.oracle_ids("page")
    asked = (line["path"].split("/")[3] for line in log if line["path"].endswith("/children"))
    return Counter(identifier for identifier in asked if identifier in pages)


def count(folder: Path, pattern: str) -> int:
    try:
        return sum(1 for _ in folder.glob(pattern))
    except FileNotFoundError:
        # A scratch folder went away while it was looked through: asked again a moment later.
        return 0


def assert_as_if_never_killed(exporter, uninterrupted):
    done = exporter.fork("export", "--quiet").finish()
    assert done.code == 0, done.err
    assert rendered(exporter.folder) == rendered(uninterrupted.folder)
    assert catalog(exporter.folder) == catalog(uninterrupted.folder)
    published = published_events(exporter.folder)
    assert published == committed_events(exporter.folder)
    assert set(published.values()) == {1}
    assert not list((exporter.folder / "state").rglob("lease/*.json"))
    left = {path.name for path in (exporter.folder / ".scratch").rglob("*") if path.is_file()}
    assert left == set()


def test_killed_ten_times_while_it_reads_it_reads_little_twice(emulator, uninterrupted, tmp_path):
    exporter = Exporter(tmp_path / "export", emulator.url, settings=SETTINGS)
    chance = random.Random("reads")
    emulator.control.reset(keep_log=True)
    kills = 0
    for _ in range(10):
        until = made(emulator) + chance.randint(4, 20)
        kills += exporter.fork("export", "--quiet").kill_when(lambda goal=until: made(emulator) >= goal)
    assert kills == 10
    assert_as_if_never_killed(exporter, uninterrupted)
    again = sum(times - 1 for times in page_lists(emulator).values())
    assert again <= kills * READ_TWICE_PER_KILL


def test_killed_five_times_while_it_commits_and_publishes_no_event_is_told_twice(
    emulator, uninterrupted, tmp_path
):
    exporter = Exporter(tmp_path / "export", emulator.url, settings=SETTINGS)
    outboxes = len(list((uninterrupted.folder / "state" / "events").glob("*/*.parquet")))
    for part in range(1, 4):
        goal = max(1, outboxes * part // 4)
        exporter.fork("export", "--quiet").kill_when(
            lambda goal=goal: count(exporter.folder, "state/events/*/*.parquet") >= goal
        )
    for goal in (1, 2):
        exporter.fork("export", "--quiet").kill_when(
            lambda goal=goal: count(exporter.folder, "state/events/*/published.json") >= goal
        )
    assert_as_if_never_killed(exporter, uninterrupted)


def test_killed_five_times_while_it_renders_the_files_are_whole(emulator, uninterrupted, tmp_path):
    exporter = Exporter(tmp_path / "export", emulator.url, settings=SETTINGS)
    patterns = ["state/links/*", "json/*/*.json", "csv/*", "receipts/*.json", ".scratch/**/next.duckdb"]
    killed = [
        exporter.fork("export", "--quiet").kill_when(lambda each=pattern: count(exporter.folder, each) > 0)
        for pattern in patterns
    ]
    assert killed[:4] == [True] * 4
    assert_as_if_never_killed(exporter, uninterrupted)
