"""Notion's markdown of a page, in its own dialect."""

import httpx
import pytest

from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.markdown import inline
from notion_sync_assets.emulator.richtext import equation, mention_date, text


@pytest.fixture(scope="module")
def lines(api):
    answer = api.get(f"/pages/{named_id('page', 'every block')}/markdown")
    assert (answer["object"], answer["truncated"], answer["unknown_block_ids"]) == (
        "page_markdown",
        False,
        [],
    )
    return answer["markdown"].split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "#### Heading 4",
        "\tand its child",
        "\t\tand its grandchild",
        "Two<br>lines",
        '- [x] Done {color="green"}',
        "<summary>Fold</summary>",
        "<columns>",
        "\t<column>",
        '<table header-row="true" header-column="false">',
        "\t<tr><td>a\\|b</td><td>**bold**</td></tr>",
        "```mermaid",
        "$$",
        "---",
        "<empty-block/>",
        "# Toggle heading 1",
    ],
)
def test_a_block_is_written_in_the_dialect(lines, line):
    assert line in lines


def test_what_the_dialect_does_not_know_is_unknown(lines):
    unknown = {line.split('alt="')[1].split('"')[0] for line in lines if "<unknown" in line}
    assert unknown == {
        "breadcrumb",
        "bookmark",
        "embed",
        "link_preview",
        "template",
        "unsupported",
        "link_to_page",
    }


def test_child_pages_and_databases_are_references_only(lines, api):
    assert any(line.strip().startswith("<page url=") for line in lines)
    library = api.get(f"/pages/{named_id('page', 'library')}/markdown")["markdown"]
    assert library.count("<database url=") == 5


def test_files_are_signed(lines):
    image = next(line for line in lines if line.startswith("![Caption of photo.png]("))
    assert httpx.get(image.split("](")[1][:-1]).content.startswith(b"\x89PNG")


def test_a_block_has_markdown_too(api):
    block = next(
        b for b in api.all(f"/blocks/{named_id('page', 'every block')}/children") if b["type"] == "toggle"
    )
    assert api.get(f"/pages/{block['id']}/markdown")["markdown"].startswith("Hidden\n<page ")


def test_rich_text_is_escaped_and_marked():
    items = [
        text("a*b", bold=True),
        equation("x_1"),
        mention_date("2025-01-01"),
        text("go", "https://x.example"),
    ]
    assert inline(items) == '**a\\*b**$x_1$<mention-date start="2025-01-01"/>[go](https://x.example)'
