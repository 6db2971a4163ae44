"""How many requests of one process may be on their way at once.

Belongs here: the number and its growth. Does not belong here: how many a window allows (`budget`), and the pace after
a refusal (`pacing`).

A server whose limit is not what we think refuses everything that is on its way when it refuses the first request.
So a burst begins with a few, and of the answers to a full house every other lets one more in: half as many again every
round trip. Where the limit is as we think that costs three or four round trips a run.
"""

FIRST_FEW = 4
GROWTH = 0.5
"""How many more requests an answer lets in."""


class Ramp:
    """Counts one process's requests; `full`: the next one has to wait for an answer."""

    def __init__(self) -> None:
        self._most = float(FIRST_FEW)
        self._on_their_way = 0
        self._wanted = False

    @property
    def full(self) -> bool:
        """Whether as many are on their way as may be."""
        return self._on_their_way >= int(self._most)

    def start(self) -> None:
        """A request goes out."""
        self._on_their_way += 1
        self._wanted = self._wanted or self.full

    def end(self, *, accepted: bool) -> None:
        """A request ended; a refused one ends the growth, and nothing grows that has not been full."""
        self._on_their_way -= 1
        if not accepted:
            self._most = float(FIRST_FEW)
        elif self._wanted:
            self._most += GROWTH
        self._wanted = self._wanted and self._on_their_way > 0
