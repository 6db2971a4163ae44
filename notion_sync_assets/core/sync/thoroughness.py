"""How thoroughly a run looks for changes: the choice between requests spent and changes found (docs/changes.md).

Here: the value that doors hand to the engine. Not here: what each choice does (``delta``, ``verification``).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thoroughness:
    """``full``: read every page again. ``delta``: only what was edited since the last run.

    ``verify``: read a large share of the pages again, whatever their times say, instead of the few of every run.
    None of them: list everything, read what changed.
    """

    full: bool = False
    delta: bool = False
    verify: bool = False


RECONCILE = Thoroughness()
