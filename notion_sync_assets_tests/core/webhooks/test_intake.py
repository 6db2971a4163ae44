"""The intake: one reason for every refusal, and an answer only when the event is on the disk."""

import asyncio
import json
import sqlite3
import threading
import time

import pytest

from notion_sync_assets.core.webhooks.database import QUEUE_FILE, WebhookDatabase
from notion_sync_assets.core.webhooks.intake import OLDEST_S, Intake, Verdict
from notion_sync_assets.core.webhooks.queue import EventQueue
from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets.core.webhooks.signature import signature
from notion_sync_assets_tests.webhook_events import SECRET, body

HANDSHAKE = json.dumps({"verification_token": SECRET}).encode()


@pytest.fixture
def made(tmp_path):
    """Make an intake on one folder; all are closed with the test."""
    opened = []

    def make(*, secret=SECRET, capacity=1000, **options):
        if secret:
            WebhookSecret(tmp_path).keep(secret)
        database = WebhookDatabase(tmp_path)
        intake = Intake(EventQueue(database, capacity), WebhookSecret(tmp_path), **options)
        opened.append((intake, database))
        return intake

    yield make
    for intake, database in opened:
        intake.close()
        database.close()


async def sent(intake, content, secret=SECRET):
    return await intake.take(content, signature(secret, content))


async def test_a_signed_event_is_readable_by_others_when_it_is_answered(made, tmp_path):
    assert await sent(made(), body()) is Verdict.QUEUED
    with sqlite3.connect(tmp_path / QUEUE_FILE) as other:
        assert other.execute("SELECT count(*) FROM events").fetchone() == (1,)
    other.close()


async def test_the_same_event_again_is_a_success_that_changes_nothing(made):
    intake, content = made(), body()
    assert [await sent(intake, content) for _ in range(2)] == [Verdict.QUEUED, Verdict.DUPLICATE]


async def test_a_wrong_or_missing_signature_is_refused(made):
    intake, content = made(), body()
    assert await sent(intake, content, "another secret") is Verdict.BAD_SIGNATURE
    assert await intake.take(content, None) is Verdict.BAD_SIGNATURE
    assert await intake.take(content + b" ", signature(SECRET, content)) is Verdict.BAD_SIGNATURE


async def test_what_is_signed_but_no_event_is_malformed(made):
    assert await sent(made(), b"[]") is Verdict.MALFORMED


@pytest.mark.parametrize(
    ("age", "verdict"), [(0, Verdict.QUEUED), (-OLDEST_S, Verdict.STALE), (OLDEST_S, Verdict.STALE)]
)
async def test_an_event_of_more_than_25_hours_ago_or_ahead_is_stale(made, age, verdict):
    assert await sent(made(clock=lambda: time.time() + age * 1.01), body()) is verdict


async def test_a_full_queue_is_told_and_loses_nothing_it_took(made):
    intake = made(capacity=2)
    verdicts = [await sent(intake, body()) for _ in range(3)]
    assert verdicts == [Verdict.QUEUED, Verdict.QUEUED, Verdict.FULL]


async def test_a_burst_is_taken_whole_and_in_few_transactions(made, monkeypatch):
    groups, all_sent = [], threading.Event()
    add = EventQueue.add

    def add_when_all_are_sent(self, events, now):
        all_sent.wait()
        groups.append(len(events))
        return add(self, events, now)

    monkeypatch.setattr(EventQueue, "add", add_when_all_are_sent)
    intake = made(capacity=2000)
    burst = asyncio.gather(*(sent(intake, body()) for _ in range(1000)))
    await asyncio.sleep(0)
    all_sent.set()
    assert set(await burst) == {Verdict.QUEUED}
    assert (sum(groups), len(groups) < 50) == (1000, True)


async def test_without_a_secret_events_are_put_off(made):
    assert await sent(made(secret=None), body()) is Verdict.NO_SECRET


async def test_a_handshake_is_taken_only_when_awaited_and_shown_once(made, tmp_path):
    shown = []
    assert await made(secret=None).take(HANDSHAKE, None) is Verdict.NOT_AWAITED
    intake = made(secret=None, await_verification=True, on_verified=shown.append)
    assert await intake.take(HANDSHAKE, signature(SECRET, HANDSHAKE)) is Verdict.VERIFIED
    assert await intake.take(HANDSHAKE, signature(SECRET, HANDSHAKE)) is Verdict.VERIFIED
    assert shown == [SECRET]
    assert WebhookSecret(tmp_path).read() == SECRET
    assert await sent(intake, body()) is Verdict.QUEUED


async def test_a_second_handshake_replaces_nothing(made, tmp_path):
    other = json.dumps({"verification_token": "secret_of_somebody_else_0000"}).encode()
    intake = made(secret=None, await_verification=True)
    assert await intake.take(HANDSHAKE, None) is Verdict.VERIFIED
    assert await intake.take(other, None) is Verdict.NOT_AWAITED
    restarted = made(secret=None, await_verification=True)
    assert await restarted.take(HANDSHAKE, None) is Verdict.NOT_AWAITED
    assert WebhookSecret(tmp_path).read() == SECRET


async def test_a_handshake_signed_with_something_else_is_refused(made, tmp_path):
    intake = made(secret=None, await_verification=True)
    assert await intake.take(HANDSHAKE, signature("another", HANDSHAKE)) is Verdict.BAD_SIGNATURE
    assert WebhookSecret(tmp_path).read() is None


async def test_after_a_reset_events_are_put_off_at_once(made, tmp_path):
    intake = made()
    WebhookSecret(tmp_path).remove()
    assert await sent(intake, body()) is Verdict.NO_SECRET


async def test_after_a_reset_a_new_handshake_is_taken_and_shown(made, tmp_path):
    shown = []
    other = json.dumps({"verification_token": "secret_of_a_new_subscription"}).encode()
    intake = made(secret=None, await_verification=True, on_verified=shown.append)
    await intake.take(HANDSHAKE, None)
    WebhookSecret(tmp_path).remove()
    assert await intake.take(other, None) is Verdict.VERIFIED
    assert shown == [SECRET, "secret_of_a_new_subscription"]
    assert await intake.take(HANDSHAKE, None) is Verdict.NOT_AWAITED


@pytest.mark.parametrize(
    "odd", ["short", "with spaces, so no token", "x" * 600, "\u00fcmlaut-token-of-some-length"]
)
async def test_what_cannot_be_a_token_is_not_taken(made, tmp_path, odd):
    content = json.dumps({"verification_token": odd}).encode()
    assert await made(secret=None, await_verification=True).take(content, None) is Verdict.NOT_AWAITED
    assert WebhookSecret(tmp_path).read() is None


async def test_a_store_that_fails_is_told_so_that_notion_sends_again(made, tmp_path):
    intake = made()
    (tmp_path / QUEUE_FILE).mkdir()
    assert await sent(intake, body()) is Verdict.NOT_STORED
