"""Data files: JSON in a script, since a page on a disk may load a script but may not fetch a file.

Here: the one spelling of such a file. Not here: what is in it. The call in it hands the value to ``static/site.js``.
"""

from typing import Any

from notion_sync_assets.core.canonical import canonical_bytes

# What could end a script element or a line of a script, wherever a copy of the text ends up.
_ESCAPES = (
    (b"<", rb"\u003c"),
    (b">", rb"\u003e"),
    (b"&", rb"\u0026"),
    ("\u2028".encode(), rb"\u2028"),
    ("\u2029".encode(), rb"\u2029"),
)


def script_json(value: Any) -> bytes:
    """Return a value as JSON that means the same in a script and cannot end it."""
    result = canonical_bytes(value)
    for raw, escaped in _ESCAPES:
        result = result.replace(raw, escaped)
    return result


def data_file(name: str, value: Any) -> bytes:
    """Return the content of the data file that the scripts of the site know as ``name``."""
    return b"notionSite.receive(%s,%s);\n" % (script_json(name), script_json(value))
