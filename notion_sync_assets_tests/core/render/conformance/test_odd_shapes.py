"""One odd value costs nothing else: whatever a field holds, the page is rendered and what stands around it is seen."""

import io
from functools import partial
from itertools import chain, islice

import pandas as pd
import pytest

from notion_sync_assets_tests.core.catalog.conftest import Catalog
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
            kind = block["type"]
            for place, change in mutations({kind: block[kind]}):
                yield f"{kind}: {place}", partial(odd_block, block, kind, change)


def odd_block(block, kind, change):
    odd = {"children": [], **block, kind: None, **change()}
    return document(page("P"), [paragraph("before"), odd, paragraph("after")])


def odd_pages():
    """A page whose own fields, property values and comments are changed one by one."""
    whole = every_property_page().page
    fields = {key: value for key, value in whole.items() if key not in ("id", "url")}
    for place, change in mutations(fields):
        yield f"page: {place}", lambda change=change: document({**whole, **change()}, [paragraph("after")])
    said = comment("c", {"type": "page_id", "page_id": identifier("P")}, [text("said")])
    said["attachments"] = [{"category": "image", **hosted("a.png")}]
    for place, change in mutations(said):
        yield (
            f"comment: {place}",
            lambda change=change: document(page("P"), [paragraph("after")], comments=[change()]),
        )


def assert_rendered(renderer, whole, links, place):
    try:
        words = renderer.read(renderer.render(whole, links))
    except Exception as error:
        raise AssertionError(place) from error
    assert "after" in words, place


def assert_nothing_else_is_lost(renderer, links, step):
    for place, make in islice(chain(odd_blocks(), odd_pages()), 0, None, step):
        assert_rendered(renderer, make(), links, place)


@every_renderer
def test_a_sample_of_odd_values_costs_nothing_else(renderer, known):
    assert_nothing_else_is_lost(renderer, known(users=[person("Cleo")]), EVERY)


@pytest.mark.slow
@every_renderer
def test_no_odd_value_costs_anything_else(renderer, known):
    assert_nothing_else_is_lost(renderer, known(users=[person("Cleo")]), 1)


def test_a_row_of_odd_values_is_a_row_in_every_format(storage):
    whole = every_property_page()
    changed = islice(mutations(whole.page["properties"]), 0, None, EVERY)
    rows = [
        document({**whole.page, "id": identifier(place), "properties": change()}, [])
        for place, change in changed
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


def odd_heads():
    """Every head with one field of one of its parts changed; what identifies a part stays."""
    head = every_property_head()
    for part in ("data_source", "database"):
        for place, change in mutations(head[part], kept=("id", "object")):
            yield f"{part}/{place}", lambda part=part, change=change: {**head, part: change()}
    for part in ("views", "templates"):
        for number, each in enumerate(head[part]):
            for place, change in mutations(each, kept=("id", "object")):
                yield (
                    f"{part}/{number}/{place}",
                    lambda part=part, number=number, change=change: {
                        **head,
                        part: [*head[part][:number], change(), *head[part][number + 1 :]],
                    },
                )


def assert_every_head_has_a_table(storage, step):
    titles = []
    for place, make in islice(odd_heads(), 0, None, step):
        titles.append(f"{len(titles)} {place}")
        head = make()
        row = {**every_property_page().page, "id": identifier(f"row of {titles[-1]}")}
        source = {**head["data_source"], "id": identifier(titles[-1])}
        head = {**head, "data_source": source}
        make_scope(storage, [document(row, [])], kind="data_source", title=titles[-1], head=head)
    render_all(storage)
    made = tree(storage)
    for form, suffix in (("csv/", ".csv"), ("parquet/", "/rows.parquet"), ("html/", "/index.html")):
        assert sum(path.startswith(form) and path.endswith(suffix) for path in made) == len(titles)
    catalog = Catalog(storage)
    catalog.build()
    assert catalog.ask("SELECT count(*) FROM pages") == [(len(titles),)]


def test_a_sample_of_odd_heads_costs_nothing(storage):
    assert_every_head_has_a_table(storage, 127)


@pytest.mark.slow
def test_no_odd_head_costs_anything(storage):
    assert_every_head_has_a_table(storage, 11)


def pandas_rows(content, path):
    reader = pd.read_csv if path.endswith(".csv") else pd.read_parquet
    return len(reader(io.BytesIO(content)))
