"""JSON as Notion's users can make it, and bodies that are gone when nobody uses them."""

import gc
import json
import weakref

import httpx
import pytest

from notion_sync_assets.core.notion.transports.body import loads, read_response


@pytest.mark.parametrize("value", [{"a": [1, None, "ü🎯"]}, {"n": 2**80}, {"n": -0.5}])
def test_ordinary_json_is_read_as_it_is(value):
    assert loads(json.dumps(value).encode()) == value


def test_a_lone_surrogate_becomes_a_replacement_character_and_pairs_survive():
    read = loads(b'{"title": "a\\ud83dz", "emoji": "\\ud83c\\udfaf"}')
    assert read == {"title": "a\ufffdz", "emoji": "🎯"}
    json.dumps(read, ensure_ascii=False).encode()


@pytest.mark.parametrize("content", [b"", b"{", b"<html>", b'{"a": "\xff"}'])
def test_what_is_no_json_is_a_value_error(content):
    with pytest.raises(ValueError, match=r".+"):
        loads(content)


async def test_a_body_does_not_outlive_its_use():
    """Without the collector: a list of 100 pages is megabytes, and the collector comes late."""
    alive = []

    class Reading(httpx.MockTransport):
        async def handle_async_request(self, request):
            whole = await read_response(await super().handle_async_request(request))
            alive.append(weakref.ref(whole))
            return whole

    transport = Reading(lambda _request: httpx.Response(200, json={"results": [1, 2]}))
    gc.disable()
    try:
        async with httpx.AsyncClient(transport=transport) as client:
            assert (await client.get("https://api.notion.com/v1/users")).json() == {"results": [1, 2]}
        assert [each() for each in alive] == [None]
    finally:
        gc.enable()
