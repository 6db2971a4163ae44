from hypothesis import example, given, settings
from hypothesis import strategies as st

from notion_sync_assets.core.render.markdown.dialects import DIALECTS, DOCUSAURUS, GFM
from notion_sync_assets.core.render.markdown.escaping import escape_line_end
from notion_sync_assets.core.render.markdown.inline import CELL, HEADING, HTML, LINE, inline
from notion_sync_assets.core.render.markdown.pieces import Piece, merged
from notion_sync_assets_tests.core.render.markdown.parsing import marked, visible

STYLES = ("bold", "strikethrough", "italic", "underline", "code")
TEXT = st.text(st.sampled_from("aB1 .*_~`[]()<>&#$|\\!-+=:/;{}%^\n\té。“€\u3000"), max_size=8)
WORDS = st.sampled_from(
    [
        "a_b",
        "https://e.com/a_b*c",
        "www.e.com",
        "&amp;",
        "1. x",
        "- y",
        "## z",
        "```",
        "<b>",
        "![i](u)",
        "~~~",
        "import x",
        ":::tip",
        "{{< x >}}",
    ]
)
LINKS = st.sampled_from([None, None, "https://e.com/a?b=1&c", "Page%201.md#x"])
FLAGS = st.booleans()
PIECES = st.lists(
    st.builds(
        Piece,
        TEXT | WORDS,
        LINKS,
        st.none(),
        bold=FLAGS,
        strikethrough=FLAGS,
        italic=FLAGS,
        underline=FLAGS,
        code=FLAGS,
        math=st.just(False),
    ),
    max_size=5,
).map(merged)

PLAIN_DIALECTS = st.sampled_from(
    [dialect for dialect in DIALECTS.values() if not (dialect.queries or dialect.shortcodes)]
)
"""The dialects that write every code span as one, with its own text."""


def said(pieces):
    """Return the characters of pieces with their styles, as ``marked`` gives them."""
    return [
        (char, frozenset([*(name for name in STYLES if getattr(piece, name)), *_link(piece)]))
        for piece in pieces
        for char in piece.text
    ]


def _link(piece):
    return [f"link {piece.link}"] if piece.link else []


def dark(characters):
    return [(char, style) for char, style in characters if not char.isspace()]


def lines(text):
    found = [line.strip() for line in text.split("\n")]
    while found and not found[-1]:
        found.pop()
    return found


@settings(max_examples=200)
@given(PIECES, PLAIN_DIALECTS)
def test_a_paragraph_reads_as_it_was_written(pieces, dialect):
    markdown = inline(LINE, dialect).write(pieces) + "\n"

    assert dark(marked(markdown)) == dark(said(pieces))
    assert lines(visible(markdown)) == lines("".join(piece.text for piece in pieces))


@settings(max_examples=200)
@given(PIECES, PLAIN_DIALECTS)
def test_a_cell_reads_as_it_was_written(pieces, dialect):
    cell = inline(CELL, dialect).write(pieces)
    markdown = f"| head | b |\n| --- | --- |\n| {cell} | end |\n"

    expected = [(char, frozenset()) for char in "headb"] + dark(said(pieces))
    assert dark(marked(markdown)) == [*expected, *((char, frozenset()) for char in "end")]


@settings(max_examples=100)
@given(PIECES)
@example([Piece("{#")])
@example([Piece("\\#")])
@example([Piece("{## ##")])
def test_a_heading_reads_as_it_was_written(pieces):
    text = escape_line_end(inline(HEADING, GFM).write(pieces))

    assert "\n" not in text
    assert dark(marked(f"# {text}\n")) == dark(said(pieces))


EXPRESSIONS = st.sampled_from(["x_1 * y_2", "a|b", "\\{x\\}", "$", "x`y", "a\\", "\\frac{1}{2}"])
MATH = EXPRESSIONS.map(lambda expression: Piece(expression, math=True))
PLAIN = st.tuples(TEXT, FLAGS, FLAGS).map(lambda made: Piece(made[0], bold=made[1], code=made[2]))


@settings(max_examples=100)
@example([Piece("a\n\u3000")])
@example([Piece("\n\u3000"), Piece("\u3000", bold=True)])
@given(st.lists(MATH | PLAIN, max_size=4).map(merged))
def test_equations_among_text_lose_nothing(pieces):
    markdown = inline(LINE, GFM).write(pieces) + "\n"

    assert [char for char, _ in dark(marked(markdown))] == [char for char, _ in dark(said(pieces))]


@settings(max_examples=100)
@given(PIECES)
def test_a_summary_reads_as_it_was_written(pieces):
    text = inline(HTML, DOCUSAURUS).write(pieces)

    assert "\n" not in text
    shown = visible(f"<details><summary>{text}</summary>\n\n</details>\n")
    assert "".join(shown.split()) == "".join("".join(piece.text for piece in pieces).split())
