"""The token goes to the configured origin and nowhere else: no redirect, proxy, log or message gets it."""

import asyncio
import logging

import httpx
import pytest

from notion_sync_assets.core.notion.client import NotionClientConfig, build_client
from notion_sync_assets.core.notion.config import OutageRules
from notion_sync_assets.core.notion.errors import (
    ConfigurationError,
    InvalidRequestError,
    NotionSyncError,
    NotionUnavailableError,
)
from notion_sync_assets.core.notion.transports.wire import proxy_for
from notion_sync_assets_tests.core.notion.loopback import answer, notion_error, serve
from notion_sync_assets_tests.core.notion.test_client import TOKEN, Time

ME = answer(200, {"object": "user", "id": "1"})
PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]


def _built(origin, **settings):
    time = Time()
    config = NotionClientConfig(token=TOKEN, base_url=origin, **settings)
    return build_client(config, clock=time.clock, sleep=time.sleep)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_names_the_other_host(status):
    async with serve(lambda *_: ME) as elsewhere:
        location = elsewhere.origin.replace("127.0.0.1", "localhost")
        redirect = answer(status, headers={"location": f"{location}/v1/users/me"})
        async with serve(lambda *_: redirect) as site, _built(site.origin) as client:
            with pytest.raises(ConfigurationError, match="localhost"):
                await client.me()
        assert len(site.requests) == 1
    assert elsewhere.requests == []


async def test_nothing_that_is_logged_or_raised_holds_the_token(caplog, capfd):
    def respond(_method, path):
        if path.endswith("/me"):
            return ME
        return notion_error(400, "validation_error", {"x-echo": TOKEN}, message=f"you sent Bearer {TOKEN}")

    with caplog.at_level(logging.DEBUG):
        async with serve(respond) as site, _built(site.origin) as client:
            await client.me()
            with pytest.raises(InvalidRequestError) as raised:
                await client.page("1")
            assert TOKEN in site.requests[0][2].decode()
    error = raised.value
    shown = [str(error), repr(error), error.hint, repr(client), str(vars(error))]
    assert not any(TOKEN in text for text in shown)
    assert error.__cause__ is None
    assert error.__suppress_context__
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpcore")]
    assert ours
    assert not any(TOKEN in message for message in ours)
    assert TOKEN not in "".join(capfd.readouterr())


async def test_not_even_the_wires_debug_log_holds_the_token_we_send(caplog):
    with caplog.at_level(logging.DEBUG):
        async with serve(lambda *_: ME) as site, _built(site.origin) as client:
            await client.me()
    assert any(record.name.startswith("httpcore") for record in caplog.records)
    assert TOKEN not in caplog.text


async def test_a_loopback_origin_is_never_asked_for_through_a_proxy(monkeypatch):
    async with serve(lambda *_: ME) as proxy, serve(lambda *_: ME) as site:
        for name in PROXY_VARIABLES[:3]:
            monkeypatch.setenv(name, proxy.origin)
        async with _built(site.origin) as client:
            await client.me()
    assert len(site.requests) == 1
    assert proxy.requests == []


async def test_a_proxy_of_an_https_origin_sees_a_host_name_and_no_token(monkeypatch):
    async with serve(lambda *_: answer(502, b"")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        async with _built("https://notion.invalid", outage=OutageRules(patience_s=1.0), attempts=2) as client:
            with pytest.raises(NotionUnavailableError, match="ProxyError"):
                await client.me()
    assert {method for method, _, _ in proxy.requests} == {"CONNECT"}
    assert {path for _, path, _ in proxy.requests} == {"notion.invalid:443"}
    assert not any(TOKEN.encode() in head for _, _, head in proxy.requests)


@pytest.mark.parametrize(
    ("variables", "origin", "expected"),
    [
        ({}, "https://api.notion.com", None),
        ({"HTTPS_PROXY": "http://p.test:1"}, "https://api.notion.com", "http://p.test:1"),
        ({"HTTPS_PROXY": "p.test:1"}, "https://api.notion.com", "http://p.test:1"),
        ({"ALL_PROXY": "http://p.test:1"}, "https://api.notion.com", "http://p.test:1"),
        ({"HTTP_PROXY": "http://p.test:1"}, "https://api.notion.com", None),
        ({"HTTPS_PROXY": "http://p.test:1", "NO_PROXY": "notion.com"}, "https://api.notion.com", None),
        ({"HTTP_PROXY": "http://p.test:1", "ALL_PROXY": "http://p.test:1"}, "http://localhost:1", None),
    ],
)
def test_only_https_origins_use_the_systems_proxy(monkeypatch, variables, origin, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(httpx.URL(origin)) == expected


async def test_errors_of_calls_made_together_are_all_of_our_tree():
    async with serve(lambda *_: notion_error(401, "unauthorized")) as site, _built(site.origin) as client:
        outcomes = await asyncio.gather(*(client.page(str(n)) for n in range(9)), return_exceptions=True)
    assert all(isinstance(outcome, NotionSyncError) for outcome in outcomes)
