import pytest

from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.markdown.dialects import OBSIDIAN
from notion_sync_assets_tests.core.render.markdown.parsing import PARSER, tokens, visible
from notion_sync_assets_tests.core.render.rendering import entry
from notion_sync_assets_tests.corpus import (
    HOSTED,
    block,
    equation,
    external,
    hosted,
    identifier,
    mention,
    paragraph,
    stored_file,
    text,
)


def rich(kind, *items, children=None, name="", **payload):
    found = [text(item) if isinstance(item, str) else item for item in items]
    name = name or f"{kind} {plain_text(found)}"
    return block(kind, {"rich_text": found, "color": "default", **payload}, children, name=name)


def bullet(*items, children=None, **values):
    return rich("bulleted_list_item", *items, children=children, **values)


def number(*items, children=None, **values):
    return rich("numbered_list_item", *items, children=children, **values)


def kinds(markdown):
    return [token.type for token in PARSER.parse(markdown)]


def outline(markdown):
    """Return the text of every list item with how deep it lies."""
    depth, found = 0, []
    for token in PARSER.parse(markdown):
        depth += token.nesting if token.type.startswith("list_item") else 0
        if token.type == "inline" and depth:
            found.append((depth, visible(token.content).strip()))
    return found


def test_lists_nest_to_any_depth_with_mixed_kinds(body):
    makers = [bullet, number, lambda *items, **values: rich("to_do", *items, checked=True, **values)]
    inside = None
    for level in range(10, 0, -1):
        inside = [makers[level % 3](f"level {level}", children=inside), makers[level % 3](f"after {level}")]

    found = outline(body(*inside))

    down = [(level, f"level {level}") for level in range(1, 11)]
    up = [(level, f"after {level}") for level in range(10, 0, -1)]
    assert [(depth, said.removeprefix("[x] ")) for depth, said in found] == down + up


def test_a_list_of_more_than_a_hundred_items_keeps_its_numbers(body):
    markdown = body(*(number(f"item {index}", children=[bullet("below")]) for index in range(1, 121)))

    assert [line for line in markdown.split("\n") if line[:1].isdigit()][-1] == "120. item 120"
    assert sum(depth == 1 for depth, _ in outline(markdown)) == 120
    assert kinds(markdown).count("ordered_list_open") == 1


def test_a_numbered_list_starts_where_notion_starts_it(body):
    markdown = body(number("c", list_start_index=3, list_format="letters"), number("d"))

    assert markdown == "3. c\n4. d\n"


def test_neighbouring_numbered_lists_stay_two(body):
    markdown = body(number("a"), number("b"), paragraph(name="empty"), number("again"), number("more"))

    starts = [token for token in tokens(markdown) if token.type == "ordered_list_open"]
    assert len(starts) == 2
    assert outline(markdown) == [(1, "a"), (1, "b"), (1, "again"), (1, "more")]


def test_a_nested_list_that_starts_late_is_no_text_of_its_parent(body):
    markdown = body(bullet("parent", children=[number("fifth", list_start_index=5)]))

    assert outline(markdown) == [(1, "parent"), (2, "fifth")]


def test_items_without_text_keep_their_children(body):
    deep = bullet(children=[bullet(children=[paragraph("deep")], name="inner")], name="outer")
    markdown = body(deep, bullet(name="empty"), bullet("last"))

    assert outline(markdown) == [(2, "deep"), (1, "last")]


@pytest.mark.parametrize("kind", ["bulleted_list_item", "quote", "toggle", "callout"])
@pytest.mark.parametrize(
    "source", ["a\n\n    b\n\tc", "```\n~~~~\n````", "", "# x\n- y\n> z", "$$\n<b>&amp;"]
)
def test_code_is_exact_wherever_it_stands(body, kind, source):
    code = rich("code", source, language="c++", caption=[])

    markdown = body(code, rich(kind, "around", children=[code]))

    fences = [token for token in tokens(markdown) if token.type == "fence"]
    assert [(fence.content, fence.info) for fence in fences] == [(source + "\n", "cpp")] * 2


def test_a_language_cannot_break_out_of_its_line(body):
    assert body(rich("code", "x", language="a`b\n<i>")).startswith("```lang-a-b-i-\n")


def test_a_table_has_the_shape_it_has_in_notion(body):
    cells = [
        [[text("a|b"), text("c", bold=True)], [text("x\ny")]],
        [[text("`", code=True), text("p|q", code=True)]],
    ]
    rows = [block("table_row", {"cells": row}, name=str(index)) for index, row in enumerate(cells)]
    payload = {"table_width": 2, "has_column_header": False, "has_row_header": True}

    markdown = body(block("table", payload, rows))

    parts = kinds(markdown)
    assert (parts.count("tr_open"), parts.count("th_open"), parts.count("td_open")) == (3, 2, 4)
    assert visible(markdown).split() == ["a|bc", "x", "y", "`p|q"]
    assert sum(token.type == "strong_open" for token in tokens(markdown)) == 2


def test_a_toggle_opens_to_markdown(body):
    markdown = body(
        rich("toggle", text("a<b", bold=True), "\n", text("k", code=True), children=[bullet("in")])
    )

    assert markdown.startswith(
        "<details><summary><strong>a&lt;b</strong><br><code>k</code></summary>\n\n- in"
    )
    assert kinds(markdown)[-1] == "html_block"


def test_a_heading_that_folds_keeps_its_level(body):
    markdown = body(rich("heading_4", "Fold", is_toggleable=True, children=[paragraph("inside")]))

    assert "<summary><h4>Fold</h4></summary>" in markdown
    assert visible(markdown).split() == ["Fold", "inside"]


def test_headings_end_where_their_text_does(body):
    markdown = body(rich("heading_2", "C#"), rich("heading_1", "two\nlines"), rich("heading_3"))

    assert markdown == "## C\\#\n\n# two<br>lines\n\n###\n"


def test_quotes_beside_each_other_stay_two(body):
    assert kinds(body(rich("quote", "a"), rich("quote", "b"))).count("blockquote_open") == 2


def test_a_callout_is_a_quote_with_its_icon(body):
    callout = rich("callout", "Mind", icon={"type": "emoji", "emoji": "💡"}, children=[bullet("gap")])

    assert body(callout) == "> 💡 Mind\n>\n> - gap\n"
    assert body(callout, dialect=OBSIDIAN) == "> [!note]\n> 💡 Mind\n>\n> - gap\n"


@pytest.mark.parametrize(
    ("expression", "markdown"),
    [
        ("x_1 * y", "$$\nx_1 * y\n$$\n"),
        ("a\n\nb", "```math\na\n\nb\n```\n"),
        ("a $b$", "```math\na $b$\n```\n"),
    ],
)
def test_equations_stand_as_tex(body, expression, markdown):
    assert body(block("equation", {"expression": expression})) == markdown


@pytest.mark.parametrize(
    ("items", "markdown"),
    [
        (("so ", equation("e=mc^2"), "."), "so $e=mc^2$.\n"),
        (("a", equation("x"), "b"), "a`x`b\n"),
        ((text("k", code=True), equation("x")), "`k`<code>x</code>\n"),
        ((equation("a $ b"),), "`a $ b`\n"),
    ],
)
def test_inline_equations_are_math_where_math_is_read(body, items, markdown):
    assert body(paragraph(*items)) == markdown


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<b>", "JaVaScRiPt:x", "vbscript:x"])
def test_an_address_that_would_run_is_text(body, url):
    markdown = body(
        paragraph(text("press", link=url)),
        block("bookmark", {"url": url, "caption": []}),
        block("image", {**external(url), "caption": []}),
    )

    assert not [token for token in tokens(markdown) if token.type in ("link_open", "image")]
    assert visible(markdown).count(url) == 3


def test_no_html_of_the_content_is_html(body):
    markdown = body(paragraph('<script>alert("x")</script>'), rich("toggle", "<img src=x onerror=y>"))

    assert "<script" not in PARSER.render(markdown)
    assert "<img" not in PARSER.render(markdown)


def test_hosted_files_are_linked_where_they_lie(body):
    files = {f"{HOSTED}/a picture.png": stored_file("a picture.png")}
    sha = files[f"{HOSTED}/a picture.png"]["sha256"]
    image = block("image", {**hosted("a picture.png"), "caption": [text("A [nice] one")]})

    markdown = body(image, block("pdf", {**hosted("gone.pdf"), "caption": []}), files=files)

    path = f"../../files/{sha[:2]}/{sha}.png"
    assert markdown.startswith(f'![A \\[nice\\] one]({path} "a picture.png")\n\nA \\[nice\\] one\n')
    assert "gone.pdf: this file is not in the export" in visible(markdown)


def test_what_the_crawl_left_out_is_named_in_place(body):
    copy = block("synced_block", {"synced_from": {"type": "block_id", "block_id": identifier("x")}})
    omitted = [{"kind": "block", "id": copy["id"], "reason": "synced_original_not_shared", "detail": ""}]

    assert "The original of this synced block is not shared" in visible(body(copy, omitted=omitted))


def test_an_unknown_block_shows_its_type_all_its_text_and_its_children(body):
    odd = block("hologram", {"deep": {"rich_text": [text("- said")]}}, [paragraph("child")])

    found = visible(body(odd))

    assert found.index("hologram") < found.index("- said") < found.index("child")


def test_anchors_stand_only_where_a_link_leads(body, known):
    links = known(linked=[(identifier("named"), identifier("Page"))])

    markdown = body(paragraph("x", name="named"), paragraph("y"), links=links)

    assert markdown == f'<a id="{identifier("named").replace("-", "")}"></a>x\n\ny\n'


def test_a_link_to_the_own_page_needs_no_path(body, known):
    own = identifier("Page")
    links = known(entry(own, "Page", markdown_path="markdown/Scope/Page.md"))
    hexadecimal = identifier("named").replace("-", "")
    link = text("there", link=f"/{own.replace('-', '')}#{hexadecimal}")

    assert body(paragraph(link), links=links) == f"[there](#{hexadecimal})\n"


def test_a_mention_leads_to_the_file_of_its_page(body, known):
    links = known(entry("p1", "Plan (2)", markdown_path="markdown/Scope/Page/Plan (2) 1a.md"))

    assert body(paragraph(mention("page", {"id": "p1"}, "Plan (2)")), links=links) == (
        "[Plan (2)](Page/Plan%20%282%29%201a.md)\n"
    )


def test_colours_are_styles_where_the_dialect_has_them(body):
    said = paragraph(text("warm", color="red"), text(" back", color="blue_background"))

    assert body(said) == "warm back\n"
    assert body(said, dialect=OBSIDIAN) == (
        '<span style="color:red">warm</span> <span style="background-color:blue">back</span>\n'
    )
