"""Two parsers that are not ours read from the Markdown the structure that the blocks have."""

import dataclasses
import os
import shutil

import pytest

from notion_sync_assets.core.render.markdown.pages import page_markdown
from notion_sync_assets_tests.core.render.conformance.documents import corpus
from notion_sync_assets_tests.core.render.markdown.outlines import (
    of_blocks,
    of_cmark,
    of_markdown_it,
    without_own_lists,
)
from notion_sync_assets_tests.corpus import block, document, equation, page, text

MEANT = "".join(map(chr, range(33, 127)))


@pytest.fixture(scope="module")
def cmark():
    """GitHub's own parser, the Debian package cmark-gfm."""
    path = shutil.which("cmark-gfm")
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("cmark-gfm is not installed, and CI must have it")
    return path or pytest.skip("cmark-gfm is not installed (the Debian package of that name)")


def plain(document):
    """The document without what Markdown shows as lists of our own."""
    return dataclasses.replace(
        document, blocks=without_own_lists(document.blocks or []), comments=[], omitted=[]
    )


def pages(links):
    for whole in map(plain, [*corpus(), hard_document()]):
        yield whole, page_markdown(whole, "markdown/S/P.md", links)


def hard_document():
    """Code that holds fences, cells that hold bars and breaks, items that look like other blocks."""
    sources = [
        "```\ncode\n```",
        "~~~~\n````\n",
        "\ttab\n\n    four",
        " ",
        "a\n" * 300,
        MEANT,
        "$$\n---\n| a | b |",
    ]
    code = [
        block("code", {"rich_text": [text(source)], "language": "python", "caption": []}, name=source)
        for source in sources
    ]
    cells = [[text("a|b\nc"), text("`|`", code=True)], [text("|"), equation("|x|")], [], [text("\\|")]]
    rows = [block("table_row", {"cells": cells[:width]}, name=f"row {width}") for width in (4, 1, 3, 0)]
    table = block("table", {"table_width": 4, "has_column_header": False, "has_row_header": True}, rows)
    looks = [
        "- x",
        "1. y",
        "> z",
        "# h",
        "---",
        "```",
        "    four",
        "[ ] box",
        "| a | b |",
        "<!-- c",
        "$$",
        "[^1]: note",
        "***",
    ]
    inside = [
        block("bulleted_list_item", {"rich_text": [text(look)]}, [*code[:2], table], name=look)
        for look in looks
    ]
    numbered = [
        block("numbered_list_item", {"rich_text": [text(look)]}, inside, name=f"n {look}")
        for look in looks[:3]
    ]
    return document(page("Hard"), [*code, table, *inside, *numbered])


def test_markdown_it_reads_the_structure_of_the_blocks(known):
    for whole, markdown in pages(known()):
        expected, found = of_blocks(whole), of_markdown_it(markdown)
        assert found.tables == expected.tables, whole.page_id
        assert found.code == expected.code, whole.page_id
        assert found.items == expected.items, whole.page_id


def test_githubs_parser_reads_the_structure_of_the_blocks(known, cmark):
    for whole, markdown in pages(known()):
        expected, found = of_blocks(whole), of_cmark(cmark, markdown)
        assert found.tables == expected.tables, whole.page_id
        assert found.code == expected.code, whole.page_id
        assert found.items == expected.items, whole.page_id


def test_the_corpus_has_a_structure_to_read():
    outlines = [of_blocks(plain(whole)) for whole in [*corpus(), hard_document()]]
    assert sum(len(outline.items) for outline in outlines) > 150
    assert max(depth for outline in outlines for depth, _ in outline.items) >= 4
    assert sum(len(outline.tables) for outline in outlines) > 15
    assert sum(len(outline.code) for outline in outlines) > 15
