"""Each method asks the right endpoint and lets only sound answers and errors of ours through."""

import asyncio
import json

import httpx
import pytest

from notion_sync_assets.core.notion.client import NotionClientConfig, build_client
from notion_sync_assets.core.notion.errors import (
    InvalidRequestError,
    ObjectNotFoundError,
    TransientNotionError,
    UnexpectedAnswerError,
)
from notion_sync_assets.core.notion.metrics import EndpointStatus
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter

ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
TOKEN = "ntn_1234567890abcdef"
LIST = {"object": "list", "results": [], "has_more": False, "next_cursor": None}
TEMPLATES = {"templates": [], "has_more": False, "next_cursor": None}


class Time:
    """A clock that moves when someone sleeps."""

    now = 0.0

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds
        await asyncio.sleep(0)


def _client(respond, **settings):
    time = Time()
    config = NotionClientConfig(token=TOKEN, base_url="https://api.notion.test", **settings)
    return build_client(config, wire=httpx.MockTransport(respond), clock=time.clock, sleep=time.sleep)


async def _asked(method, answer, *args, **kwargs):
    """The request that a method sends, and what it returns for `answer`."""
    sent = []

    def respond(request):
        sent.append(request)
        return httpx.Response(200, json=answer)

    async with _client(respond) as client:
        returned = await getattr(client, method)(*args, **kwargs)
    assert len(sent) == 1
    return sent[0], returned


@pytest.mark.parametrize(
    ("method", "args", "path", "kind"),
    [
        ("me", (), "/v1/users/me", "user"),
        ("user", (ID,), f"/v1/users/{ID}", "user"),
        ("page", (ID,), f"/v1/pages/{ID}", "page"),
        ("block", (ID,), f"/v1/blocks/{ID}", "block"),
        ("database", (ID,), f"/v1/databases/{ID}", "database"),
        ("data_source", (ID,), f"/v1/data_sources/{ID}", "data_source"),
        ("view", (ID,), f"/v1/views/{ID}", "view"),
        ("comment", (ID,), f"/v1/comments/{ID}", "comment"),
        ("page_markdown", (ID,), f"/v1/pages/{ID}/markdown", "page_markdown"),
    ],
)
async def test_single_objects_are_asked_for_and_checked(method, args, path, kind):
    body = {"object": kind, "id": ID, "extra": [1]}
    request, returned = await _asked(method, body, *args)
    assert (request.method, request.url.raw_path.decode()) == ("GET", path)
    assert returned == body
    with pytest.raises(UnexpectedAnswerError):
        await _asked(method, {"object": "something else", "id": ID}, *args)


@pytest.mark.parametrize(
    ("method", "args", "path", "answer"),
    [
        ("users", (), "/v1/users?", LIST),
        ("block_children", (ID,), f"/v1/blocks/{ID}/children?", LIST),
        ("templates", (ID,), f"/v1/data_sources/{ID}/templates?", TEMPLATES),
        ("comments", (ID,), f"/v1/comments?block_id={ID}&", LIST),
        ("custom_emojis", (), "/v1/custom_emojis?", LIST),
        ("page_property", (ID, "title"), f"/v1/pages/{ID}/properties/title?", LIST),
    ],
)
async def test_lists_are_asked_for_a_hundred_at_a_time_from_the_cursor(method, args, path, answer):
    first, returned = await _asked(method, answer, *args)
    assert first.url.raw_path.decode() == f"{path}page_size=100"
    assert returned == answer
    next_one, _ = await _asked(method, answer, *args, "c1")
    assert next_one.url.raw_path.decode() == f"{path}start_cursor=c1&page_size=100"
    with pytest.raises(UnexpectedAnswerError):
        await _asked(method, {**answer, "has_more": True}, *args)


async def test_views_are_listed_by_database_or_by_data_source():
    by_database, _ = await _asked("views", LIST, database_id=ID)
    by_source, _ = await _asked("views", LIST, data_source_id=ID, cursor="c1")
    assert by_database.url.query.decode() == f"database_id={ID}&page_size=100"
    assert by_source.url.query.decode() == f"data_source_id={ID}&start_cursor=c1&page_size=100"


@pytest.mark.parametrize(
    ("arguments", "filter_sent"),
    [
        ({"object": "page"}, {"property": "object", "value": "page"}),
        (
            {"object": "data_source", "in_trash": False},
            {"property": "object", "value": "data_source", "in_trash": False},
        ),
        ({"object": None, "in_trash": True}, {"in_trash": True}),
        ({"object": None}, None),
    ],
)
async def test_search_says_what_and_in_which_order(arguments, filter_sent):
    request, _ = await _asked("search", LIST, **arguments, direction="descending", cursor="c1")
    body = json.loads(request.content)
    assert (request.method, request.url.path) == ("POST", "/v1/search")
    assert body.pop("filter", None) == filter_sent
    assert body == {
        "sort": {"timestamp": "last_edited_time", "direction": "descending"},
        "start_cursor": "c1",
        "page_size": 100,
    }


async def test_a_query_sends_what_is_given_and_nothing_else():
    plain, _ = await _asked("query", LIST, ID)
    assert json.loads(plain.content) == {"page_size": 100}
    given = {
        "filter": {"timestamp": "created_time", "created_time": {"on_or_after": "2026-01-01"}},
        "sorts": [{"timestamp": "created_time", "direction": "ascending"}],
        "in_trash": False,
        "result_type": "page",
        "page_size": 25,
    }
    full, _ = await _asked("query", LIST, ID, cursor="c1", **given)
    assert (full.method, full.url.path) == ("POST", f"/v1/data_sources/{ID}/query")
    assert json.loads(full.content) == {**given, "start_cursor": "c1"}


@pytest.mark.parametrize(
    "property_id", ["title", "%3FB%3AW", "v_%5D%3C", "a:b", "a..b", "%2E%2Eb", "x%2Fy", "~^"]
)
async def test_property_ids_reach_the_path_as_notion_gave_them(property_id):
    item = {"object": "property_item", "type": "number", "number": 1}
    request, returned = await _asked("page_property", item, ID, property_id)
    assert request.url.raw_path.decode() == f"/v1/pages/{ID}/properties/{property_id}?page_size=100"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert returned == item


async def test_a_refused_property_with_dots_is_an_error_of_ours_as_well():
    error = {"object": "error", "status": 404, "code": "object_not_found", "message": "gone"}
    async with _client(lambda _: httpx.Response(404, json=error)) as client:
        with pytest.raises(ObjectNotFoundError):
            await client.page_property(ID, "a..b")


@pytest.mark.parametrize("wrong", ["", ".", "..", "%2e%2E", "a/b", "../users", "a?b", "a#b", "a b", "a\\b"])
async def test_what_is_no_id_never_leaves_the_machine(wrong):
    async with _client(lambda _: pytest.fail("a request was sent")) as client:
        for method in ("page", "block", "block_children", "database", "data_source", "user", "view"):
            with pytest.raises(InvalidRequestError, match="not an id"):
                await getattr(client, method)(wrong)


async def test_every_request_carries_version_token_and_name():
    request, _ = await _asked("me", {"object": "user", "id": ID})
    assert request.headers["notion-version"] == "2026-03-11"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["user-agent"].startswith("notion-sync-assets/")
    assert request.extensions["timeout"] == {"connect": 10.0, "read": 75.0, "write": 30.0, "pool": None}


async def test_another_api_version_can_be_asked_for():
    seen = []

    def respond(request):
        seen.append(request.headers["notion-version"])
        return httpx.Response(200, json={"object": "user", "id": ID})

    async with _client(respond, api_version="2025-09-03") as client:
        await client.me()
    assert seen == ["2025-09-03"]


async def test_a_proxys_login_page_is_an_unexpected_answer_and_not_data():
    async with _client(lambda _: httpx.Response(200, html="<html>log in</html>")) as client:
        with pytest.raises(UnexpectedAnswerError):
            await client.page(ID)


async def test_a_heavy_query_comes_back_with_its_code_so_that_less_can_be_asked_for():
    error = {"object": "error", "status": 504, "code": "gateway_timeout", "message": "slow"}
    async with _client(lambda _: httpx.Response(504, json=error)) as client:
        with pytest.raises(TransientNotionError) as raised:
            await client.query(ID)
        assert raised.value.code == "gateway_timeout"
        assert client.metrics.total_requests == 6


async def test_the_metrics_tell_calls_from_requests_and_count_retries():
    answers = iter(
        [
            httpx.Response(500),
            httpx.Response(429, headers={"retry-after": "2"}),
            httpx.Response(200, json={"object": "user", "id": ID}),
        ]
    )
    async with _client(lambda _: next(answers)) as client:
        await client.me()
        seen = client.metrics
    assert seen.calls == {EndpointStatus("GET /v1/users/me", "200"): 1}
    assert {row.status: count for row, count in seen.requests.items()} == {"500": 1, "429": 1, "200": 1}
    assert seen.retries == {"500": 1, "429": 1}
    assert (seen.rejected, seen.limiter.rejected, seen.limiter.accepted) == (1, 1, 2)
    assert seen.call_seconds["GET /v1/users/me"] >= 2.0


async def test_two_clients_can_share_one_budget():
    budget = MemoryLimiter(5)
    config = NotionClientConfig(token=TOKEN)
    wire = httpx.MockTransport(lambda _: httpx.Response(200, json={"object": "user", "id": ID}))
    for _ in range(2):
        async with build_client(config, limiter=budget, wire=wire) as client:
            await client.me()
    assert budget.snapshot().in_window == 2


def test_the_token_is_not_in_the_repr():
    assert TOKEN not in repr(_client(lambda _: httpx.Response(200)))
