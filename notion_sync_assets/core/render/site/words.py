"""Words of the search index: text in, terms out, and the file in which a term is looked up.

Here: the spelling that ``static/search.js`` repeats for what a person types. Not here: counting (``search_index``).
Accents and case do not matter. Scripts without spaces between words are cut into pairs of characters.
"""

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 40

_RUN = re.compile(r"[^\W_]+")
_PART = re.compile(r"([\u3040-\u30ff\u3400-\u9fff]+)|([^\u3040-\u30ff\u3400-\u9fff]+)")
_PAIR = 2
_ASCII = 127
_BLOCK_BITS = 5


def words(text: str) -> Iterator[str]:
    """Yield the terms of a text, in order, with repetitions."""
    for run in _RUN.findall(plain(text)):
        if run.isascii():
            yield run[:LONGEST]
            continue
        for unspaced, spaced in _PART.findall(run):
            yield from _pairs(unspaced) if unspaced else (spaced[:LONGEST],)


def plain(text: str) -> str:
    """Return a text in which accents and case do not differ."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(each for each in apart if unicodedata.category(each)[0] != "M").lower()


def shard(term: str) -> str:
    """Return the name of the file that holds a term; terms that share their first two letters share it."""
    first = ord(term[0])
    if first > _ASCII:
        return f"x-{first >> _BLOCK_BITS:x}"
    if len(term) == 1:
        return f"{term}_"
    return f"{term[0]}{term[1] if ord(term[1]) <= _ASCII else '-'}"


def _pairs(run: str) -> Iterator[str]:
    if len(run) <= _PAIR:
        yield run
        return
    for start in range(len(run) - 1):
        yield run[start : start + _PAIR]
