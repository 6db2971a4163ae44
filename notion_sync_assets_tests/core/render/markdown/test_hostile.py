"""Whatever stands in Notion is text in Markdown: nothing of it runs where Markdown is read."""

import re

import pytest

from notion_sync_assets.core.render.markdown.dialects import DIALECTS, DOCUSAURUS, GFM, HUGO, OBSIDIAN
from notion_sync_assets.core.render.markdown.pages import page_markdown
from notion_sync_assets_tests.core.render.conformance.expected import assert_all_in_order
from notion_sync_assets_tests.core.render.conformance.renderers import READABLE
from notion_sync_assets_tests.core.render.markdown.parsing import front_matter, tokens
from notion_sync_assets_tests.corpus import (
    HOSTED,
    block,
    comment,
    document,
    equation,
    external,
    hosted,
    identifier,
    mention,
    option,
    page,
    paragraph,
    stored_file,
    text,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<Danger onClick={run()} />",
    "{run()}",
    "{{< shortcode >}}",
    "{{% shortcode %}}",
    "{{< open",
    "{{ site.secret }}",
    "{% include x %}",
    "import x from 'y'",
    "export const x = 1",
    "[[Wikilink]]",
    "![[Embed]]",
    "= this.file",
    "$= dv.pages()",
    "%%hidden%%",
    "==marked==",
    "#tag",
    "[x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)",
    ":::danger",
    "<!-- hidden -->",
    "&lt;b&gt;",
    "```dataviewjs\nrun()\n```",
    "---\nkey: value\n---",
    "<% tp.run() %>",
    "{#id onclick=run()}",
    "[^1]: note",
    "\x1b[2J\x1b]0;title\x07\x9b31m",
    "a\u2028b\u2029c\x85d",
    "$$\\href{javascript:alert(1)}{x}$$",
)
ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    " javascript:x",
    "java\tscript:x",
    "file:///etc/passwd",
)
RUNS_IN_OBSIDIAN = re.compile(r"(?<!\\)\[\[|(?<![\\%])%%|(?:^|\s)#[^\s#]", re.MULTILINE)
LANGUAGES_THAT_RUN = ("dataview", "dataviewjs", "query", "tasks", "button", "templater")


def rich(said):
    return [text(said), text(said, bold=True), text(said, code=True)]


def hostile_page(said):
    """A page with ``said`` in every place that takes text."""
    everywhere = {"rich_text": rich(said), "color": "default"}
    kinds = (
        "paragraph",
        "quote",
        "callout",
        "toggle",
        "to_do",
        "bulleted_list_item",
        "numbered_list_item",
        "template",
    )
    blocks = [
        block(
            kind,
            {**everywhere, "icon": {"type": "emoji", "emoji": said}},
            [paragraph(said)],
            name=f"{kind} {said}",
        )
        for kind in kinds
    ]
    blocks += [
        block(f"heading_{n}", {**everywhere, "is_toggleable": n % 2 == 0}, name=f"h{n} {said}")
        for n in (1, 2, 3, 4)
    ]
    address = f"https://example.com/{said}"
    blocks += [
        block("code", {"rich_text": [text(said)], "caption": rich(said), "language": said.strip("`")}),
        block(
            "table",
            {"table_width": 1, "has_row_header": True},
            [block("table_row", {"cells": [rich(said)]}, name=f"row {said}")],
        ),
        block("image", {**hosted(f"{said}.png"), "caption": rich(said)}),
        block("file", {**external(address), "caption": rich(said), "name": said}),
        block("bookmark", {"url": address, "caption": rich(said)}),
        block("embed", {"url": said, "caption": []}),
        block("child_page", {"title": said}, name=f"child {said}"),
        block("unsupported", {"block_type": said}),
        block("hologram", {"rich_text": rich(said)}),
        block(
            "meeting_notes",
            {
                "title": rich(said),
                "status": said,
                "calendar_event": {"start_time": said, "attendees": [said]},
            },
        ),
        paragraph(
            mention(
                "link_mention",
                {"href": address, "title": said, "description": said, "link_author": said},
                address,
            )
        ),
        paragraph(mention("user", {"id": identifier("x"), "name": said}, f"@{said}"), equation(said)),
        paragraph(text("x", link=address), text(said, link=address), text(said, color=said)),
    ]
    values = {
        said: {"id": "a", "type": "rich_text", "rich_text": rich(said)},
        "s": {"id": "b", "type": "select", "select": option(said)},
    }
    files = {f"{HOSTED}/{said}.png": stored_file("a.png")}
    on = {"type": "page_id", "page_id": identifier("P")}
    said_of_it = {
        **comment(f"c {said}", on, rich(said)),
        "display_name": {"type": "custom", "resolved_name": said},
        "created_time": said,
    }
    whole = document(
        page("P", properties=values, icon={"type": "emoji", "emoji": said}),
        blocks,
        files=files,
        comments=[said_of_it],
    )
    whole.page["properties"]["Name"]["title"] = rich(said)
    return whole


def rendered(dialect, said, known):
    return page_markdown(hostile_page(said), "markdown/S/P.md", known(), dialect)


def body(markdown):
    return markdown.split("\n---\n", 1)[1]


every_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)


@every_dialect
def test_every_hostile_text_is_a_text(dialect, known):
    reader = next(each for each in READABLE if each.name == f"markdown-{dialect.name}")
    for said in HOSTILE:
        if dialect is HUGO and "{{" in said:
            continue  # Hugo's own reading is tested below
        whole = hostile_page(said)
        assert_all_in_order(whole, reader.read(reader.render(whole, known())))


@every_dialect
def test_only_elements_of_our_own_are_html(dialect, known):
    ours = re.compile(
        r"</?(?:a|strong|em|del|u|code|span|details|summary|h[1-4]|br ?/?)(?: (?:id|href|style|title)=\"[^\"]*\")*>"
    )
    for said in HOSTILE:
        for token in tokens(rendered(dialect, said, known)):
            if token.type in ("html_inline", "html_block"):
                assert "<" not in ours.sub("", token.content), (said, token.content)
                addresses = re.findall(r'href="([^"]*)"', token.content)
                assert all(re.match(r"https?:|#", each) for each in addresses), (said, token.content)


@every_dialect
def test_no_link_leads_to_what_runs(dialect, known):
    for said in (*ADDRESSES, *HOSTILE):
        blocks = [
            paragraph(text("x", link=said), mention("link_preview", {"url": said}, said, said)),
            block("bookmark", {"url": said, "caption": []}),
            block("image", {**external(said), "caption": []}),
            block("callout", {"rich_text": [], "icon": external(said)}),
        ]
        markdown = page_markdown(document(page("P"), blocks), "markdown/S/P.md", known(), dialect)
        found = [token.attrs.get("href") or token.attrs.get("src") for token in tokens(markdown)]
        assert all(re.match(r"https?:|#|mailto:", each) for each in found if each), (said, found)


@every_dialect
def test_front_matter_is_what_we_wrote(dialect, known):
    for said in HOSTILE:
        front = front_matter(rendered(dialect, said, known))
        assert front["title"] == said * 3
        assert set(front) <= {
            "title",
            "id",
            "url",
            "icon",
            "parent",
            "created_time",
            "last_edited_time",
            "created_by",
            "last_edited_by",
            "properties",
            "date",
            "lastmod",
            "params",
            "last_update",
            "notion",
        }


@every_dialect
def test_no_line_is_forged_in_a_terminal(dialect, known):
    for said in HOSTILE:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", rendered(dialect, said, known)), said


def test_obsidian_finds_nothing_to_run(known):
    for said in HOSTILE:
        markdown = rendered(OBSIDIAN, said, known)
        assert not RUNS_IN_OBSIDIAN.search(re.sub(r"\$+[^$]+\$+", "", _prose(markdown))), said
        # What only marks a text may stand in an address and in TeX, where it marks nothing.
        assert not re.search(r"(?<![\\=])==(?!=)", re.sub(r"https?:\S*|\$+[^$]+\$+", "", _prose(markdown))), (
            said
        )
        spans = [token.content for token in tokens(markdown) if token.type == "code_inline"]
        assert not [span for span in spans if re.match(r"\s*\$?=", span)]
        fences = [token.info for token in tokens(markdown) if token.type == "fence"]
        assert not {*fences} & {*LANGUAGES_THAT_RUN}


def test_no_language_of_code_runs(known):
    for language in LANGUAGES_THAT_RUN:
        code = block("code", {"rich_text": [text("x")], "caption": [], "language": language})
        for dialect in DIALECTS.values():
            markdown = page_markdown(document(page("P"), [code]), "markdown/S/P.md", known(), dialect)
            assert f"```lang-{language}\n" in markdown


def test_hugo_finds_no_shortcode(known):
    for said in HOSTILE:
        # Hugo itself takes the commented form for the text of a shortcode.
        markdown = re.sub(
            r"\{\{([<%])/\*.*?\*/[>%]\}\}", "", body(rendered(HUGO, said, known)), flags=re.DOTALL
        )
        assert not re.search(r"\{\{[<%]", markdown), said


def test_hugo_shows_code_as_it_is(known):
    code = block(
        "code", {"rich_text": [text('{{< figure src="a" >}}\n{{% b %}}')], "caption": [], "language": "html"}
    )
    markdown = page_markdown(document(page("P"), [code]), "markdown/S/P.md", known(), HUGO)
    assert '{{</* figure src="a" */>}}\n{{%/* b */%}}' in markdown


def test_docusaurus_finds_no_expression_and_no_statement(known):
    for said in HOSTILE:
        prose = _prose(rendered(DOCUSAURUS, said, known))
        assert not re.search(r"(?<!\\)[{}]", prose), said
        assert not re.search(r"^(?:import|export)\b", prose, re.MULTILINE), said
        assert not re.search(
            r"(?<!\\)<(?!/?(?:a|strong|em|del|u|code|details|summary|h[1-4]|br)\b)", prose
        ), said


def test_templates_of_static_sites_find_nothing_outside_code(known):
    for said in HOSTILE:
        prose = _prose(rendered(GFM, said, known))
        assert not re.search(r"\{[{%]", prose), said


def _prose(markdown):
    """The Markdown of a page without its code."""
    outside = "\n".join(_outside_fences(body(markdown)))
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside, flags=re.DOTALL)


def _outside_fences(markdown):
    fence = None
    for line in markdown.split("\n"):
        bare = line.lstrip("> -0123456789.)")
        found = re.match(r"(`{3,})", bare)
        if fence is None and found:
            fence = found[1]
        elif fence and bare.startswith(fence):
            fence = None
        elif fence is None:
            yield line
