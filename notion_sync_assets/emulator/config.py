"""What can be asked of an emulator. Values only: the command line and the control API both end here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FAULT_KINDS = ("429", "500", "502", "503", "504", "529", "reset", "truncate", "timeout")

WorldKind = Literal["demo", "generated"]
WindowMode = Literal["fixed", "sliding"]


@dataclass(frozen=True, kw_only=True)
class EmulatorConfig:
    """Settings of one emulator; the defaults are a demo world with Notion's own unpleasant habits switched on.

    `pages`, `rows`, `databases` and `depth` shape a generated world (`pages` are standalone tree pages, `rows`
    are spread over `databases`; `crowd` rows of the first database are made in one minute). `limit` is the number of accepted requests per `window` seconds and token
    (0: no limit). `search_lag`, `search_cursor_ttl`, `cursor_ttl` (other lists; 0: for ever) and `file_ttl` are seconds;
    rates are between 0 and 1. `result_cap` and `search_cap` (0: none) are results of one query and of one search.
    `webhook_delay` is how many seconds an event is sent late at most, `webhook_retry` the first pause after a failure
    (it doubles), `webhook_duplicate_rate` the share of events that are sent twice.
    `data` names a folder of recorded objects, which then replaces the world; they are served as they are, with no
    page left out of search and no list coming short. `token` None accepts any token.
    """

    host: str = "127.0.0.1"
    port: int = 0
    world: WorldKind = "demo"
    pages: int = 100
    rows: int = 200
    databases: int = 4
    depth: int = 4
    crowd: int = 0
    seed: int = 1
    limit: int = 180
    window: float = 60.0
    window_mode: WindowMode = "fixed"
    latency_ms: float = 0.0
    fault_rate: float = 0.0
    fault_kinds: tuple[str, ...] = FAULT_KINDS
    hang_seconds: float = 75.0
    token: str | None = None
    search_lag: float = 5.0
    search_omit_rate: float = 0.02
    short_page_rate: float = 1 / 64
    search_cursor_ttl: float = 900.0
    cursor_ttl: float = 0.0
    file_ttl: float = 3600.0
    result_cap: int = 10_000
    search_cap: int = 0
    webhook_delay: float = 0.5
    webhook_retry: float = 1.0
    webhook_duplicate_rate: float = 0.1
    data: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what could only be a mistake, and any address that is not loopback."""
        if self.host not in {"127.0.0.1", "::1", "localhost"}:
            raise ValueError("the emulator serves loopback addresses only")
        unknown = set(self.fault_kinds) - set(FAULT_KINDS)
        if unknown:
            raise ValueError(f"unknown fault kinds: {', '.join(sorted(unknown))}")
        if self.window <= 0:
            raise ValueError("window must be longer than 0 seconds")
