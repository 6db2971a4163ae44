r"""Cells of a CSV file that a spreadsheet will not run.

Here: guarding a text and taking the guard off again. Not here: quoting (RFC 4180, the ``csv`` module).
A spreadsheet takes a cell for a formula when it begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage
return. Such a text gets one ``'`` in front, unless it is a plain number. A text that begins with ``'`` signs
before one of those characters gets one too, so that the guard can be taken off without doubt:

    if a cell matches ``^'+[=+\-@\t\r]``, remove its first character; every other cell is the text itself.
"""

import re

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def guard(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return "'" + text if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def unguard(cell: str) -> str:
    """Return the text of a guarded cell."""
    return cell[1:] if _GUARDED.match(cell) else cell
