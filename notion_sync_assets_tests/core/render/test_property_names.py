"""Properties may be named like anything in the API: none of these names means anything where people chose it."""

import csv
import io

import orjson
import pyarrow.parquet as pq
import pytest

from notion_sync_assets.core.canonical import normalise
from notion_sync_assets.core.documents import hosted_files
from notion_sync_assets.core.notion.people import masked
from notion_sync_assets.core.notion.transports.id_forms import in_one_form
from notion_sync_assets.core.render.overlay import overlay
from notion_sync_assets_tests.core.catalog.conftest import Catalog
from notion_sync_assets_tests.core.render.rendering import entry, render_all, tree
from notion_sync_assets_tests.corpus import (
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    page,
    text,
)


def keys_in(value):
    if isinstance(value, list):
        return {key for item in value for key in keys_in(item)}
    return (
        value.keys() | {key for item in value.values() for key in keys_in(item)}
        if isinstance(value, dict)
        else set()
    )


CORPUS = [
    every_block_document().to_json(),
    every_mention_document().to_json(),
    every_property_page().to_json(),
    every_property_head(),
]
NAMES = sorted({*keys_in(CORPUS), "request_id", "has_more", "next_cursor", "page_id", "omitted", "title"})
ADDRESS = "https://value.example/{}?kept=1"


def url_value(name):
    return {"id": f"u{NAMES.index(name)}", "type": "url", "url": ADDRESS.format(name)}


def text_value(name):
    return {"id": f"t{NAMES.index(name)}", "type": "rich_text", "rich_text": [text(ADDRESS.format(name))]}


def files_value(name):
    outside = {"name": name, "type": "external", "external": {"url": ADDRESS.format(name)}}
    return {"id": f"f{NAMES.index(name)}", "type": "files", "files": [outside]}


VALUES = {"url": url_value, "rich_text": text_value, "files": files_value}


@pytest.fixture(params=VALUES)
def values(request):
    return {name: VALUES[request.param](name) for name in NAMES}


@pytest.fixture
def row(values):
    return page("Row", properties=values, id=identifier("Row"))


def test_the_corpus_names_what_has_a_meaning():
    assert {"file", "object", "type", "url", "id", "properties", "mention", "plain_text", "people"} <= {
        *NAMES
    }


class KnowsEveryId:
    """A link table that would rename anything it is asked for."""

    def entry(self, name):
        return entry(name, "Another title")

    def user(self, name):
        return {"object": "user", "id": name, "name": "Another name"}


def test_nothing_is_taken_for_a_part_of_the_api(row):
    assert normalise(row) == row
    assert list(hosted_files(row)) == []
    assert masked(row, "none")["properties"] == row["properties"]
    assert (
        overlay({**row, "created_by": None, "last_edited_by": None}, KnowsEveryId())["properties"]
        == row["properties"]
    )
    assert in_one_form(b'id":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"', row) == row


def test_every_value_is_in_every_format_and_the_catalog(storage, row, values):
    head = every_property_head()
    schema = {
        name: {"id": value["id"], "name": name, "type": value["type"], value["type"]: {}}
        for name, value in row["properties"].items()
    }
    head = {**head, "data_source": {**head["data_source"], "properties": schema}}
    make_scope(storage, [document(row, [])], kind="data_source", title="Names", head=head)
    render_all(storage)
    files = tree(storage)
    wanted = {ADDRESS.format(name) for name in values}

    (stored,) = (data for path, data in files.items() if path.endswith(f"{identifier('Row')}.json"))
    assert orjson.loads(stored)["page"]["properties"] == row["properties"]
    (table,) = (data for path, data in files.items() if path.startswith("csv/"))
    (cells,) = list(csv.reader(io.StringIO(table.decode())))[1:]
    assert {each for each in wanted if not any(each in cell for cell in cells)} == set()
    (parquet,) = (data for path, data in files.items() if path.endswith("rows.parquet"))
    kept = repr(pq.read_table(io.BytesIO(parquet)).to_pylist())
    assert {each for each in wanted if each not in kept} == set()
    for form in ("markdown/", "html/"):
        texts = b"\n".join(data for path, data in files.items() if path.startswith(form)).decode()
        missing = {
            name for name in values if ADDRESS.format(name).split("?")[0] not in texts.replace("\\", "")
        }
        assert missing == set()
    catalog = Catalog(storage)
    catalog.build()
    told = dict(catalog.ask("SELECT name, value FROM properties"))
    assert {name: orjson.loads(value) for name, value in told.items() if name in values} == row["properties"]
