"""What the dialects differ in: front matter, toggles, links by name, mathematics, elements; comments as footnotes."""

import pytest
from mdit_py_plugins.footnote import footnote_plugin

from notion_sync_assets.core.render.markdown.dialects import DIALECTS, DOCUSAURUS, GFM, HUGO, OBSIDIAN
from notion_sync_assets.core.render.markdown.pages import page_markdown
from notion_sync_assets_tests.core.render.markdown.parsing import (
    PARSER,
    front_matter,
    parser,
    tokens,
    visible,
)
from notion_sync_assets_tests.core.render.rendering import entry
from notion_sync_assets_tests.corpus import (
    block,
    comment,
    document,
    equation,
    every_property_page,
    identifier,
    mention,
    page,
    paragraph,
    text,
)

FACTS = {
    "id",
    "url",
    "created_time",
    "last_edited_time",
    "created_by",
    "last_edited_by",
    "properties",
    "icon",
    "parent",
}


def toggle(*children):
    return block("toggle", {"rich_text": [text("Fold\nhere")], "color": "default"}, list(children))


@pytest.mark.parametrize(
    ("dialect", "markdown"),
    [
        (GFM, "<details><summary>Fold<br>here</summary>\n\nin\n\n</details>\n"),
        (OBSIDIAN, "> [!toggle]- Fold<br>here\n>\n> in\n"),
        (HUGO, "- Fold\\\n  here\n\n  in\n"),
        (DOCUSAURUS, "<details><summary>Fold<br />here</summary>\n\nin\n\n</details>\n"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_toggle_is_what_folds_in_each_dialect(body, dialect, markdown):
    assert body(toggle(paragraph("in")), dialect=dialect) == markdown


def fields(known, dialect):
    return front_matter(page_markdown(every_property_page(), "markdown/S/P.md", known(), dialect))


def test_front_matter_holds_the_facts_where_the_dialect_expects_them(known):
    plain, hugo, docusaurus = (fields(known, dialect) for dialect in (GFM, HUGO, DOCUSAURUS))
    facts = {name: value for name, value in plain.items() if name != "title"}

    assert set(facts) == FACTS
    assert fields(known, OBSIDIAN) == plain
    assert hugo == {
        "title": plain["title"],
        "date": plain["created_time"],
        "lastmod": plain["last_edited_time"],
        "params": {"notion": facts},
    }
    assert docusaurus == {
        "title": plain["title"],
        "last_update": {"date": plain["last_edited_time"], "author": plain["last_edited_by"]},
        "notion": facts,
    }


def test_obsidian_links_pages_by_name_and_blocks_by_their_mark(body, known):
    plan = entry("p1", "Plan", markdown_path="markdown/Scope/Page/Plan 12345678.md")
    links = known(plan, linked=[(identifier("named"), identifier("Page"))])
    mark = identifier("named").replace("-", "")
    target = {"id": "p1"}

    said = [
        paragraph("see ", mention("page", target, "Plan"), name="named"),
        paragraph({**mention("page", target, "Bold"), "annotations": {"bold": True}}),
        paragraph(mention("page", target, "a|b")),
        block("divider", name="other"),
    ]

    assert body(*said, links=links, dialect=OBSIDIAN).split("\n\n")[:3] == [
        f"see [[Plan 12345678|Plan]] ^{mark}",
        "[**Bold**](Page/Plan%2012345678.md)",
        "[a\\|b](Page/Plan%2012345678.md)",
    ]
    assert body(*said, links=links).startswith(f'<a id="{mark}"></a>see [Plan](Page/Plan%2012345678.md)')


def test_a_link_by_name_in_a_table_keeps_its_cell(body, known):
    links = known(entry("p1", "Plan", markdown_path="markdown/Scope/Plan 12345678.md"))
    row = block("table_row", {"cells": [[mention("page", {"id": "p1"}, "Plan")], [text("x")]]})

    markdown = body(block("table", {"has_column_header": True}, [row]), links=links, dialect=OBSIDIAN)

    assert markdown.startswith("| [[Plan 12345678\\|Plan]] | x |\n")
    assert sum(token.type == "th_open" for token in PARSER.parse(markdown)) == 2


def test_mathematics_is_code_where_braces_would_run(body):
    said = [paragraph("so ", equation("x^{2}")), block("equation", {"expression": "\\frac{a}{b}"})]

    assert body(*said, dialect=DOCUSAURUS) == "so `x^{2}`\n\n```math\n\\frac{a}{b}\n```\n"
    assert body(*said, dialect=HUGO) == "so $x^{2}$\n\n$$\n\\frac{a}{b}\n$$\n"


def test_a_query_in_obsidian_is_code_that_does_not_run(body):
    said = paragraph(text("= this.file", code=True), " and ", text("a = b", code=True))

    assert body(said, dialect=OBSIDIAN) == "<code>= this.file</code> and `a = b`\n"
    assert body(said) == "`= this.file` and `a = b`\n"


def commented_page():
    about = {"type": "block_id", "block_id": identifier("said")}
    on_table = {"type": "block_id", "block_id": identifier("table")}
    on_page = {"type": "page_id", "page_id": identifier("P")}
    first = comment("first", about, [text("Is it?\nReally?")])
    answer = {**comment("answer", about, [text("It is.")]), "discussion_id": first["discussion_id"]}
    row = block("table_row", {"cells": [[text("cell")]]})
    blocks = [
        paragraph("Said.", name="said"),
        block("table", {"has_column_header": True}, [row]),
        toggle(paragraph("in")),
    ]
    folded = comment("folded", {"type": "block_id", "block_id": identifier("toggle")}, [text("Fold it")])
    others = [
        comment("grid", on_table, [text("A grid")]),
        comment("all", on_page, [text("Nice page")]),
        folded,
    ]
    gone = comment("gone", {"type": "block_id", "block_id": identifier("no block")}, [text("On what?")])
    return document(page("P"), blocks, comments=[first, answer, *others, gone])


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
def test_comments_can_be_footnotes_at_what_they_are_about(known, dialect):
    markdown = page_markdown(commented_page(), "markdown/S/P.md", known(), dialect, footnotes=True)

    found = list(tokens(markdown, parser().use(footnote_plugin)))
    referred = [token.meta["label"] for token in found if token.type == "footnote_ref"]
    defined = [token.meta["label"] for token in found if token.type == "footnote_open"]
    assert sorted(referred) == sorted(defined) == ["c1", "c2", "c3", "c4", "c5"]
    assert "Said.[^c1]\n" in markdown
    assert "\n\nComments on this page: [^c3] [^c5]\n\nSaid." in markdown
    assert "## Comments" not in markdown
    assert "[^c1]: **Ada**, 2026-05-01T08:00:00.000Z\\\n    Is it?\\\n    Really?\n    - **Ada**" in markdown


def test_comments_are_a_section_unless_asked_for(known):
    markdown = page_markdown(commented_page(), "markdown/S/P.md", known())

    assert "[^" not in markdown
    assert visible(markdown).count("Is it?") == 1


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
def test_what_no_block_shows_is_listed_at_the_end(known, dialect):
    omitted = [{"kind": "property", "id": "x", "reason": "value_unsupported_by_api", "detail": ""}]
    values = {"Sum": {"id": "x", "type": "formula", "formula": {"type": "unsupported", "unsupported": {}}}}
    whole = document(page("P", properties=values), [], omitted=omitted)

    said = visible(page_markdown(whole, "markdown/S/P.md", known(), dialect)).split("Not in this page\n")[1]

    assert said.strip() == "property Sum: Notion's API does not give this value"
