"""A finished page that is put elsewhere: its relative addresses lead again to what they led to.

Here: addresses in the attributes of files that this package made. Not here: which files are put where
(``render.removed``). Text cannot be mistaken for an attribute, since a quotation mark in text is escaped.
"""

import posixpath
import re
from collections.abc import Callable

_ADDRESS = re.compile(rb' (href|src|action|data-file)="(?!#|[a-zA-Z][a-zA-Z0-9+.-]*:)([^"#?]+)([^"]*)"')


def relinked(content: bytes, source: str, target: str, place_of: Callable[[str], str]) -> bytes:
    """Return the content of the file ``source`` so that it can lie at ``target``.

    ``place_of`` is given the path below the export root to which an address leads, and returns where that is.
    """

    def moved(found: re.Match[bytes]) -> bytes:
        led_to = posixpath.normpath(posixpath.join(posixpath.dirname(source), found[2].decode()))
        address = posixpath.relpath(place_of(led_to), posixpath.dirname(target))
        return b' %s="%s%s"' % (found[1], address.encode(), found[3])

    return _ADDRESS.sub(moved, content)
