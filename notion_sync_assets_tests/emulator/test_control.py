"""Counters, settings and the oracle over HTTP."""

import threading

import httpx
import pytest

from notion_sync_assets.emulator.ids import named_id

HOME = named_id("page", "home")


@pytest.fixture
def notion(start):
    return start()


@pytest.fixture
def api(notion, connect):
    return connect(notion.url)


def test_requests_are_counted_by_route_and_status(notion, api):
    api.get(f"/pages/{HOME}")
    api.get(f"/blocks/{HOME}/children")
    api.error("GET", f"/pages/{named_id('page', 'nobody')}")
    api.get(f"/pages/{HOME}/properties/title")
    stats = notion.control.stats()
    assert stats["by_route"] == {
        "GET /v1/blocks/{id}/children": {"200": 1},
        "GET /v1/pages/{id}": {"200": 1, "404": 1},
        "GET /v1/pages/{id}/properties/{property}": {"200": 1},
    }
    assert (stats["requests"], stats["accepted"], stats["rejected"]) == (4, 4, 0)
    assert stats["first"] <= stats["last"]


def test_counters_start_anew_and_single_requests_are_kept_when_asked(notion, api):
    api.get("/users/me")
    notion.control.reset(keep_log=True)
    api.get(f"/pages/{HOME}")
    stats = notion.control.stats(log=True)
    assert stats["requests"] == 1
    assert [(line["route"], line["status"]) for line in stats["log"]] == [("GET /v1/pages/{id}", 200)]
    assert "log" not in notion.control.stats()


def test_the_control_api_is_not_counted_and_needs_no_token(notion):
    assert httpx.get(f"{notion.url}/_emulator/stats").json()["requests"] == 0


def test_accepted_requests_are_told_by_window(start, connect):
    notion = start(limit=100)
    api = connect(notion.url)
    for _ in range(5):
        api.get("/users/me")
    windows = notion.control.stats()["budget"]["windows"]
    assert sum(window["accepted"] for window in windows) == 5
    assert windows[-1]["running"]


def test_settings_change_while_running(notion, api):
    assert notion.control.configure(token="other")["token"] == "other"
    assert api.error("GET", "/users/me")[0] == 401
    notion.control.configure(fault_rate=1.0, fault_kinds=["503"], token=None)
    assert api.error("GET", "/users/me")[0] == 503


@pytest.mark.parametrize("wrong", [{"world": "generated"}, {"seed": 2}, {"fault_kinds": ["418"]}])
def test_what_cannot_change_while_running_is_refused(notion, wrong):
    with pytest.raises(RuntimeError, match="400"):
        notion.control.configure(**wrong)


def test_the_clock_can_be_set(notion):
    assert notion.control.clock(set_to=2_000_000_000)["now"] == pytest.approx(2_000_000_000, abs=5)
    assert notion.control.clock(advance=100)["now"] == pytest.approx(2_000_000_100, abs=5)


def test_ids_are_found_by_title(notion):
    answer = httpx.get(f"{notion.url}/_emulator/ids", params={"kind": "page", "title": "Handbook"})
    assert answer.json() == {"ids": [named_id("page", "handbook")]}


def test_the_oracle_names_every_live_object_with_its_parent(notion):
    pages = notion.control.oracle_ids("page")
    assert pages[named_id("page", "meetings")] is not None
    assert pages[HOME] is None
    assert named_id("page", "trashed") not in pages
    assert len(pages) == notion.control.oracle()["counts"]["page"]


def test_a_restarted_server_refuses_for_a_while_and_has_forgotten_nothing(notion, connect):
    notion.control.change("rename", object_id=HOME, title="Before the restart")
    address, refused = notion.url, []
    restarting = threading.Thread(target=notion.restart, args=(0.5,))
    restarting.start()
    while restarting.is_alive():
        refused += [1] if not answers(address) else []
    restarting.join()
    assert refused
    assert notion.url == address
    title = connect(address).get(f"/pages/{HOME}")["properties"]["title"]["title"]
    assert title[0]["plain_text"] == "Before the restart"
    notion.control.change("rename", object_id=HOME, title="After it")


def answers(address):
    try:
        return httpx.get(f"{address}/_emulator/stats", timeout=5).is_success
    except httpx.TransportError:
        return False
