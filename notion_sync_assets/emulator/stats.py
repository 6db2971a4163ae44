"""What the server counts: every request by route and status. The proof behind the product's numbers."""

import time
from collections import Counter
from dataclasses import dataclass, field

from notion_sync_assets.emulator.json_types import Json

LOG_LIMIT = 200_000


@dataclass
class Stats:
    """Counters since the last reset; `log` holds single requests only while `keep_log` is on."""

    by_route: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    file_bytes: int = 0
    keep_log: bool = False
    log: list[Json] = field(default_factory=list)
    first: float | None = None
    last: float | None = None

    def count(self, route: str, status: int, path: str, fault: str | None) -> None:
        """One finished request; `route` is method and template, status 0 means no answer was given."""
        now = time.time()
        self.first = self.first or now
        self.last = now
        self.by_route[route, status] += 1
        if fault:
            self.faults[fault] += 1
        if self.keep_log and len(self.log) < LOG_LIMIT:
            self.log.append(
                {"time": round(now, 4), "route": route, "path": path, "status": status, "fault": fault}
            )

    def report(self) -> Json:
        """The counters as JSON; `requests` and `rejected` are about the API, files are counted beside them."""
        api = {key: n for key, n in self.by_route.items() if "/v1/" in key[0]}
        routes: dict[str, dict[str, int]] = {}
        for (route, status), number in sorted(self.by_route.items()):
            routes.setdefault(route, {})[str(status)] = number
        return {
            "requests": sum(api.values()),
            "accepted": sum(n for (_, status), n in api.items() if status != 429),  # noqa: PLR2004
            "rejected": sum(n for (_, status), n in api.items() if status == 429),  # noqa: PLR2004
            "files": sum(n for (route, _), n in self.by_route.items() if "/files/" in route),
            "file_bytes": self.file_bytes,
            "by_route": routes,
            "faults": dict(self.faults),
            "first": self.first,
            "last": self.last,
        }
