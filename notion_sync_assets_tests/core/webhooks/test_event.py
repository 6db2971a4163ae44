"""Events: what is kept of a body, and what is no event."""

import json

import pytest

from notion_sync_assets.core.webhooks.event import (
    MalformedEventError,
    WebhookEvent,
    parse_event,
    verification_token,
)
from notion_sync_assets_tests.webhook_events import body, event, payload

PAGE, OTHER = "11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"


def test_ids_and_times_are_kept_and_nothing_else():
    data = {"page_id": PAGE, "parent": {"id": OTHER, "type": "database", "data_source_id": OTHER}}
    found = event("comment.created", OTHER, timestamp="2026-01-02T03:04:05.678Z", data=data)
    assert (found.entity_type, found.entity_id, found.page_id) == ("comment", OTHER, PAGE)
    assert (found.parent_type, found.parent_id, found.data_source_id) == ("database", OTHER, OTHER)
    assert found.occurred_at == pytest.approx(1767323045.678)
    assert b"business" not in found.to_json()


def test_the_stored_form_is_the_event():
    found = event(entity=PAGE)
    assert WebhookEvent.from_json(found.to_json()) == found


def test_an_unknown_type_with_unknown_fields_is_an_event():
    found = event("hologram.projected", "not an id", data=["anything"], novelty={"a": 1})
    assert (found.type, found.entity_id, found.parent_id) == ("hologram.projected", None, None)


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'"text"',
        b"{",
        body(id=None),
        body(id=""),
        body(id="x" * 201),
        body(id=7),
        body(type=None),
        body(timestamp=None),
        body(timestamp="yesterday"),
    ],
)
def test_what_lacks_an_id_a_type_or_a_time_is_no_event_and_is_not_repeated(odd):
    with pytest.raises(MalformedEventError) as caught:
        parse_event(odd)
    assert len(str(caught.value)) < 40


def test_a_handshake_is_told_from_an_event():
    assert verification_token(b'{"verification_token": "secret_abc"}') == "secret_abc"
    assert verification_token(json.dumps(payload()).encode()) is None
    assert verification_token(b'{"verification_token": 3}') is None
    assert verification_token(b"nothing") is None
