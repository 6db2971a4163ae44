"""What a reader must find of a document: the text of every block, in the order of reading, as often as it is said.

Here: expectations from the document alone. Not here: renderers. The words of a link to a site are its title; what
lies below a child page is of that page's own document.
"""

import re
from collections import Counter
from collections.abc import Iterator

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.text import block_text
from notion_sync_assets.core.documents import Document, plain_text

REPEATED = frozenset(("heading_1", "heading_2", "heading_3", "heading_4", "child_database"))
"""Headings are also in tables of contents, a database may be named where it is linked."""
_LONG = 12
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")


def squeezed(text: str) -> str:
    """Return a text without blanks, which formats lay out as they like, and without what no terminal should see."""
    return "".join(_UNSEEN.sub(" ", text).split())


def shown(document: Document) -> Iterator[tuple[Json, str]]:
    """Yield every block with its text."""
    pages = {block["id"] for block, _ in document.walk() if block["type"] == "child_page"}
    for block, above in document.walk():
        if pages.isdisjoint(above):
            yield block, _title(block, document) or block_text(block)


def _title(block: Json, document: Document) -> str:
    container = document.databases.get(block["id"], {}).get("database")
    if container:
        return plain_text(container["title"])
    payload = block.get(block["type"])
    items = payload.get("rich_text") if isinstance(payload, dict) else None
    titles = [((item.get("mention") or {}).get("link_mention") or {}).get("title") for item in items or []]
    return " ".join(filter(None, titles))


def assert_all_in_order(document: Document, seen: str, *, mathematics: bool = True) -> None:
    """Fail where the text of a block is missing from what a reader sees, or stands before the block above it.

    ``mathematics`` False leaves out blocks with equations, where a browser shows no TeX.
    """
    compact, position = squeezed(seen), 0
    for block, said in shown(document):
        if not mathematics and _holds_tex(block):
            continue
        position = max(_after(line, compact, position, block["type"]) for line in said.split("\n"))


def _after(line: str, compact: str, start: int, kind: str) -> int:
    """Return where a line ends; what may stand between its words is an address that is shown and not linked."""
    position = compact.find(squeezed(line), start)
    if position >= 0:
        return position + len(squeezed(line))
    position = start
    for word in _UNSEEN.sub(" ", line).split():
        found = compact.find(word, position)
        assert found >= 0, (kind, line, word, compact[start : start + 300])
        position = found + len(word)
    return position


def _holds_tex(block: Json) -> bool:
    items = block[block["type"]].get("rich_text")
    kinds = [item.get("type") for item in items] if isinstance(items, list) else []
    return "equation" in (block["type"], *kinds)


def assert_once(document: Document, seen: str) -> None:
    """Fail where a text is read more often than blocks say it."""
    compact = squeezed(seen)
    lines = [(block["type"], squeezed(line)) for block, said in shown(document) for line in said.split("\n")]
    said = Counter(line for _, line in lines)
    whole = "\n".join(line for _, line in lines)
    for kind, line in lines:
        if len(line) >= _LONG and kind not in REPEATED and whole.count(line) == said[line]:
            assert compact.count(line) <= said[line], (kind, line)
