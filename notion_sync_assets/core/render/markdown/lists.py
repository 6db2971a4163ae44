"""Lists: bulleted, numbered and to-do items with whatever is inside of them.

Here: markers, numbering, indentation. Not here: which neighbours make one list (``blocks``).
An item's content is indented by the width of its marker, at any depth. Neighbouring lists of numbers are told apart
by ``.`` and ``)``, since Markdown would make one of them. Formats other than numbers have no Markdown.
"""

from dataclasses import dataclass

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView, paragraph, prefixed

KINDS = frozenset(("bulleted_list_item", "numbered_list_item", "to_do"))

_LARGEST = 999_999_999


@dataclass(slots=True)
class Numbering:
    """The number of the next item among the blocks of one parent."""

    number: int = 0
    delimiter: str = "."
    restarted: bool = False
    """Whether the last item began a list."""
    listed: bool = False
    """Whether the block before, apart from empty paragraphs, was a numbered item."""

    def next(self, block: Json, *, adjacent: bool) -> str:
        """Return the marker of a numbered item; ``adjacent``: the block right before was one too."""
        start = (block.get("numbered_list_item") or {}).get("list_start_index")
        self.restarted = not adjacent or start is not None
        if not self.restarted:
            self.number += 1
        else:
            self.number = start if isinstance(start, int) and 0 <= start <= _LARGEST else 1
            self.delimiter = ")" if self.listed and self.delimiter == "." else "."
        return f"{self.number}{self.delimiter}"


def item(block: Json, marker: str, page: PageView) -> Lines:
    """Return an item: ``marker``, its text, what is inside of it."""
    box = ""
    if block["type"] == "to_do":
        box = "[x] " if (block.get("to_do") or {}).get("checked") else "[ ] "
    text = paragraph(box + page.text(block))
    inside = page.children(block)
    # A blank line after an empty first line would end the item.
    gap = [""] if text and inside and not _interrupts(block["children"], inside) else []
    indent = " " * (len(marker) + 1)
    return prefixed([*(text or [""]), *gap, *inside], marker + " ", indent)


def _interrupts(children: list[Json], lines: Lines) -> bool:
    """Tell whether the first child can follow a line of text without a blank line between them."""
    first = children[0].get("type")
    if first == "numbered_list_item":
        return lines[0].startswith("1. ")
    return first in KINDS and lines[0].startswith("- ")
