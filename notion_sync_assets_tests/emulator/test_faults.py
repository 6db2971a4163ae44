"""How each fault looks to a client, and that the draw of faults is seeded."""

import httpx
import pytest

from notion_sync_assets.emulator.faults import FaultPlan


def test_the_same_seed_draws_the_same_faults():
    draws = [[FaultPlan(0.3, ("500", "502"), seed).draw() for _ in range(1)] for seed in (1, 1)]
    plans = [FaultPlan(0.3, ("500", "502"), 1) for _ in range(2)]
    first, second = ([plan.draw() for _ in range(200)] for plan in plans)
    assert draws[0] == draws[1]
    assert first == second
    assert 30 < sum(kind is not None for kind in first) < 90


@pytest.mark.parametrize(
    ("kind", "code"),
    [("429", "rate_limited"), ("500", "internal_server_error"), ("503", "service_unavailable"),
     ("504", "gateway_timeout"), ("529", "service_overload")],
)  # fmt: skip
def test_a_json_fault_has_notion_s_body(start, connect, kind, code):
    api = connect(start(fault_rate=1.0, fault_kinds=(kind,)).url)
    status, body = api.error("GET", "/users/me")
    assert (status, body["status"], body["code"]) == (int(kind), int(kind), code)


def test_a_bad_gateway_is_html_without_a_request_id(start, connect):
    answer = connect(start(fault_rate=1.0, fault_kinds=("502",)).url).http.get("/users/me")
    assert answer.status_code == 502
    assert answer.text.startswith("<html>")
    assert "x-notion-request-id" not in answer.headers


def test_a_reset_drops_the_connection_without_an_answer(start, connect):
    emulator = start(fault_rate=1.0, fault_kinds=("reset",))
    with pytest.raises(httpx.TransportError):
        connect(emulator.url).http.get("/users/me")
    assert emulator.control.stats()["by_route"]["GET /v1/users/me"] == {"0": 1}


def test_a_truncated_answer_ends_in_the_middle_of_its_body(start, connect):
    api = connect(start(fault_rate=1.0, fault_kinds=("truncate",)).url)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        api.http.get("/users")


def test_a_timeout_says_nothing_for_as_long_as_asked(start, connect):
    api = connect(start(fault_rate=1.0, fault_kinds=("timeout",), hang_seconds=30).url)
    with pytest.raises(httpx.ReadTimeout):
        api.http.get("/users/me", timeout=0.3)


def test_a_timeout_ends_in_a_dropped_connection(start, connect):
    api = connect(start(fault_rate=1.0, fault_kinds=("timeout",), hang_seconds=0.1).url)
    with pytest.raises(httpx.RemoteProtocolError):
        api.http.get("/users/me")


@pytest.mark.parametrize("down", ["503", "drop"])
def test_a_server_that_is_down_serves_nothing_until_it_is_up(start, connect, down):
    emulator = start()
    api = connect(emulator.url)
    emulator.control.configure(down=down)
    if down == "503":
        assert api.error("GET", "/users/me")[0] == 503
    else:
        with pytest.raises(httpx.TransportError):
            api.http.get("/users/me")
    emulator.control.configure(down="")
    assert api.get("/users/me")["type"] == "bot"


def test_latency_is_added_to_every_request(start, connect):
    api = connect(start(latency_ms=120).url)
    assert api.http.get("/users/me").elapsed.total_seconds() >= 0.12
