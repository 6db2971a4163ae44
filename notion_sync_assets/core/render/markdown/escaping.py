r"""Text that a Markdown parser gives back as it was, and addresses it takes for one.

Here: escaping of plain text, line starts, code, link destinations and HTML. Not here: what is emphasised or linked
(``inline``). Checked against CommonMark and GitHub's extensions: tables, strikethrough, math and bare addresses.
A bare address is read before backslashes are: one that holds anything to escape is kept from being one (``\:``).
"""

import html
import re
from urllib.parse import quote, urlsplit

_SPECIAL = re.compile(r"[\\`*\[\]<~$|]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])|!$")
_ADDRESS = re.compile(r"(?:https?|ftp)://\S*|www\.\S*", re.IGNORECASE)
_DOT_OR_COLON = re.compile(r"[.:]")
_PLAIN_ADDRESS = re.compile(r"[\w/.?=%+:;,@#&-]*", re.ASCII)
_LINE_START = re.compile(r"(#|[-+=>]|:(?=-)|(?<=\d)[.)](?=\s|$))")
_NUMBER = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")
_LAST_HASHES = re.compile(r"(#+)$")
_BACKTICKS = re.compile(r"`+")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_URL_SAFE = "!#%&'*+,-./:;=?@_~[]"
_SCHEMES = frozenset(("http", "https", "mailto", "tel", "ftp"))


def clean(text: str) -> str:
    """Return text with line feeds as its only line ends, and U+FFFD for control characters."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("\ufffd", text)


def escape(text: str, *, ends: bool = False) -> str:
    """Return plain text with everything escaped that has a meaning anywhere in a line.

    ``ends`` tells that a blank or nothing follows, so that an address at the end may stay one.
    """
    if "://" not in text and "www." not in text.lower():
        return _SPECIAL.sub(r"\\\g<0>", text)
    parts, position = [], 0
    for match in _ADDRESS.finditer(text):
        parts.append(_SPECIAL.sub(r"\\\g<0>", text[position : match.start()]))
        position = match.end()
        shown = _SPECIAL.sub(r"\\\g<0>", match[0])
        whole = bool(_PLAIN_ADDRESS.fullmatch(shown)) and (ends or position < len(text))
        parts.append(shown if whole else _DOT_OR_COLON.sub(r"\\\g<0>", shown, count=1))
    return "".join((*parts, _SPECIAL.sub(r"\\\g<0>", text[position:])))


def escape_line_start(line: str) -> str:
    """Return a line of inline Markdown that cannot start a heading, list, quote or rule."""
    number = _NUMBER.match(line)
    position = number.end() if number else 0
    match = _LINE_START.match(line, position)
    return f"{line[:position]}\\{line[position:]}" if match else line


def escape_line_end(line: str) -> str:
    """Return the inline Markdown of a heading so that no hashes at its end are taken for its closing."""
    return _LAST_HASHES.sub(r"\\\1", line)


def code_span(text: str) -> str:
    """Return text without line breaks as inline code."""
    fence = _fence(text, 1)
    edged = text[:1] == " " and text[-1:] == " " and text.strip(" ")
    pad = " " if edged or text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def code_fence(text: str) -> str:
    """Return the fence that no line of ``text`` closes."""
    return _fence(text, 3)


def _fence(text: str, least: int) -> str:
    runs = {len(run) for run in _BACKTICKS.findall(text)}
    if least == 1:
        return "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    return "`" * max(least, max(runs, default=0) + 1)


def destination(url: str) -> str:
    """Return a URL as the destination of a link; characters that end one early are percent-encoded."""
    return _ENTITY.sub("&amp;", quote(url, safe=_URL_SAFE) if url.isascii() else _quoted(url))


def path_destination(path: str) -> str:
    """Return a relative path as the destination of a link."""
    return quote(path, safe="/-._~")


def is_safe_url(url: str) -> bool:
    """Tell whether a URL from content may become a link: nothing that a browser would run."""
    try:
        return urlsplit(url).scheme.lower() in _SCHEMES and not _CONTROL.search(url)
    except ValueError:
        return False


def escape_html(text: str) -> str:
    """Return text for HTML, in elements and attributes; line breaks become elements."""
    return html.escape(text).replace("\n", "<br>")


def _quoted(url: str) -> str:
    # Letters of other scripts stay readable; blanks and controls of any script do not.
    return "".join(
        char if not char.isascii() and char.isprintable() else quote(char, safe=_URL_SAFE) for char in url
    )
