"""Markdown as a reader sees it: parsed by markdown-it with GitHub's extensions, math and front matter."""

import html
import re

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin


def parser():
    """Return a parser that reads Markdown as GitHub does."""
    made = MarkdownIt("commonmark", {"maxNesting": 500}).enable(["table", "strikethrough"])
    return made.use(dollarmath_plugin, allow_digits=False, double_inline=False).use(front_matter_plugin)


PARSER = parser()

_ELEMENT = re.compile(r"<[^>]*>")
_NAMES = {"strong": "bold", "em": "italic", "s": "strikethrough", "del": "strikethrough", "u": "underline"}


def tokens(markdown, read_by=PARSER):
    """Yield the tokens of a text, inline ones in their place."""
    for token in read_by.parse(markdown):
        yield token
        yield from token.children or ()


def visible(markdown):
    """Return the text a reader sees; ends of lines and blocks are line breaks."""
    return "".join(char for char, _ in marked(markdown))


def marked(markdown):
    """Return the characters a reader sees, each with the set of what emphasises it and where it leads."""
    result, active = [], []
    for token in tokens(markdown):
        text, code = _text(token)
        style = frozenset([*active, "code"] if code else active)
        result += [(char, style) for char in text]
        _switch(token, active)
    return result


def _text(token):
    kind = token.type
    if kind in ("softbreak", "hardbreak"):
        return "\n", False
    if kind == "html_inline":
        return ("\n" if token.content.startswith("<br") else ""), False
    if kind == "html_block":
        return html.unescape(_ELEMENT.sub(" ", token.content.replace("<br>", "\n"))), False
    if kind in ("text", "code_inline", "fence", "code_block", "math_inline", "math_block"):
        return token.content, kind == "code_inline"
    # The words of a picture are not seen where the picture is.
    return ("\n" if kind.endswith("_close") and token.block else ""), False


def _switch(token, active):
    name = token.tag
    opens, closes = token.nesting == 1, token.nesting == -1
    if token.type == "html_inline":
        name = re.match(r"</?([a-z]*)", token.content)[1]
        opens, closes = not token.content.startswith("</"), token.content.startswith("</")
    style = f"link {token.attrs.get('href')}" if token.type == "link_open" else _NAMES.get(name, name)
    if name not in (*_NAMES, "a", "code") or (token.type == "html_inline" and name == "a"):
        return
    if opens:
        active.append(style)
    elif closes:
        active.pop()


def front_matter(markdown):
    """Return the front matter of a text as a YAML parser reads it."""
    return yaml.safe_load(markdown.removeprefix("---\n").split("\n---\n", 1)[0])
