"""Elements of HTML, escaped by construction.

Here: the one way in which Python code makes a tag. Not here: templates (``templates``), any knowledge of Notion.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, partial

from markupsafe import Markup, escape

_ESCAPED = re.compile("[&<>'\"]")
_VOID = frozenset(("br", "hr", "img", "input"))
EMPTY = Markup("")


# As Markup(text), which asks each text first whether it is markup: a page is made of thousands of pieces.
_markup: Callable[[str], Markup] = partial(str.__new__, Markup)


def element(name: str, *content: str | Markup, **attributes: str | bool | None) -> Markup:
    """Return an element; text is escaped, ``Markup`` is kept.

    Attributes that are None or False are left out, True is an attribute without a value. ``class_`` is spelled
    ``class``, ``data_key`` ``data-key``.
    """
    start = f"<{name}{_attributes(attributes)}>" if attributes else f"<{name}>"
    if name in _VOID:
        return _markup(start)
    inner = "".join([part if type(part) is Markup else _text(part) for part in content])
    return _markup(f"{start}{inner}</{name}>")


def joined(parts: Iterable[str | Markup], separator: str = "") -> Markup:
    """Return parts in a row; text is escaped, ``Markup`` is kept."""
    return _markup(separator.join([part if type(part) is Markup else _text(part) for part in parts]))


def escaped(text: str) -> Markup:
    """Return text as markup."""
    return _markup(_text(text))


def _text(text: str) -> str:
    # Most text needs no escaping, and asking is cheaper than doing it.
    return escape(text) if _ESCAPED.search(text) else text


def _attributes(attributes: dict[str, str | bool | None]) -> str:
    shown = []
    for name, value in attributes.items():
        if value is True:
            shown.append(f" {_spelled(name)}")
        elif value is not None and value is not False:
            shown.append(f' {_spelled(name)}="{_text(value)}"')
    return "".join(shown)


@cache
def _spelled(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
