"""Elements of HTML, escaped by construction.

Here: the one way in which Python code makes a tag. Not here: templates (``templates``), any knowledge of Notion.
"""

from collections.abc import Iterable

from markupsafe import Markup, escape

_VOID = frozenset(("br", "hr", "img", "input"))
EMPTY = Markup("")


def element(name: str, *content: str | Markup, **attributes: str | bool | None) -> Markup:
    """Return an element; text is escaped, ``Markup`` is kept.

    Attributes that are None or False are left out, True is an attribute without a value. ``class_`` is spelled
    ``class``, ``data_key`` ``data-key``.
    """
    start = f"<{name}{_attributes(attributes)}>"
    if name in _VOID:
        return Markup(start)  # noqa: S704 - built of escaped parts
    return Markup(f"{start}{''.join(map(escape, content))}</{name}>")  # noqa: S704 - built of escaped parts


def joined(parts: Iterable[str | Markup], separator: str = "") -> Markup:
    """Return parts in a row; text is escaped, ``Markup`` is kept."""
    return Markup(separator).join(parts)  # noqa: S704 - separators are constants of this package


def _attributes(attributes: dict[str, str | bool | None]) -> str:
    shown = []
    for name, value in attributes.items():
        spelled = name.rstrip("_").replace("_", "-")
        if value is True:
            shown.append(f" {spelled}")
        elif value is not None and value is not False:
            shown.append(f' {spelled}="{escape(value)}"')
    return "".join(shown)
