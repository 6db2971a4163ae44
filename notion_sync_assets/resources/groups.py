"""Results that arrive one by one, handed on a few at a time: what is done with a group costs hardly more than with one.

Here: how long a result waits for others. Not here: what a result is, what is done with a group.
"""

import queue
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TypeVar

TOGETHER_S = 0.5
_WAIT_S = 0.2
"""A wait in the main thread that is longer would keep an interrupt waiting, too."""

Item = TypeVar("Item")


def in_groups(arriving: "queue.SimpleQueue[Item | None]") -> Iterator[list[Item]]:
    """Yield what arrives until ``None`` does, that of half a second together.

    The half second begins when the caller is done with a group: what arrives later than that is yielded at once.
    """
    group: list[Item] = []
    due = 0.0
    while True:
        if group and time.monotonic() >= due and arriving.empty():
            yield group
            group, due = [], time.monotonic() + TOGETHER_S
        with suppress(queue.Empty):
            item = arriving.get(timeout=max(0.0, due - time.monotonic()) if group else _WAIT_S)
            if item is None:
                break
            group.append(item)
    if group:
        yield group
