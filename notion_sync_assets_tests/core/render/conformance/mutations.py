"""Values as the API's reference does not have them: every field missing, null, or of another type.

Here: one changed copy after the other of an API object. Not here: what must still be shown.
"""

import copy
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

from notion_sync_assets.core.canonical import Json

ODD: tuple[Any, ...] = (None, 7, True, "odd words", [], [7, None], {}, {"odd": "words"})
_KEPT = frozenset(("id", "type", "object", "children", "parent"))
"""What our own reader guarantees, or what makes the object what it is."""


def mutations(value: Json, kept: Collection[str] = _KEPT) -> Iterator[tuple[str, Callable[[], Json]]]:
    """Yield every place with every odd value, and what makes the changed copy: a sample need not make them all.

    ``kept``: fields that stay as they are.
    """
    for path in list(_paths(value, kept)):
        name = "/".join(map(str, path))
        for odd in ODD:
            yield f"{name} = {odd!r}", partial(_changed, value, path, odd)
        yield f"no {name}", partial(_without, value, path)


def _paths(value: Any, kept: Collection[str], above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in places:
        if key not in kept:
            yield (*above, key)
            yield from _paths(item, kept, (*above, key))


def _changed(value: Json, path: tuple[Any, ...], odd: Any) -> Json:
    made = copy.deepcopy(value)
    _holder(made, path)[path[-1]] = copy.deepcopy(odd)
    return made


def _without(value: Json, path: tuple[Any, ...]) -> Json:
    made = copy.deepcopy(value)
    del _holder(made, path)[path[-1]]
    return made


def _holder(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value
