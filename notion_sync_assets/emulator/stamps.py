"""Notion's two ways to write a time, and reading both. No clock here."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(1024)
def minute_stamp(seconds: float) -> str:
    """`2025-01-31T10:20:00.000Z`: the form of pages, blocks, data sources and comments."""
    moment = EPOCH + timedelta(seconds=int(seconds // 60) * 60)
    return moment.strftime("%Y-%m-%dT%H:%M:00.000Z")


def second_stamp(seconds: float) -> str:
    """`2025-01-31T10:20:31.000Z`: the form of file expiry times."""
    return (EPOCH + timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def compact_stamp(seconds: float) -> str:
    """`20250131T102031Z`: the form in signed addresses."""
    return (EPOCH + timedelta(seconds=int(seconds))).strftime("%Y%m%dT%H%M%SZ")


def milli_stamp(seconds: float) -> str:
    """`2025-01-31T10:20:31.643+00:00`: the form of databases and views (reference §7)."""
    return (EPOCH + timedelta(milliseconds=round(seconds * 1000))).isoformat(timespec="milliseconds")


def parse_stamp(text: object) -> float | None:
    """Seconds since 1970 of either form, of a plain date, or None when it is none of them."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
