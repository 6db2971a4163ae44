"""Seeded misfortune: which request meets which fault. How a fault looks on the wire is in `gate.py`."""

import random

from notion_sync_assets.emulator.errors import ApiError, rate_limited

BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>"
    b"\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n"
)
ERRORS = {
    "500": ApiError(500, "internal_server_error", "Unexpected error occurred."),
    "503": ApiError(503, "service_unavailable", "Notion is unavailable, please try again later."),
    "504": ApiError(504, "gateway_timeout", "Notion timed out while attempting to complete this request."),
    "529": ApiError(
        529, "service_overload", "Notion is overloaded, please try again later.", {"Retry-After": "1"}
    ),
}


class FaultPlan:
    """Draws a fault for every request; the n-th request meets the same one for the same seed."""

    def __init__(self, rate: float, kinds: tuple[str, ...], seed: int) -> None:
        self.rate = rate
        self.kinds = kinds
        self._random = random.Random(f"faults-{seed}")

    def draw(self) -> str | None:
        """The kind of fault of the next request, None for most."""
        if not self.kinds or self._random.random() >= self.rate:
            return None
        return self._random.choice(self.kinds)


def error_of(kind: str) -> ApiError | None:
    """The refusal a fault answers with, None for faults that are no JSON answer."""
    if kind == "429":
        return rate_limited(1, "public_api_space_request_rate_limit")
    return ERRORS.get(kind)
