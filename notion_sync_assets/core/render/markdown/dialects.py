"""What the places that show Markdown differ in, as tables.

Here: the dialects. Not here: what all of them share, which is CommonMark with GitHub's extensions.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to show Markdown.

    ``colors``: colours are written as styles, which GitHub would strip. ``callouts``: callouts are quotes that
    begin with a type in brackets. ``math_fence``: TeX that ``$$`` cannot hold may be a ``math`` code block.
    """

    name: str
    colors: bool
    callouts: bool
    math_fence: bool


GFM: Final = Dialect("gfm", colors=False, callouts=False, math_fence=True)
OBSIDIAN: Final = Dialect("obsidian", colors=True, callouts=True, math_fence=False)

DIALECTS = MappingProxyType({dialect.name: dialect for dialect in (GFM, OBSIDIAN)})
