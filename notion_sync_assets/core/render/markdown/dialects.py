r"""What the places that show Markdown differ in, as tables.

Here: the dialects. Not here: what all of them share, which is CommonMark with GitHub's extensions.

What runs in one place is text in the others, so most of it is written harmlessly in all of them (``escaping``):
template syntax (``{{``, ``{%``), Obsidian's ``[[``, ``%%`` and ``==``, HTML. The tables hold the rest.
Sources: GitHub's specification of its Markdown; Obsidian's help on links, callouts and tags; Hugo's documentation of
front matter and shortcodes; Docusaurus 3 takes every ``.md`` file for MDX.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from notion_sync_assets.core.render.markdown.escaping import SPECIAL

_TAG_TOO = re.compile(SPECIAL.pattern + r"|\#(?=[^\s\#])")
_BRACES_TOO = re.compile(SPECIAL.pattern + r"|[{}]")


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """One way to show Markdown; there is one object of each.

    ``special``: what gets a backslash in text. ``front_matter``: how its fields are arranged (``front_matter``).
    ``toggles``: what folds is an HTML element, a folded callout, or an item of a list where HTML is not shown.
    ``math``: TeX between dollar signs, or as code where braces would run. ``math_language``: of a block of TeX that
    dollar signs cannot hold. ``line_break``: the element where Markdown has no break.
    ``colors``: colours are written as styles, which GitHub would strip. ``callouts``: callouts are quotes that
    begin with a type in brackets. ``wikilinks``: pages are linked by name, blocks are marked by ``^``.
    ``shortcodes``: ``{{<`` runs even in code. ``queries``: a code span that begins with ``=`` runs.
    ``modules``: a line that begins with ``import`` or ``export`` runs.
    """

    name: str
    special: re.Pattern[str] = SPECIAL
    front_matter: Literal["plain", "hugo", "docusaurus"] = "plain"
    toggles: Literal["element", "callout", "item"] = "element"
    math: Literal["dollars", "code"] = "dollars"
    math_language: str = "math"
    line_break: str = "<br>"
    colors: bool = False
    callouts: bool = False
    wikilinks: bool = False
    shortcodes: bool = False
    queries: bool = False
    modules: bool = False


GFM: Final = Dialect("gfm")
OBSIDIAN: Final = Dialect(
    "obsidian",
    special=_TAG_TOO,
    toggles="callout",
    math_language="tex",
    colors=True,
    callouts=True,
    wikilinks=True,
    queries=True,
)
HUGO: Final = Dialect("hugo", special=_BRACES_TOO, front_matter="hugo", toggles="item", shortcodes=True)
DOCUSAURUS: Final = Dialect(
    "docusaurus",
    special=_BRACES_TOO,
    front_matter="docusaurus",
    math="code",
    line_break="<br />",
    modules=True,
)

DIALECTS = MappingProxyType({dialect.name: dialect for dialect in (GFM, OBSIDIAN, HUGO, DOCUSAURUS)})
