"""Time as the engine sees it: one seam, UTC, ISO text with seconds or better.

Here: now, parsing of Notion's two spellings, the question whether a page had settled. Not here: durations of
single policies.
"""

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Return the current time in UTC."""
    return dt.datetime.now(dt.UTC)


def parse_time(text: object) -> dt.datetime | None:
    """Return the time of an API timestamp (``…Z`` or ``+00:00``), None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def settled(last_edited: object, read_at: object, margin: dt.timedelta) -> bool:
    """Tell whether a read at ``read_at`` shows all edits of that stamp.

    Notion cuts times to the minute, so a page read soon after its stamp may change again without a new stamp
    (notion_api.md §13). An unreadable time never counts as settled.
    """
    edited, read = parse_time(last_edited), parse_time(read_at)
    return edited is not None and read is not None and read - edited >= margin
