"""One call's retries, against a scripted inner transport and without real waiting."""

import gzip

import httpx
import pytest

from notion_sync_assets.core.notion.transports.retry import SINGLE_TRY, RetryTransport
from notion_sync_assets_tests.core.notion.transports.scripted import CutStream, Scripted, error, ok, request
from notion_sync_assets_tests.core.ratelimit.virtual_time import clock, run_virtual


def _call(inner, sent=None, **options):
    async def main():
        started = clock()
        response = await RetryTransport(inner, **options).handle_async_request(sent or request())
        return response, clock() - started

    return run_virtual(main())


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "fault",
    [
        error(409, "conflict_error"),
        error(429, "rate_limited"),
        error(500, "internal_server_error"),
        error(502),
        error(503, "service_unavailable"),
        error(504, "gateway_timeout"),
        error(529, "service_overload"),
        httpx.ReadTimeout("slow"),
        httpx.ConnectTimeout("slow"),
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("disconnected"),
    ],
    ids=lambda fault: str(getattr(fault, "status_code", type(fault).__name__)),
)
def test_passing_faults_are_tried_again_whatever_the_verb(fault, method):
    inner = Scripted(fault, fault, ok())
    response, _ = _call(inner, request(method, json={"page_size": 100}))
    assert response.json() == {"object": "page"}
    assert len(inner.requests) == 3


@pytest.mark.parametrize(
    "answer",
    [
        error(400, "validation_error"),
        error(401, "unauthorized"),
        error(403, "restricted_resource"),
        error(404, "object_not_found"),
        error(429, "rate_limited", rate_limit_reason="public_api_request_blocked"),
        httpx.Response(302, headers={"location": "https://elsewhere.test"}),
    ],
    ids=lambda answer: str(answer.status_code),
)
def test_what_would_fail_again_is_passed_on_at_once(answer):
    inner = Scripted(answer, ok())
    response, lasted = _call(inner)
    assert response.status_code == answer.status_code
    assert (len(inner.requests), lasted) == (1, 0.0)


def test_the_tries_are_limited_and_the_last_answer_is_passed_on():
    inner = Scripted(error(503, "service_unavailable"))
    response, _ = _call(inner, attempts=4)
    assert (response.status_code, len(inner.requests)) == (503, 4)


def test_the_last_error_is_raised_when_there_never_was_an_answer():
    inner = Scripted(httpx.ReadError("reset"))
    with pytest.raises(httpx.ReadError, match="reset"):
        _call(inner)
    assert len(inner.requests) == 6


def test_refusals_for_the_rate_do_not_use_up_tries():
    refused = error(429, "rate_limited", {"retry-after": "1"})
    inner = Scripted(*[refused] * 20, ok())
    response, _ = _call(inner, attempts=2)
    assert (response.status_code, len(inner.requests)) == (200, 21)


@pytest.mark.parametrize("seconds", [7, 3600])
@pytest.mark.parametrize("status", [429, 503, 529])
def test_a_retry_after_is_waited_out_in_full(status, seconds):
    inner = Scripted(error(status, "rate_limited", {"retry-after": str(seconds)}), ok())
    _, lasted = _call(inner)
    assert lasted == pytest.approx(seconds)


def test_the_pauses_grow_but_not_beyond_half_a_minute():
    inner = Scripted(error(500, "internal_server_error"))
    _call(inner, attempts=40)
    pauses = [later - earlier for earlier, later in zip(inner.times, inner.times[1:], strict=False)]
    assert pauses[0] <= 0.5
    assert max(pauses) <= 30.0
    assert sum(pauses[10:]) > 10 * sum(pauses[:4])


def test_an_edge_block_is_tried_once_more_and_slowly():
    inner = Scripted(error(403))
    response, lasted = _call(inner)
    assert (response.status_code, len(inner.requests), lasted) == (403, 2, 10.0)


def test_a_probe_is_sent_once_even_when_refused_for_the_rate():
    inner = Scripted(error(429, "rate_limited"), ok())
    response, _ = _call(inner, request(extensions={SINGLE_TRY: True}))
    assert (response.status_code, len(inner.requests)) == (429, 1)


@pytest.mark.parametrize(
    "body", [b'{"object": "pa', b"", b"<html>please log in</html>", b"null", b"{}", b"[]"]
)
def test_a_good_status_with_an_unreadable_body_is_tried_again(body):
    reasons = []
    inner = Scripted(httpx.Response(200, content=body), ok())
    response, _ = _call(inner, on_retry=reasons.append)
    assert response.json() == {"object": "page"}
    assert reasons == ["unreadable body"]


def test_an_unreadable_body_is_passed_on_in_the_end_and_cannot_be_taken_for_json():
    inner = Scripted(httpx.Response(200, content=b"{"))
    response, _ = _call(inner)
    assert len(inner.requests) == 6
    with pytest.raises(ValueError, match="Expecting"):
        response.json()


def test_a_body_cut_by_the_connection_is_tried_again():
    class Cutting(Scripted):
        async def handle_async_request(self, request):
            response = await super().handle_async_request(request)
            if len(self.requests) == 1:
                response.stream = CutStream()
            return response

    reasons = []
    response, _ = _call(Cutting(ok()), on_retry=reasons.append)
    assert response.json() == {"object": "page"}
    assert reasons == ["RemoteProtocolError"]


def test_a_compressed_body_that_is_broken_is_tried_again_and_a_whole_one_is_read_once():
    packed = gzip.compress(b'{"object": "page", "id": "1"}')
    headers = {"content-encoding": "gzip", "content-type": "application/json"}

    class Packed(Scripted):
        async def handle_async_request(self, request):
            await super().handle_async_request(request)
            content = b"garbage" if len(self.requests) == 1 else packed
            return httpx.Response(200, headers=headers, stream=httpx.ByteStream(content))

    inner = Packed(ok())
    response, _ = _call(inner)
    assert len(inner.requests) == 2
    assert response.json() == {"object": "page", "id": "1"}


def test_errors_of_our_own_are_not_tried_again():
    inner = Scripted(RuntimeError("a defect"))
    with pytest.raises(RuntimeError):
        _call(inner)
    assert len(inner.requests) == 1
