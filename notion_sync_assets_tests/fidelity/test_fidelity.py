"""Nothing that bears text is lost between Notion and a format: every planted marker is found again."""

import json
from pathlib import Path

import jsonschema
import pytest

from notion_sync_assets.core.notion import omissions
from notion_sync_assets.core.render import schemas as shipped
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.markdown.dialects import DIALECTS
from notion_sync_assets.core.render.markdown.export import export_markdown
from notion_sync_assets.core.render.omitted import reason_text
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.rows import OrderedSnapshot
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.commits import Commits, snapshot
from notion_sync_assets_tests.core.render.rendering import content_of
from notion_sync_assets_tests.fidelity.reading import reading, readings
from notion_sync_assets_tests.fidelity.structure import SHAPES, Files

pytestmark = pytest.mark.system

SCHEMAS = Path(shipped.__file__).parent
NEWER_NAME = {"transcription": "meeting_notes"}


@pytest.fixture(scope="module")
def found(exported):
    return readings(exported.root)


@pytest.mark.parametrize("form", ["json", "markdown", "html"])
def test_every_marker_is_in_every_format_of_pages(exported, found, form):
    assert [marker.place for marker in exported.markers if not found[form].shows(marker)] == []


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_every_marker_of_a_property_is_in_every_table(exported, found, form):
    planted = [marker for marker in exported.markers if marker.area == "property"]
    assert [marker.place for marker in planted if not found[form].shows(marker)] == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_marker_is_in_every_dialect_of_markdown(exported, tmp_path, dialect):
    storage = LocalStorage(exported.root)
    options = RenderOptions(tmp_path, markdown_dialect=dialect, markdown_comments="footnotes")
    for key in Commits(storage).committed_scopes():
        with (
            open_slice(storage, key) as links,
            OrderedSnapshot(storage, snapshot(storage, key).commit) as ordered,
        ):
            for path, content in export_markdown(ordered, links, options):
                target = tmp_path / "made" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content_of(content))

    found = reading("markdown", tmp_path / "made")

    assert [marker.place for marker in exported.markers if not found.shows(marker)] == []


def test_every_json_file_is_what_the_schema_says(exported):
    schemas = {
        kind: jsonschema.Draft202012Validator(json.loads(path.read_bytes()))
        for kind, path in ((path.name.rsplit("-", 1)[0], path) for path in SCHEMAS.glob("*.json"))
    }
    paths = [*(exported.root / "json").rglob("*.json")]
    for path in paths:
        kind = "data-source" if path.name == "database.json" else "page"
        assert [error.message for error in schemas[kind].iter_errors(json.loads(path.read_bytes()))] == []
    assert len(paths) > len(schemas)


def test_parquet_holds_the_schema(exported, found):
    planted = [
        marker for marker in exported.markers if marker.kind in ("select", "status", "formula", "property")
    ]
    assert [marker.place for marker in planted if not found["parquet"].shows(marker)] == []


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.kind)
def test_what_has_no_text_is_there(exported, shape):
    files = Files(exported.root)
    assert [form for form, there in shape.there.items() if not there(files)] == []


def test_what_the_api_withholds_is_omitted_and_named_in_place(exported, found):
    reasons = {record["reason"] for record in exported.omitted}
    withheld = {omissions.UNSUPPORTED_BLOCK, omissions.ORIGINAL_NOT_SHARED, omissions.VALUE_UNSUPPORTED}
    assert reasons == withheld
    for record in exported.omitted:
        assert reason_text(record) in found["html"].words
        if record["reason"] != omissions.UNSUPPORTED_BLOCK:
            assert reason_text(record) in found["markdown"].words
    assert "Notion's API does not give this block" in found["markdown"].words


def test_more_is_planted_than_anyone_could_check_by_hand(exported):
    fields = [marker for marker in exported.markers if marker.kind not in ("long list", "nesting")]
    assert len({marker.token for marker in exported.markers}) == len(exported.markers)
    assert len(fields) >= 120


def test_every_kind_of_the_api_is_planted(exported, shared_folder):
    """The kinds are those of Notion's own response types, not those our emulator happens to make."""
    schema = json.loads((shared_folder / "reference" / "notion_schema.json").read_bytes())["definitions"]
    planted = {(marker.area, kind) for marker in exported.markers for kind in marker.kind.split(", ")}
    planted |= {(shape.area, shape.kind) for shape in SHAPES}
    blocks = {_type(schema[_name(each)]) for each in schema["BlockObjectResponse"]["anyOf"]}
    mentions = {
        _type(each) for each in schema["MentionRichTextItemResponse"]["properties"]["mention"]["anyOf"]
    }
    values = {
        _type(each)
        for each in schema["PageObjectResponse"]["properties"]["properties"]["additionalProperties"]["anyOf"]
    }

    assert {kind for kind in blocks if ("block", NEWER_NAME.get(kind, kind)) not in planted} == set()
    assert {kind for kind in mentions if ("mention", kind) not in planted} == set()
    assert {kind for kind in values if ("property", kind) not in planted} == set()


def _name(reference):
    return reference["$ref"].rsplit("/", 1)[-1]


def _type(shape):
    return shape["properties"]["type"]["const"]
