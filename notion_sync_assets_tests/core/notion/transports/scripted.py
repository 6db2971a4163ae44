"""An inner transport that answers by a script, in virtual time."""

import json

import httpx

from notion_sync_assets_tests.core.ratelimit.virtual_time import clock

URL = "https://api.notion.test/v1/pages/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


def ok(body=None):
    return httpx.Response(200, json={"object": "page"} if body is None else body)


def error(status, code=None, headers=None, **additional):
    """An answer as Notion gives it, or as a proxy does when there is no code."""
    if code is None:
        return httpx.Response(status, html="<html>nginx</html>", headers=headers)
    body = {"object": "error", "status": status, "code": code, "message": "why", "request_id": "r-1"}
    if additional:
        body["additional_data"] = additional
    return httpx.Response(status, json=body, headers=headers)


def request(method="GET", url=URL, **kwargs):
    return httpx.Request(method, url, **kwargs)


class Scripted(httpx.AsyncBaseTransport):
    """Plays its steps in order, the last one forever; a step is an answer, an exception or a function."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.requests = []
        self.times = []
        self.closed = False

    async def handle_async_request(self, request):
        self.requests.append(request)
        self.times.append(clock())
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if callable(step):
            step = step(request)
        if isinstance(step, Exception):
            raise step
        return httpx.Response(step.status_code, headers=step.headers, stream=httpx.ByteStream(step.content))

    async def aclose(self):
        self.closed = True


class CutStream(httpx.AsyncByteStream):
    """A body whose connection breaks in the middle."""

    async def __aiter__(self):
        yield json.dumps({"object": "page"}).encode()[:7]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
