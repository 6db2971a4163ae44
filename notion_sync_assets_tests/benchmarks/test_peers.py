"""The comparison with peers is fair and counts what it says it counts; no peer itself is installed here."""

import argparse
import json
import sys
from dataclasses import replace

import httpx
import pytest

from benchmarks.peers import __main__ as comparison
from benchmarks.peers.catalogue import DRIVERS, OURS, OURS_ALIKE, PEERS
from benchmarks.peers.environments import Environment
from benchmarks.peers.judge import judge
from benchmarks.peers.local_notion import local_notion
from benchmarks.peers.measure import run
from benchmarks.peers.worlds import generated, needed, planted, targets
from notion_sync_assets_tests.fidelity.markers import Marker

EARLIER = {"Authorization": "Bearer secret", "Notion-Version": "2022-06-28"}
LATER = {**EARLIER, "Notion-Version": "2025-09-03"}


@pytest.fixture(scope="module")
def notion():
    with local_notion(generated(12, limit=0)) as running:
        yield running


@pytest.fixture
def ask(notion):
    with httpx.Client(base_url=f"{notion.url}/v1", headers=EARLIER) as client:
        yield client


@pytest.fixture
def database(notion):
    return next(iter(notion.engine.workspace.ids("database")))


def test_a_database_of_the_earlier_version_has_a_schema_and_is_queried_itself(ask, database):
    held = ask.get(f"/databases/{database.replace('-', '')}").json()
    assert (held["object"], held["id"]) == ("database", database)
    assert any(column["type"] == "title" for column in held["properties"].values())
    assert "data_sources" not in held

    rows = ask.post(f"/databases/{database}/query", json={"page_size": 2}).json()
    assert [row["parent"] for row in rows["results"]] == [
        {"type": "database_id", "database_id": database}
    ] * 2
    further = {"page_size": 100, "start_cursor": rows["next_cursor"]}
    assert len(ask.post(f"/databases/{database}/query", json=further).json()["results"]) == 2


def test_search_of_the_earlier_version_finds_databases(ask, notion):
    wanted = {"filter": {"property": "object", "value": "database"}}
    found = ask.post("/search", json=wanted).json()["results"]
    assert {each["id"] for each in found} == set(notion.engine.workspace.ids("database"))
    assert {each["object"] for each in found} == {"database"}


def test_the_larger_workspace_is_for_those_who_would_be_done_with_it_in_time():
    chosen = argparse.Namespace(pages=180, large=1800, patience=900)
    ready = {peer: Environment((), "1.0", "") for peer in PEERS[:3]}
    seconds = dict(zip(ready, (90.0, 90.1, 1.0), strict=True))
    found = {peer.name: {"unlimited": {"seconds": took}} for peer, took in seconds.items()}
    assert list(comparison._quick(ready, found, chosen)) == [PEERS[0], PEERS[2]]


def test_refusals_reach_the_earlier_version_as_they_are(ask):
    refused = ask.get("/databases/00000000-0000-4000-8000-000000000000")
    assert (refused.status_code, refused.json()["code"]) == (404, "object_not_found")


def test_later_versions_are_served_as_ever(notion, database):
    held = httpx.get(f"{notion.url}/v1/databases/{database}", headers=LATER).json()
    assert "data_sources" in held
    assert "properties" not in held


def test_a_question_asked_again_is_a_duplicate_and_one_too_many_is_rejected(database):
    with local_notion(generated(12, limit=5)) as notion, httpx.Client(headers=EARLIER) as client:
        for size in (1, 1, 2):
            client.post(f"{notion.url}/v1/databases/{database}/query", json={"page_size": size})
        for _ in range(3):
            client.get(f"{notion.url}/v1/users/me")
        asked = notion.asked
        assert (asked.requests, asked.duplicates, asked.rejected, asked.failed) == (6, 2, 1, 0)


def test_each_peer_is_measured_against_what_it_claims_to_read(notion):
    least = {peer.name: needed(notion.engine, peer.reads) for peer in PEERS}
    assert least["notion-to-md"] == least["notion2md"]
    assert least[OURS_ALIKE.name] == least[OURS.name]
    others = least.keys() - {OURS.name, OURS_ALIKE.name}
    assert all(0 < least[name] < least[OURS.name] for name in others)
    told = targets(notion.engine)
    assert len(told["pages"]) == 12
    assert set(told["roots"]) < set(told["pages"])


def test_every_marker_is_planted_when_each_kind_of_block_has_a_page_of_its_own():
    _, world, markers = planted()
    held = json.dumps(list(world.objects.values()), ensure_ascii=False)
    assert len(markers) > 350
    assert [marker.place for marker in markers if marker.token not in held] == []
    pages = world.objects["page"].values()
    assert sum(title_of(page).startswith("Part ") for page in pages) > 50


def title_of(page):
    (title,) = (value["title"] for value in page["properties"].values() if value["type"] == "title")
    return "".join(part["plain_text"] for part in title)


def peer_named(name):
    return next(peer for peer in PEERS if peer.name == name)


def test_markers_are_found_in_any_text_and_counted_where_they_are_claimed(tmp_path):
    markers = [
        Marker("marker001z", "block", "paragraph", "text"),
        Marker("🦜", "block", "callout", "icon"),
        Marker("marker003z", "block", "meeting_notes", "attendee", told_as="user-7"),
        Marker("marker004z", "block", "quote", "text"),
        Marker("marker005z", "comment", "on the page", "text"),
    ]
    (tmp_path / "a.md").write_text("Here is marker001z.", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(json.dumps({"icon": "🦜"}) + '\n{"user": "user-7"}\n', encoding="utf-8")
    (tmp_path / "c.db").write_text("marker004z", encoding="utf-8")
    pages_only = peer_named("notion2md")

    assert judge(pages_only, markers, tmp_path) == {
        "judged": 4,
        "found": 3,
        "planted": 5,
        "missing": {"block: quote": 1},
    }
    assert judge(OURS, markers, tmp_path)["judged"] == 5


SCRIPTS = {
    "reads": """
import sys, os, json, httpx
targets, output = sys.argv[-2:]
for page in json.load(open(targets))["pages"][:3]:
    headers = {"Authorization": "Bearer x", "Notion-Version": "2022-06-28"}
    httpx.get(f"https://api.notion.com/v1/pages/{page}", headers=headers).raise_for_status()
""",
    "fails": 'import sys; print("failed: KeyError: one"); print("more"); sys.exit(3)',
    "raises": 'raise ValueError("a reason")',
    "waits": "import time; time.sleep(60)",
}


@pytest.fixture
def ran(notion, tmp_path):
    def ran(script, patience_s=60.0):
        (tmp_path / "driver.py").write_text(SCRIPTS[script], encoding="utf-8")
        peer = replace(peer_named("notion2md"), name="a script")
        at = Environment((sys.executable, str(tmp_path / "driver.py")), "0")
        return run(peer, at, notion, tmp_path, patience_s, {})

    return ran


def test_a_peer_that_asks_notion_itself_reaches_the_emulator(ran, notion):
    before = notion.asked.requests
    found = ran("reads")
    assert found["exit_code"] == 0, found
    assert found["requests"] - before == 3
    assert found["peak_megabytes"] > 5


@pytest.mark.parametrize(
    ("script", "code", "complaint"),
    [("fails", 3, "failed: KeyError: one"), ("raises", 1, "ValueError: a reason")],
)
def test_how_a_peer_fails_is_kept_in_its_own_words(ran, script, code, complaint):
    found = ran(script)
    assert (found["exit_code"], found["complaint"]) == (code, complaint)


def test_a_peer_that_takes_too_long_is_stopped(ran):
    found = ran("waits", patience_s=0.5)
    assert (found["exit_code"], found["complaint"]) == (None, "stopped after 0.5 s")


def test_every_driver_is_there():
    assert [peer.name for peer in PEERS if not (DRIVERS / peer.driver).is_file()] == []
