"""Webhooks in numbers: what was answered with 200 is in the queue, after a burst, a long stream, and a kill."""

import asyncio
import json
import time

import pytest

from notion_sync_assets_tests.processes.exporter import wait_until
from notion_sync_assets_tests.processes.server import send, serving, settings_of
from notion_sync_assets_tests.webhook_events import body, opened_queue

STREAM_S, EVENTS_PER_S = 30, 200


def queued(folder):
    with opened_queue(settings_of(folder)) as (events, _):
        return {each.event.id for each in events.pending(100_000)}


def ids(bodies):
    return [json.loads(each)["id"] for each in bodies]


@pytest.mark.system
async def test_a_burst_of_a_thousand_is_queued_without_loss(tmp_path):
    bodies = [body() for _ in range(1000)]
    with serving(tmp_path / "export") as server:
        assert set(await send(server.url, bodies)) == {200}
    assert queued(tmp_path / "export") == set(ids(bodies))


@pytest.mark.system
async def test_what_was_answered_survives_a_kill_and_is_not_doubled_afterwards(tmp_path):
    bodies = [body() for _ in range(800)]
    with serving(tmp_path / "export") as server:
        # Paced, so that the kill comes in the middle on a fast machine, too.
        sending = asyncio.create_task(send(server.url, bodies, each_s=0.01))
        await asyncio.to_thread(wait_until, lambda: len(_queued_or_none(tmp_path / "export")) >= 100)
        server.kill()
        statuses = await sending
    answered = {id_ for id_, status in zip(ids(bodies), statuses, strict=True) if status == 200}
    assert 0 < len(answered) < len(bodies)
    kept = queued(tmp_path / "export")
    assert answered <= kept
    with serving(tmp_path / "export") as server:
        assert set(await send(server.url, bodies)) == {200}
    assert queued(tmp_path / "export") == set(ids(bodies))


@pytest.mark.slow
async def test_two_hundred_a_second_for_half_a_minute_are_queued_without_loss(tmp_path, record_property):
    bodies = [body() for _ in range(STREAM_S * EVENTS_PER_S)]
    with serving(tmp_path / "export") as server:
        began = time.monotonic()
        first, rest = bodies[:1000], bodies[1000:]
        statuses = await send(server.url, first, each_s=1 / EVENTS_PER_S)
        before = server.memory_bytes()
        statuses += await send(server.url, rest, each_s=1 / EVENTS_PER_S)
        grown = server.memory_bytes() - before
        record_property("seconds", round(time.monotonic() - began, 1))
    assert set(statuses) == {200}
    assert grown < 16 << 20
    assert queued(tmp_path / "export") == set(ids(bodies))


def _queued_or_none(folder):
    return queued(folder) if (folder / "state" / "webhooks" / "queue.sqlite").exists() else set()
