"""Rich text: what is read stays what was written, marks nest, links lead where they may."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notion_sync_assets.core.render.html.rich_text import rich_text
from notion_sync_assets_tests.core.render.html.reading import read, squeezed
from notion_sync_assets_tests.core.render.rendering import entry
from notion_sync_assets_tests.corpus import equation, identifier, mention, text

COLORS = ["default", "red", "blue_background", "future_color", 'red" onclick="x']
MARKS = ["bold", "italic", "strikethrough", "underline", "code"]
ITEMS = st.builds(
    lambda words, link, color, marks: text(words, link=link, color=color, **marks),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), max_size=20),
    st.none() | st.sampled_from(['https://example.com/?a=1&b="2"', "javascript:alert(1)", "/x", ""]),
    st.sampled_from(COLORS),
    st.fixed_dictionaries({name: st.booleans() for name in MARKS}),
)


def words(made):
    return read(f"<p>{made}</p>").elements[0].text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(st.lists(ITEMS, max_size=5))
def test_what_is_read_is_what_was_written(context, items):
    made = rich_text(items, context())
    assert words(made) == "".join(item["plain_text"] for item in items)
    found = read(f"<p>{made}</p>")
    assert all(href.startswith("https://example.com/") for href in found.links)
    assert {name for each in found.elements for name in each.attributes} <= {"href", "rel", "class", "title"}


def test_annotations_nest_from_the_text_outwards(context):
    item = text(
        "x",
        bold=True,
        italic=True,
        strikethrough=True,
        underline=True,
        code=True,
        color="red",
        link="https://a.b/",
    )
    assert rich_text([item], context()) == (
        '<a href="https://a.b/" rel="noopener noreferrer"><span class="c-red"><u><s><em><strong><code>x'
        "</code></strong></em></s></u></span></a>"
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "https://evil.example/\x00",
        "http:evil",
        "\\\\evil\\share",
        "",
    ],
)
def test_an_address_that_is_not_allowed_is_told_and_leads_nowhere(url, context):
    found = read(rich_text([text("words", link=url)], context()))
    assert not found.links
    if url:
        span = found.one("span")
        assert (span.text, set(span.attributes)) == ("words", {"title"})
        assert squeezed(span.attributes["title"]) == squeezed(url)


@pytest.mark.parametrize(
    "url", ["http://a.b/c", "https://a.b/ä?x=1#y", "mailto:ada@example.com", "tel:+491234"]
)
def test_allowed_addresses_are_links(url, context):
    assert read(rich_text([text("words", link=url)], context())).links == [url]


def test_a_link_into_the_workspace_leads_to_the_file_and_the_block(context):
    target, place = identifier("Target").replace("-", ""), identifier("place").replace("-", "")
    page = context(entry(identifier("Target"), "Target"))
    links = [
        (f"/{target}", f"{target}.html"),
        (f"https://www.notion.so/Some-title-{target}?pvs=4", f"{target}.html"),
        (f"https://app.notion.com/p/{target}#{place}", f"{target}.html#b-{place}"),
    ]
    for url, expected in links:
        assert read(rich_text([text("x", link=url)], page)).links == [expected]


def test_a_link_to_a_page_outside_the_export_leads_to_notion(context):
    target = identifier("Elsewhere").replace("-", "")
    assert read(rich_text([text("x", link=f"/{target}")], context())).links == [
        f"https://www.notion.so/{target}"
    ]


def test_a_page_in_another_scope_is_named_relative_to_this_one(context):
    other = entry(identifier("Other"), "Other", "data_source")
    root = other.html_path.split("/")[1]
    made = rich_text([mention("data_source", {"id": other.id}, "Other")], context(other))
    assert read(made).links == ["index.html" if root == "0" * 32 else f"../{root}/index.html"]


def test_an_equation_keeps_its_source_beside_it(context):
    made = rich_text([equation("\\frac{a}{b}")], context())
    found = read(made)
    assert found.one("annotation", encoding="application/x-tex").text == "\\frac{a}{b}"
    assert len(found.all("mfrac")) == 1


def test_an_unknown_item_shows_what_it_reads_as(context):
    assert (
        words(rich_text([{"type": "hologram", "plain_text": "<later>"}, "odd", None], context()))
        == "<later>odd"
    )


def test_line_breaks_are_line_breaks(context):
    assert rich_text([text("a\nb")], context()) == "a<br>b"
