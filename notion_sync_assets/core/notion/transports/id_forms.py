"""One form of every id, in whatever form a server gives it.

Belongs here: ids of an answer brought to the dashed lower-case form, which Notion's own answers have already. Does not
belong here: ids that people type or links hold (`core.identifiers`).

Ids are the identity of everything: a page that comes as 32 digits from a search and dashed from a query would be two.
"""

import re
from typing import Any

from notion_sync_assets.core.identifiers import canonical_id

# Keys of ids end in `id`. Bytes are looked at first, since Notion's own answers need no walk.
_OTHER_FORM = re.compile(rb'd" ?: ?"(?:[0-9a-fA-F]{32}"|(?=[0-9a-f-]*+[A-F])[0-9a-fA-F-]{36}")')


def in_one_form(content: bytes, answer: Any) -> Any:
    """`answer`, which was read from `content`, with every id in it dashed and in lower case."""
    if _OTHER_FORM.search(content):
        waiting = [answer]
        while waiting:
            waiting.extend(_mended(waiting.pop()))
    return answer


def _mended(value: Any) -> list[Any]:
    """Bring the ids directly in a value to one form; return the values inside it."""
    if not isinstance(value, dict):
        return list(value) if isinstance(value, list) else []
    for key, inside in value.items():
        if isinstance(inside, str) and (key == "id" or key.endswith("_id")):
            value[key] = canonical_id(inside) or inside
    return list(value.values())
