"""Webhooks of the emulated Notion: handshake, signature, events of changes, attempts that go on."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

QUICK = {"webhook_delay": 0.0, "webhook_retry": 0.01, "webhook_duplicate_rate": 0.0}


class Receiver:
    """A server that keeps what it is sent; ``answers`` are the statuses it gives, then 200."""

    def __init__(self):
        self.bodies = []
        self.answers = []
        receiver = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["content-length"]))
                receiver.bodies.append((raw, self.headers["x-notion-signature"]))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.end_headers()

            def log_message(self, *_arguments):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def payloads(self):
        return [json.loads(raw) for raw, _ in self.bodies]

    def wait(self, count):
        end = time.monotonic() + 10
        while len(self.bodies) < count:
            assert time.monotonic() < end, self.bodies
            time.sleep(0.005)
        return self.payloads

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def subscribed(start_emulator, receiver):
    """Start an emulator that sends to the receiver; what was received so far is forgotten."""

    def start(**options):
        notion = start_emulator(world="generated", pages=6, rows=6, databases=1, **{**QUICK, **options})
        assert notion.control.subscribe(receiver.url) == 200
        token = receiver.payloads[0]["verification_token"]
        notion.control.verify(token)
        receiver.bodies.clear()
        return notion, token

    return start


def test_every_body_is_signed_with_the_token_of_the_handshake(subscribed, receiver):
    notion, token = subscribed()
    page = min(notion.control.oracle_ids("page"))
    notion.control.change("rename", object_id=page, title="Renamed")
    receiver.wait(1)
    ((raw, signed),) = receiver.bodies
    assert signed == "sha256=" + hmac.new(token.encode(), raw, hashlib.sha256).hexdigest()
    assert b"Renamed" not in raw


def test_nothing_is_sent_before_the_token_was_pasted(start_emulator, receiver):
    notion = start_emulator(world="generated", pages=2, **QUICK)
    notion.control.subscribe(receiver.url)
    with pytest.raises(RuntimeError, match="not the token"):
        notion.control.verify("secret_guess")
    notion.control.change("rename", object_id=min(notion.control.oracle_ids("page")), title="Renamed")
    assert notion.control.webhooks() == {"active": False, "waiting": 0, "deliveries": []}


def test_only_loopback_is_called(start_emulator):
    notion = start_emulator(world="generated", pages=2)
    with pytest.raises(RuntimeError, match="loopback"):
        notion.control.subscribe("http://example.com/hook")


def test_changes_make_the_events_that_the_reference_names(subscribed, receiver):
    notion, _ = subscribed()
    control = notion.control
    source, parents = min(control.oracle_ids("data_source")), control.oracle_ids("page")
    row = min(page for page, holder in parents.items() if holder == source)
    page = min(page for page, holder in parents.items() if holder is None)
    comment = control.change("add_comment", owner_id=page, text="Hi")["id"]
    control.change("remove_comment", comment_id=comment)
    child = control.change("add_page", parent_id=page, title="Child")["id"]
    control.change("add_block", parent_id=page, text="Text")
    control.change("trash", object_id=child)
    control.change("restore", object_id=child)
    control.change("move_page", page_id=child, parent_id=source)
    control.change("rename", object_id=row, title="Row")
    control.change("add_property", data_source_id=source, name="Done", kind="checkbox")
    control.change("rename_user", user_id=min(control.oracle_ids("user")), name="Somebody")
    found = receiver.wait(9)
    assert sorted(each["type"] for each in found) == sorted(
        [
            "comment.created",
            "comment.deleted",
            "page.created",
            "page.content_updated",
            "page.deleted",
            "page.undeleted",
            "page.moved",
            "page.content_updated",
            "data_source.schema_updated",
        ]
    )
    by_type = {each["type"]: each for each in found}
    assert by_type["comment.deleted"]["data"]["page_id"] == page
    assert by_type["page.created"]["data"]["parent"] == {"id": page, "type": "page"}
    assert by_type["page.moved"]["data"]["parent"]["data_source_id"] == source


def test_a_refused_event_comes_again_with_its_id_and_the_number_of_the_attempt(subscribed, receiver):
    notion, _ = subscribed()
    receiver.answers[:] = [503, 500]
    notion.control.change("rename", object_id=min(notion.control.oracle_ids("page")), title="Renamed")
    found = receiver.wait(3)
    assert len({each["id"] for each in found}) == 1
    assert [each["attempt_number"] for each in found] == [1, 2, 3]
    end = time.monotonic() + 5
    while notion.control.webhooks()["waiting"] and time.monotonic() < end:
        time.sleep(0.01)
    (delivery,) = notion.control.webhooks()["deliveries"]
    assert (delivery["statuses"], delivery["done"]) == ([503, 500, 200], True)


def test_after_eight_attempts_it_is_given_up(subscribed, receiver):
    notion, _ = subscribed(webhook_retry=0.001)
    receiver.answers[:] = [503] * 20
    notion.control.change("rename", object_id=min(notion.control.oracle_ids("page")), title="Renamed")
    receiver.wait(8)
    time.sleep(0.3)
    assert len(receiver.bodies) == 8


def test_some_events_come_twice(subscribed, receiver):
    notion, _ = subscribed(webhook_duplicate_rate=1.0)
    notion.control.change("rename", object_id=min(notion.control.oracle_ids("page")), title="Renamed")
    assert len({each["id"] for each in receiver.wait(2)}) == 1
