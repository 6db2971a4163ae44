"""Text of anybody as a piece of one line of a terminal or a log.

Whoever can write in the workspace chooses titles, names and messages; on a terminal they may neither begin a line of
their own nor move the cursor, colour, rename the window or turn the reading direction of what follows.
"""

import re
from typing import Final

# C0 and C1, line and paragraph separator, marks that turn the direction of what follows them.
_STEERING: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def one_line(text: object, *, instead: str = REPLACEMENT) -> str:
    """Return text that cannot forge a line or steer a terminal: each run of such characters becomes ``instead``."""
    return _STEERING.sub(instead, str(text))
