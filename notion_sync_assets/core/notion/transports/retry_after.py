"""How long the server asks to wait.

Belongs here: reading `Retry-After` in both its forms, and Notion's own field. Does not belong here: waiting.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx


def retry_after_s(response: httpx.Response, body: dict[str, Any]) -> float | None:
    """Seconds from the header (a number or an HTTP date), else from `additional_data.retry_after`, else None."""
    value = response.headers.get("retry-after", "").strip()
    from_header = _number(value)
    if from_header is None and value:
        from_header = _until(value, response.headers.get("date"))
    if from_header is not None:
        return from_header
    data = body.get("additional_data")
    return _number(data.get("retry_after")) if isinstance(data, dict) else None


def _number(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    # NaN and the infinities are numbers to float(), but no time to wait.
    return seconds if 0 <= seconds < float("inf") else None


def _until(date: str, server_date: str | None) -> float | None:
    then = _moment(date)
    if then is None:
        return None
    # The server's own clock, where it shows it: ours may be minutes off.
    now = (_moment(server_date) if server_date else None) or datetime.now(UTC)
    return max(0.0, (then - now).total_seconds())


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
