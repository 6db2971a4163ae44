"""Code with its syntax told by classes, decided when the page is rendered.

Here: source text in, markup with exactly that text out. Not here: colours (``static/site.css``).
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from notion_sync_assets.core.render.html.markup import element, joined

_LONGEST = 100_000
_PLAIN = frozenset(("", "plain text", "mermaid"))
_NAMES = {"webassembly": "wast", "visual basic": "vb.net", "java/c/c++/c#": "java", "ascii art": ""}


def highlighted(source: str, language: str) -> Markup:
    """Return the source; a language nobody knows, or a very long text, stays plain."""
    lexer = _lexer(language.lower()) if len(source) <= _LONGEST else None
    parts = list(_tokens(lexer, source)) if lexer else []
    if "".join(text for _, text in parts) != source:
        return joined([source])
    return joined(element("span", text, class_=name) if name else text for name, text in parts)


@lru_cache(128)
def _lexer(language: str) -> Lexer | None:
    name = _NAMES.get(language, language)
    if name in _PLAIN:
        return None
    try:
        return get_lexer_by_name(name)
    except ClassNotFound:
        return None


def _tokens(lexer: Any, source: str) -> Iterator[tuple[str, str]]:
    # The usual entry point strips and replaces line breaks; many lexers need one at the end.
    left = len(source)
    for _, kind, text in lexer.get_tokens_unprocessed(source if source.endswith("\n") else source + "\n"):
        shown = text[:left]
        left -= len(shown)
        if shown:
            yield STANDARD_TYPES.get(kind) or STANDARD_TYPES.get(kind.parent, ""), shown
