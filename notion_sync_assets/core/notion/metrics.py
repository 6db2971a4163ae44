"""What a client did, in numbers: counted by the transports, read as a frozen snapshot.

Belongs here: the counters and their snapshot. Does not belong here: when something is counted (`transports`),
waiting for the budget (`ratelimit`, whose snapshot is carried along), and how numbers are published.
A *call* is what the exporter asked for; a *wire request* is what went over the network for it: retries make
the second number the larger one. Durations are seconds.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from notion_sync_assets.core.ratelimit.interface import LimiterSnapshot

RATE_LIMITED = "429"
UNKNOWN_REASON = "unknown"


@dataclass(frozen=True)
class EndpointStatus:
    """One row of a count: endpoint template, and HTTP status or the name of the error that came instead."""

    endpoint: str
    status: str


@dataclass(frozen=True)
class ClientMetricsSnapshot:
    """Everything counted up to one moment.

    `requests` and `calls` count by endpoint and status, `request_seconds` and `call_seconds` sum their
    durations by endpoint, `retries` counts by reason (a status or an error's name), `refusals` the 429s by
    `rate_limit_reason` (API reference section 11; `unknown` without one), `outages` how often the circuit opened
    and `outage_seconds` for how long nobody got an answer in those that ended, `received_bytes` is what came over
    the wire before decompression, `limiter` the state of the shared budget, `circuit_open` whether nobody gets
    answers now.
    """

    requests: Mapping[EndpointStatus, int]
    request_seconds: Mapping[str, float]
    received_bytes: int
    calls: Mapping[EndpointStatus, int]
    call_seconds: Mapping[str, float]
    retries: Mapping[str, int]
    refusals: Mapping[str, int]
    outages: int
    outage_seconds: float
    limiter: LimiterSnapshot
    circuit_open: bool = False

    @property
    def total_requests(self) -> int:
        """Requests that went over the wire."""
        return sum(self.requests.values())

    @property
    def total_calls(self) -> int:
        """Calls that ended, well or not."""
        return sum(self.calls.values())

    @property
    def rejected(self) -> int:
        """Wire requests that Notion rejected for the rate (429)."""
        return sum(count for row, count in self.requests.items() if row.status == RATE_LIMITED)


@dataclass
class ClientMetrics:
    """The counters one client's transports share. For one event loop; not for threads."""

    _requests: Counter[EndpointStatus] = field(default_factory=Counter)
    _received_bytes: int = 0
    _calls: Counter[EndpointStatus] = field(default_factory=Counter)
    _call_seconds: dict[str, float] = field(default_factory=dict)
    _wire_seconds: dict[str, float] = field(default_factory=dict)
    _retries: Counter[str] = field(default_factory=Counter)
    _refusals: Counter[str] = field(default_factory=Counter)
    _outages: int = 0
    _outage_seconds: float = 0.0
    _circuit_open: bool = False

    def count_request(self, endpoint: str, status: str, seconds: float) -> None:
        """One wire request ended with this status after so many seconds."""
        self._requests[EndpointStatus(endpoint, status)] += 1
        self._wire_seconds[endpoint] = self._wire_seconds.get(endpoint, 0.0) + seconds

    def count_bytes(self, received: int) -> None:
        """So many bytes of a body came in."""
        self._received_bytes += received

    def count_call(self, endpoint: str, status: str, seconds: float) -> None:
        """One call ended with this final status after so many seconds, waits included."""
        self._calls[EndpointStatus(endpoint, status)] += 1
        self._call_seconds[endpoint] = self._call_seconds.get(endpoint, 0.0) + seconds

    def count_retry(self, reason: str) -> None:
        """One request is about to be sent again, for this reason."""
        self._retries[reason] += 1

    def count_refusal(self, reason: str | None) -> None:
        """One request was rejected for the rate, for this `rate_limit_reason`."""
        self._refusals[reason or UNKNOWN_REASON] += 1

    def count_outage(self) -> None:
        """The circuit opened."""
        self._outages += 1
        self._circuit_open = True

    def count_outage_seconds(self, seconds: float) -> None:
        """The circuit closed after so many seconds without an answer."""
        self._outage_seconds += seconds
        self._circuit_open = False

    def snapshot(self, limiter: LimiterSnapshot) -> ClientMetricsSnapshot:
        """The counters as they are now, with the limiter's state beside them."""
        return ClientMetricsSnapshot(
            requests=MappingProxyType(dict(self._requests)),
            request_seconds=MappingProxyType(dict(self._wire_seconds)),
            received_bytes=self._received_bytes,
            calls=MappingProxyType(dict(self._calls)),
            call_seconds=MappingProxyType(dict(self._call_seconds)),
            retries=MappingProxyType(dict(self._retries)),
            refusals=MappingProxyType(dict(self._refusals)),
            outages=self._outages,
            outage_seconds=self._outage_seconds,
            limiter=limiter,
            circuit_open=self._circuit_open,
        )
