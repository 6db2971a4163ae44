import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets_tests.core.render.rendering import render_all, tree
from notion_sync_assets_tests.corpus import (
    document,
    every_block_document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    mention,
    page,
    paragraph,
    person,
)


def test_a_page_is_its_document_in_notions_own_shape(storage):
    original = every_block_document()
    make_scope(storage, [original], title="Every block")
    render_all(storage, forms=["json"])

    (content,) = tree(storage).values()
    value = orjson.loads(content)

    assert value.pop("schema") == 1
    assert value == {name: item for name, item in original.to_json().items() if name != "format"}


def test_json_is_canonical_and_ends_with_a_newline(storage):
    make_scope(
        storage, [every_property_page()], kind="data_source", title="Tasks", head=every_property_head()
    )
    render_all(storage)

    for path, content in tree(storage).items():
        if path.startswith("json/"):
            assert content == canonical_bytes(orjson.loads(content)) + b"\n"


def test_a_data_source_has_its_head_beside_its_rows(storage):
    make_scope(
        storage, [every_property_page()], kind="data_source", title="Tasks", head=every_property_head()
    )
    render_all(storage)

    folder = f"json/Tasks {identifier('Tasks')[-8:]}"
    paths = [path for path in tree(storage) if path.startswith("json/")]

    assert sorted(paths) == sorted(
        [f"{folder}/database.json", f"{folder}/{identifier('Every property')}.json"]
    )
    assert orjson.loads(storage.read(f"{folder}/database.json")) == {"schema": 1, **every_property_head()}


def test_a_golden_page(storage):
    body = [paragraph("Hello ", mention("user", person("Cleo"), "@Cleo"), name="hello")]
    make_scope(storage, [document(page("Golden"), body)], title="Golden")
    render_all(storage, [{**person("Cleo"), "name": "Cleopatra"}], ["json"])

    ((path, content),) = tree(storage).items()

    assert path == f"json/Golden {identifier('Golden')[-8:]}/{identifier('Golden')}.json"
    assert content.startswith(
        b'{"blocks":[{"created_by":{"id":"' + identifier("Ada").encode() + b'","object":"user"}'
    )
    assert b'"plain_text":"Hello "' in content
    assert b'"plain_text":"@Cleopatra"' in content
    assert content.endswith(
        b',"url":"https://app.notion.com/p/'
        + identifier("Golden").replace("-", "").encode()
        + b'"},"schema":1}\n'
    )
