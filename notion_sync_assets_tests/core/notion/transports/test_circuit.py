"""What calls do during an outage, in virtual time."""

import asyncio

import httpx
import pytest

from notion_sync_assets.core.notion.config import OutageRules
from notion_sync_assets.core.notion.errors import NotionUnavailableError
from notion_sync_assets.core.notion.transports.circuit import CircuitBreakerTransport
from notion_sync_assets_tests.core.notion.transports.scripted import Scripted, error, ok, request
from notion_sync_assets_tests.core.ratelimit.virtual_time import clock, run_virtual

PROBE = "/v1/users/me"


class Service(Scripted):
    """A service that is down until a moment, or answers some paths with errors forever."""

    def __init__(self, down_until=0.0, fault=None, poisoned=()):
        super().__init__(self._answer)
        self.down_until = down_until
        self.fault = fault or error(503, "service_unavailable")
        self.poisoned = poisoned

    async def handle_async_request(self, request):
        await asyncio.sleep(1)
        response = await super().handle_async_request(request)
        await response.aread()
        return response

    def _answer(self, request):
        down = clock() - 1_000.0 < self.down_until
        return self.fault if down or request.url.path in self.poisoned else ok()

    @property
    def probes(self):
        return [
            time - 1_000.0
            for time, request in zip(self.times, self.requests, strict=True)
            if request.url.path == PROBE
        ]


def _calls(service, paths, **options):
    async def main():
        circuit = CircuitBreakerTransport(service, **options, clock=clock)

        async def one(path):
            return await circuit.handle_async_request(
                request(url=f"https://api.notion.test/v1/{path}", headers={"authorization": "Bearer ntn_x"})
            )

        answers = await asyncio.gather(*(one(path) for path in paths), return_exceptions=True)
        return answers, clock() - 1_000.0

    return run_virtual(main())


@pytest.mark.parametrize("fault", [error(503, "service_unavailable"), httpx.ConnectError("refused")])
@pytest.mark.parametrize("concurrency", [1, 4, 20])
def test_an_outage_makes_calls_wait_and_fails_none(fault, concurrency):
    service = Service(down_until=300.0, fault=fault)
    answers, lasted = _calls(service, [f"pages/{number}" for number in range(concurrency)])
    assert [answer.status_code for answer in answers] == [200] * concurrency
    assert lasted < 300 + 32 + 2


def test_an_outage_is_counted_once_with_how_long_nobody_got_an_answer():
    opened, closed = [], []
    service = Service(down_until=300.0)
    _calls(service, ["pages/1"] * 6, on_open=lambda: opened.append(clock() - 1_000.0), on_close=closed.append)
    assert opened == [1.0]
    assert len(closed) == 1
    assert 300 - 1 <= closed[0] <= 300 + 32


def test_the_rules_of_the_breaker_can_be_set():
    service = Service(down_until=20.0)
    _, lasted = _calls(service, ["pages/1"] * 2, rules=OutageRules(failures=2, reset_s=3.0))
    assert len(service.probes) >= 5
    assert lasted < 20 + 3 + 3


def test_while_open_only_one_probe_goes_every_thirty_seconds():
    service = Service(down_until=200.0)
    _calls(service, [f"pages/{number}" for number in range(8)])
    gaps = [later - earlier for earlier, later in zip(service.probes, service.probes[1:], strict=False)]
    assert gaps
    assert min(gaps) >= 30.0
    assert len(service.requests) <= 8 + len(service.probes) + 8 + 8


def test_a_probe_carries_the_token_and_nothing_of_the_call():
    service = Service(down_until=40.0)
    _calls(service, ["pages/1?x=1"] * 5)
    probe = next(sent for sent in service.requests if sent.url.path == PROBE)
    assert (probe.method, probe.url.query, probe.headers["authorization"]) == ("GET", b"", "Bearer ntn_x")


def test_an_outage_longer_than_the_patience_ends_every_call_together():
    service = Service(down_until=10_000.0)
    answers, lasted = _calls(
        service, [f"pages/{number}" for number in range(10)], rules=OutageRules(patience_s=120.0)
    )
    assert all(isinstance(answer, NotionUnavailableError) for answer in answers)
    assert 120.0 <= lasted <= 155.0
    assert answers[0].endpoint == "GET /v1/pages/{id}"
    assert "503" in str(answers[0])


def test_a_page_that_always_fails_fails_alone_while_others_get_answers():
    async def main():
        service = Service(poisoned={"/v1/pages/odd"})
        circuit = CircuitBreakerTransport(service, clock=clock)
        odd = asyncio.create_task(circuit.handle_async_request(request(url="https://n.test/v1/pages/odd")))
        others = [(await circuit.handle_async_request(request())).status_code for _ in range(10)]
        return (await odd).status_code, others, service.probes

    assert run_virtual(main()) == (503, [200] * 10, [])


def test_a_page_that_always_fails_is_given_up_even_when_nobody_else_calls():
    service = Service(poisoned={"/v1/pages/odd"})
    answers, lasted = _calls(service, ["pages/odd"])
    assert answers[0].status_code == 503
    assert lasted < 60
    assert len(service.probes) == 1


def test_a_call_that_always_breaks_off_is_given_up_with_its_own_error():
    service = Service(poisoned={"/v1/pages/odd"}, fault=httpx.ReadError("reset"))
    answers, _ = _calls(service, ["pages/odd"])
    assert isinstance(answers[0], httpx.ReadError)


def test_pages_that_always_fail_do_not_hold_up_the_others():
    odd = {f"/v1/pages/odd{number}" for number in range(5)}
    service = Service(poisoned=odd)
    paths = [path.removeprefix("/v1/") for path in sorted(odd)] + ["pages/fine"] * 5
    answers, lasted = _calls(service, paths)
    assert [answer.status_code for answer in answers] == [503] * 5 + [200] * 5
    assert lasted < 120


def test_a_query_too_heavy_for_the_server_is_no_outage_and_comes_back_at_once():
    service = Service(poisoned={"/v1/data_sources/1/query"}, fault=error(504, "gateway_timeout"))
    answers, lasted = _calls(service, ["data_sources/1/query"])
    assert (answers[0].status_code, lasted) == (504, 1.0)


@pytest.mark.parametrize(
    "answer",
    [
        error(404, "object_not_found"),
        error(403),
        error(429, "rate_limited", rate_limit_reason="public_api_request_blocked"),
    ],
    ids=["404", "edge block", "blocked"],
)
def test_answers_about_one_request_never_open_the_circuit(answer):
    service = Service(down_until=10_000.0, fault=answer)
    answers, lasted = _calls(service, ["pages/1"] * 12)
    assert {answered.status_code for answered in answers} == {answer.status_code}
    assert lasted == 1.0


def test_a_cancelled_prober_leaves_its_place_to_the_next():
    async def main():
        service = Service(down_until=70.0)
        circuit = CircuitBreakerTransport(service, clock=clock)
        calls = [asyncio.create_task(circuit.handle_async_request(request())) for _ in range(6)]
        await asyncio.sleep(20)
        for call in calls[:3]:
            call.cancel()
        return await asyncio.gather(*calls[3:])

    assert [answer.status_code for answer in run_virtual(main())] == [200] * 3


def test_failures_spread_over_more_than_a_minute_do_not_open_the_circuit():
    async def main():
        service = Service()
        circuit = CircuitBreakerTransport(service, clock=clock)
        for number in range(8):
            service.poisoned = {request().url.path}
            call = asyncio.create_task(circuit.handle_async_request(request()))
            await asyncio.sleep(1.5)
            service.poisoned = ()
            await call
            await asyncio.sleep(20 + number)
        return service.probes

    assert run_virtual(main()) == []
