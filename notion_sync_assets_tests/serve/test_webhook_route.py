"""The webhook endpoint over real connections: what is refused, with which status, and what is logged of it."""

import logging
import socket
import time
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest

from notion_sync_assets.core.webhooks.signature import signature
from notion_sync_assets.serve.webhook_route import LARGEST_BODY_BYTES
from notion_sync_assets_tests.serve.server import running_server, serving_settings
from notion_sync_assets_tests.webhook_events import SECRET, body, opened_queue

PLANTED = "4711-private-content-4711"


@pytest.fixture
def settings(tmp_path):
    return serving_settings(tmp_path / "export", **{"serve.client_timeout_seconds": 1})


@pytest.fixture
def server(settings):
    with running_server(settings) as url:
        yield url


def post(url, content, secret=SECRET, path="/webhooks/notion", **headers):
    signed = {"x-notion-signature": signature(secret, content)} if secret else {}
    return httpx.post(f"{url}{path}", content=content, headers={**signed, **headers})


def queued(settings):
    with opened_queue(settings) as (events, _):
        return events.state().pending


def test_an_event_is_queued_once_and_every_answer_is_a_success(server, settings):
    content = body()
    assert [post(server, content).status_code for _ in range(2)] == [200, 200]
    assert queued(settings) == 1


def test_unknown_types_are_taken(server, settings):
    assert post(server, body("hologram.projected")).status_code == 200
    assert queued(settings) == 1


@pytest.mark.parametrize(
    ("content", "secret", "path", "status"),
    [
        (body(workspace_name=PLANTED), "another secret", "/webhooks/notion", 401),
        (body(workspace_name=PLANTED), None, "/webhooks/notion", 401),
        (f'{{"{PLANTED}": 1}}'.encode(), SECRET, "/webhooks/notion", 400),
        (PLANTED.encode(), SECRET, "/webhooks/notion", 400),
        (body(timestamp="2020-01-01T00:00:00.000Z", workspace_name=PLANTED), SECRET, "/webhooks/notion", 400),
        (f'{{"verification_token": "secret_{PLANTED}"}}'.encode(), None, "/webhooks/notion", 403),
        (PLANTED.encode() + b"x" * LARGEST_BODY_BYTES, SECRET, "/webhooks/notion", 413),
        (body(workspace_name=PLANTED), SECRET, "/webhooks/other", 404),
    ],
)
def test_a_bad_webhook_is_refused_and_nothing_of_it_is_logged_or_answered(
    server, settings, caplog, content, secret, path, status
):
    with caplog.at_level(logging.DEBUG):
        answer = post(server, content, secret, path)
    assert answer.status_code == status
    assert PLANTED not in caplog.text + answer.text
    assert ("refused" in caplog.text) == (status != 404)
    assert queued(settings) == 0


def test_only_post_is_taken(server):
    assert httpx.get(f"{server}/webhooks/notion").status_code == 405


def test_a_body_without_a_length_is_cut_off_at_the_limit(server, settings):
    def endless():
        for _ in range(64):
            yield b"x" * 65_536

    # The server may hang up before everything was sent.
    try:
        assert httpx.post(f"{server}/webhooks/notion", content=endless()).status_code == 413
    except httpx.TransportError:
        assert queued(settings) == 0
    assert post(server, body()).status_code == 200


def connection(url):
    address = urlsplit(url)
    return closing(socket.create_connection((address.hostname, address.port), timeout=10))


def test_a_client_that_sends_no_request_is_hung_up_on(server, caplog):
    with connection(server) as client:
        client.sendall(b"POST /webhooks/notion HTTP/1.1\r\nhost: x\r\n")
        assert client.recv(1000) == b""
    assert "no request within" in caplog.text


def test_a_client_that_drips_its_body_is_answered_408(server, settings):
    with connection(server) as client:
        client.sendall(b"POST /webhooks/notion HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(4):
            client.sendall(b"x")
            time.sleep(0.1)
        assert client.recv(1000).startswith(b"HTTP/1.1 408")
    assert queued(settings) == 0


def test_a_second_request_on_a_connection_has_the_same_time_limit(server):
    with connection(server) as client:
        client.sendall(b"POST /webhooks/notion HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 401")
        client.sendall(b"POST /webhooks/notion")
        assert client.recv(1000) == b""


def test_a_full_queue_is_a_503_that_says_when_to_come_again(tmp_path):
    settings = serving_settings(tmp_path / "export", **{"serve.queue_events": 1})
    with running_server(settings) as url:
        assert post(url, body()).status_code == 200
        answer = post(url, body())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def test_before_there_is_a_secret_events_are_put_off(settings):
    with running_server(settings, secret=None) as url:
        assert post(url, body()).status_code == 503
    assert queued(settings) == 0


def test_the_handshake_and_the_events_after_it_pass_with_the_emulated_notion(start_emulator, settings):
    notion = start_emulator(world="generated", pages=2, rows=0, databases=0, webhook_delay=0.0)
    shown = []
    options = {"secret": None, "await_verification": True, "on_verified": shown.append}
    with running_server(settings, **options) as url:
        assert notion.control.subscribe(f"{url}/webhooks/notion") == 200
        (token,) = shown
        notion.control.verify(token)
        page = min(notion.control.oracle_ids("page"))
        notion.control.change("rename", object_id=page, title="Renamed")
        deadline = time.monotonic() + 10
        while notion.control.webhooks()["waiting"] and time.monotonic() < deadline:
            time.sleep(0.02)
    with opened_queue(settings) as (events, _):
        (found,) = events.pending(10)
    assert (found.event.type, found.event.entity_id) == ("page.content_updated", page)
