"""One odd value costs nothing else: whatever a field holds, the page is rendered and what stands around it is seen."""

import io
from itertools import islice

import pandas as pd
import pytest

from notion_sync_assets_tests.core.render.conformance.mutations import mutations
from notion_sync_assets_tests.core.render.conformance.renderers import READABLE
from notion_sync_assets_tests.core.render.rendering import render_all, tree
from notion_sync_assets_tests.corpus import (
    comment,
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    hosted,
    identifier,
    make_scope,
    page,
    paragraph,
    person,
    text,
)

DIFFERENT = [
    each for each in READABLE if each.name in ("markdown-gfm-footnotes", "markdown-obsidian", "html")
]
EVERY = 47
every_renderer = pytest.mark.parametrize("renderer", DIFFERENT, ids=lambda renderer: renderer.name)


def odd_blocks():
    """Every block and mention of the corpus, with every change; what is inside a block is left out."""
    for whole in (every_block_document(), every_mention_document()):
        for block, _ in whole.walk():
            payload = block[block["type"]]
            for place, changed in mutations({block["type"]: payload}):
                yield (
                    f"{block['type']}: {place}",
                    {"children": [], **block, **dict.fromkeys([block["type"]]), **changed},
                )


def odd_pages():
    """A page whose own fields, property values and comments are changed one by one."""
    fields = {key: value for key, value in every_property_page().page.items() if key not in ("id", "url")}
    for place, changed in mutations(fields):
        yield f"page: {place}", document({**every_property_page().page, **changed}, [paragraph("after")])
    said = comment("c", {"type": "page_id", "page_id": identifier("P")}, [text("said")])
    said["attachments"] = [{"category": "image", **hosted("a.png")}]
    for place, changed in mutations(said):
        yield f"comment: {place}", document(page("P"), [paragraph("after")], comments=[changed])


def assert_rendered(renderer, whole, links, place):
    try:
        words = renderer.read(renderer.render(whole, links))
    except Exception as error:
        raise AssertionError(place) from error
    assert "after" in words, place


def blocks_survive(renderer, links, step):
    for place, odd in islice(odd_blocks(), 0, None, step):
        blocks = [paragraph("before"), odd, paragraph("after")]
        assert_rendered(renderer, document(page("P"), blocks), links, place)


def pages_survive(renderer, links, step):
    for place, whole in islice(odd_pages(), 0, None, step):
        assert_rendered(renderer, whole, links, place)


@every_renderer
def test_a_sample_of_odd_values_costs_nothing_else(renderer, known):
    links = known(users=[person("Cleo")])
    blocks_survive(renderer, links, EVERY)
    pages_survive(renderer, links, EVERY)


@pytest.mark.slow
@every_renderer
def test_no_odd_value_costs_anything_else(renderer, known):
    links = known(users=[person("Cleo")])
    blocks_survive(renderer, links, 1)
    pages_survive(renderer, links, 1)


def test_a_row_of_odd_values_is_a_row_in_every_format(storage):
    whole = every_property_page()
    changed = islice(mutations(whole.page["properties"]), 0, None, EVERY)
    rows = [
        document({**whole.page, "id": identifier(place), "properties": properties}, [])
        for place, properties in changed
    ]
    make_scope(storage, rows, kind="data_source", title="Tasks", head=every_property_head())

    render_all(storage)

    made = tree(storage)
    for form in ("json", "markdown", "html"):
        assert sum(path.startswith(f"{form}/") for path in made) >= len(rows) + 1
    for form in ("csv", "parquet/Tasks"):
        path = next(
            path
            for path in made
            if path.startswith(form) and "relations" not in path and "schema" not in path
        )
        assert pandas_rows(made[path], path) == len(rows)


def pandas_rows(content, path):
    reader = pd.read_csv if path.endswith(".csv") else pd.read_parquet
    return len(reader(io.BytesIO(content)))
