"""Samples: whatever people wrote in Notion is text in Dagster's Markdown, and only text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.assets.samples import code_span, page_samples, samples_markdown
from notion_sync_assets.core.sync.manifest import ManifestRow

HOSTILE = [
    "<script>alert('x')</script>",
    "[link](javascript:alert(1))",
    "![](https://evil.example/pixel.png)",
    "`` ` <b>",
    "two\nlines\n# and a heading",
    "\u202egnp.exe",
    "`",
    "",
]


def row(title, reason="children_unreadable: block x"):
    return ManifestRow(
        page_id="00000000-0000-4000-8000-000000000001",
        state="failed",
        title=title,
        parent_type="workspace",
        parent_id=None,
        parent_page=None,
        listing_hash="",
        document_seq=1,
        reason=reason,
    )


def content_of(span):
    """What a Markdown reader takes out of a code span; fails when the text is not one whole span."""
    fence = re.match("`+", span).group()
    inside = span[len(fence) : -len(fence)]
    assert span.endswith(fence)
    assert fence not in re.findall("`+", inside)
    return inside.strip(" ")


@given(st.text(max_size=150))
def test_any_text_is_one_code_span_in_one_short_line(text):
    span = code_span(text)
    assert span.isprintable()
    inside = content_of(span)
    assert len(inside) <= 80
    assert inside == "" or inside.removesuffix("…") in " ".join(
        "".join(char if char.isprintable() else " " for char in text).split()
    )


@pytest.mark.parametrize("title", HOSTILE)
def test_nothing_in_a_title_comes_to_life(title):
    (line,) = page_samples([row(title)])
    outside = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", line)
    assert outside == "- [](https://www.notion.so/00000000000040008000000000000001): "


def test_a_sample_names_the_page_and_why_it_failed():
    address = "https://www.notion.so/00000000000040008000000000000001"
    assert page_samples([row("Moss & Metal"), row("", None)]) == [
        f"- [`Moss & Metal`]({address}): `children_unreadable: block x`",
        f"- [`00000000-0000-4000-8000-000000000001`]({address}): `unknown`",
    ]


def test_samples_are_lines_of_one_list():
    assert samples_markdown(["- a", "- b"]).value == "- a\n- b"
