r"""Text that a Markdown parser gives back as it was, and addresses it takes for one.

Here: escaping of plain text, line starts, code, link destinations and HTML. Not here: what is emphasised or linked
(``inline``), what only some dialects need (``dialects``). Checked against CommonMark and GitHub's extensions: tables,
strikethrough, math and bare addresses. Template syntax, Obsidian's comments and marks, and directives of Docusaurus
are kept from meaning anything, too.
A bare address is read before backslashes are: one that holds anything to escape is kept from being one (``\:``).
"""

import html
import re
from urllib.parse import quote, urlsplit

SPECIAL = re.compile(
    r"[\\`*\[\]<~$|]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])|!$|(?<=\{)[{%\#]|(?<=%)%|(?<=\=)=|\^(?=[\w-]+$)"
)
"""What gets a backslash wherever it stands in a line."""

# Every character that SPECIAL, or what a dialect adds to it, can match: most text has none of them.
_ANY_SPECIAL = re.compile(r"[\\`*\[\]<~$|&_!{}%\#=^]")
_ADDRESS = re.compile(r"(?:https?|ftp)://\S*|www\.\S*", re.IGNORECASE)
_DOT_OR_COLON = re.compile(r"[.:]")
_PLAIN_ADDRESS = re.compile(r"[\w/.?=%+:;,@#&-]*", re.ASCII)
_LINE_START = re.compile(r"(#|[-+=>]|:(?=[-:])|(?<=\d)[.)](?=\s|$))")
_MODULE_LINE = re.compile(r"[ie](?=mport\b|xport\b)")
_NUMBER = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")
# Hashes behind a backslash close nothing: they are escaped, or follow a character that is.
_LAST_HASHES = re.compile(r"(?<![\\#])(#+)$")
_BACKTICKS = re.compile(r"`+")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SHORTCODE = re.compile(
    r"\{\{(?:<(?P<angle>(?:(?!\*/|>\}\}).)*)>\}\}|%(?P<percent>(?:(?!\*/|%\}\}).)*)%\}\}|(?=[<%]))", re.DOTALL
)
_TEMPLATE = re.compile(r"\{(?=[{%#])|\[(?=\[)|%(?=%)")

_IPV6_HOST = re.compile(r"^(\w+://)%5B([0-9A-Fa-f:.]+)%5D")

_URL_SAFE = "!#%&'*+,-./:;=?@_~"
_SCHEMES = frozenset(("http", "https", "mailto", "tel", "ftp"))


def clean(text: str) -> str:
    """Return text with line feeds as its only line ends, and U+FFFD for control characters."""
    if text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("\ufffd", text)


def escape(text: str, special: re.Pattern[str] = SPECIAL, *, ends: bool = False) -> str:
    """Return plain text with everything escaped that has a meaning anywhere in a line.

    ``special`` is a dialect's. ``ends`` tells that a blank or nothing follows, so that an address at the end may stay
    one.
    """
    if "://" not in text and "www." not in text.lower():
        return _marked(text, special)
    parts, position = [], 0
    for match in _ADDRESS.finditer(text):
        parts.append(_marked(text[position : match.start()], special))
        position = match.end()
        shown = _marked(match[0], special)
        whole = bool(_PLAIN_ADDRESS.fullmatch(shown)) and (ends or position < len(text))
        parts.append(shown if whole else _DOT_OR_COLON.sub(r"\\\g<0>", shown, count=1))
    return "".join((*parts, _marked(text[position:], special)))


def _marked(text: str, special: re.Pattern[str]) -> str:
    return special.sub(r"\\\g<0>", text) if _ANY_SPECIAL.search(text) else text


def escape_line_start(line: str, *, modules: bool = False) -> str:
    """Return a line of inline Markdown that cannot start a heading, list, quote, rule or directive.

    ``modules``: nor a statement of a module, which a backslash would not stop.
    """
    if modules and _MODULE_LINE.match(line):
        return f"&#{ord(line[0])};{line[1:]}"
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


def without_shortcodes(code: str) -> str:
    """Return code in which Hugo runs nothing and shows the same text.

    A whole shortcode is written as Hugo wants one to be quoted. An opening that never closes, which Hugo refuses even
    in code, is parted by a zero-width space.
    """
    return _SHORTCODE.sub(_quoted_shortcode, code)


def _quoted_shortcode(match: re.Match[str]) -> str:
    if match["angle"] is not None:
        return f"{{{{</*{match['angle']}*/>}}}}"
    return f"{{{{%/*{match['percent']}*/%}}}}" if match["percent"] is not None else "{{\u200b"


def harmless_tex(tex: str) -> str:
    """Return TeX of the same meaning that no template engine reads: a blank after a bracket says nothing in TeX."""
    return _TEMPLATE.sub(r"\g<0> ", tex)


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
    whole = _STRAY_PERCENT.sub("%25", url)
    encoded = quote(whole, safe=_URL_SAFE) if whole.isascii() else _quoted(whole)
    return _ENTITY.sub("&amp;", _IPV6_HOST.sub(r"\1[\2]", encoded))


def path_destination(path: str) -> str:
    """Return a relative path as the destination of a link."""
    return quote(path, safe="/-._~")


def quoted(text: str, special: re.Pattern[str]) -> str:
    """Return text without line breaks as the title of a link or picture, quotes included."""
    return '"' + escape(text, special).replace('"', r"\"") + '"'


def is_safe_url(url: str) -> bool:
    """Tell whether a URL from content may become a link: nothing that a browser would run."""
    try:
        return urlsplit(url).scheme.lower() in _SCHEMES and not _CONTROL.search(url)
    except ValueError:
        return False


def escape_html(text: str) -> str:
    """Return text for HTML, in elements and attributes, that no template engine reads."""
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _quoted(url: str) -> str:
    # Letters of other scripts stay readable; blanks and controls of any script do not.
    return "".join(
        char if not char.isascii() and char.isprintable() else quote(char, safe=_URL_SAFE) for char in url
    )
