from pathlib import Path

import pytest

from notion_sync_assets.core.render.markdown.dialects import DIALECTS
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets_tests import corpus_scopes
from notion_sync_assets_tests.core.render.markdown.parsing import tokens
from notion_sync_assets_tests.corpus import (
    block,
    comment,
    document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    mention,
    page,
    paragraph,
    person,
    text,
)

GOLDEN = """\
---
title: "Golden"
id: "{page}"
url: "https://app.notion.com/p/{page_hex}"
icon: "⭐"
created_time: "2026-05-01T08:00:00.000Z"
last_edited_time: "2026-05-02T09:30:00.000Z"
created_by: "{ada}"
last_edited_by: "{bob}"
properties:
  "title": "Golden"
---

# ⭐ Golden

Hello @Cleo, see [**Other**](Other%20{other}.md).

1. one
   - two

> <a id="{quote}"></a>said

## Comments

- **Ada**, 2026-05-01T08:00:00.000Z ([in the text](#{quote}))\\
  well _said_
"""


def test_a_golden_page(storage, export):
    nested = block("bulleted_list_item", {"rich_text": [text("two")]}, name="two")
    blocks = [
        paragraph(
            "Hello ",
            mention("user", person("Cleo"), "@Cleo"),
            ", see ",
            {**mention("page", {"id": identifier("Other")}, "old"), "annotations": {"bold": True}},
            ".",
        ),
        block("numbered_list_item", {"rich_text": [text("one")]}, [nested]),
        block("quote", {"rich_text": [text("said")]}),
    ]
    on_quote = {"type": "block_id", "block_id": identifier("quote")}
    golden = document(
        page("Golden", icon={"type": "emoji", "emoji": "⭐"}),
        blocks,
        comments=[comment("c", on_quote, [text("well "), text("said", italic=True)])],
    )
    make_scope(storage, [golden, document(page("Other"), [])], title="Golden")

    found = export()[f"markdown/Golden {identifier('Golden')[-8:]}/Golden {identifier('Golden')[-8:]}.md"]

    ids = {name: identifier(name.title()) for name in ("ada", "bob")}
    hexadecimal = identifier("Golden").replace("-", "")
    expected = GOLDEN.format(
        page=identifier("Golden"),
        page_hex=hexadecimal,
        other=identifier("Other")[-8:],
        quote=identifier("quote").replace("-", ""),
        **ids,
    )
    assert found == expected


def test_a_page_that_another_scope_has_by_now_lies_where_nothing_else_does(storage, export, monkeypatch):
    moved = document(page("Moved"), [])
    make_scope(storage, [document(page("Old home"), []), moved], title="Old home")
    monkeypatch.setattr(corpus_scopes, "COMMITTED", "2026-06-02T00:00:00Z")
    make_scope(storage, [document(page("New home"), []), moved], title="New home")

    paths = [path for path in export() if "/Moved " in path]

    assert sorted(Path(path).parts[1].split(" ")[0] for path in paths) == ["New", "Old"]


def test_a_data_source_without_rows_has_its_columns(storage, export):
    make_scope(storage, [], kind="data_source", title="Tasks", head=every_property_head())

    ((path, markdown),) = export().items()

    assert path.count(f"Tasks {identifier('Tasks')[-8:]}") == 2
    assert "\n| Name | Amount |" in markdown
    assert "\n## Properties\n" in markdown


def test_pages_under_a_row_are_no_rows(storage, export):
    row = every_property_page("Row")
    below = document(page("Below", parent={"type": "page_id", "page_id": row.page_id}), [])
    make_scope(storage, [row, below], kind="data_source", title="Tasks", head=every_property_head())

    files = export()

    table = next(markdown for path, markdown in files.items() if path.count("Tasks ") == 2)
    assert "[Row](Row%20" in table
    assert "Below" not in table
    assert any("/Row " in path and "/Below " in path for path in files)


def test_a_template_is_no_row_and_has_a_page(storage, export):
    head = every_property_head() | {"templates": [{"id": identifier("Blank"), "name": "Blank"}]}
    documents = [every_property_page("Row"), document(page("Blank"), [paragraph("Fill me in")])]
    make_scope(storage, documents, kind="data_source", title="Tasks", head=head)

    files = export()

    table, rest = next(text for path, text in files.items() if path.count("Tasks ") == 2).split(
        "## Properties"
    )
    assert "[Row](Row%20" in table
    assert "Blank" not in table
    assert "[Blank](Blank%20" in rest
    assert any("/Blank " in path and "Fill me in" in text for path, text in files.items())


def test_a_row_of_odd_values_is_one_row(storage, export):
    odd = {"Notes": {"type": "rich_text", "rich_text": [text("a|b\nc"), text("d|e", code=True)]}}
    row = every_property_page("x|y\nz")
    for name, value in odd.items():
        row.page["properties"][name].update(value)
    make_scope(storage, [row], kind="data_source", title="Tasks", head=every_property_head())

    table = next(markdown for path, markdown in export().items() if path.count("Tasks ") == 2)

    rows = table.split("\n## Properties\n")[0]
    cells = [token.type for token in tokens(rows)].count("td_open")
    assert cells == len(every_property_head()["data_source"]["properties"])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_is_part_of_what_decides_about_rendering(storage, dialect):
    options = RenderOptions(storage.scratch(), markdown_dialect=dialect)

    assert options.fingerprint()["markdown_dialect"] == dialect
