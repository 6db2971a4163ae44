import pytest

from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.places import owned_by, scope_folder
from notion_sync_assets.core.render.rows import OrderedSnapshot
from notion_sync_assets_tests.core.render.rendering import content_of
from notion_sync_assets_tests.corpus import (
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    make_scope,
)


@pytest.fixture(params=["data source", "page tree"])
def snapshot(request, storage):
    if request.param == "page tree":
        return make_scope(storage, [every_block_document(), every_mention_document()], title="Every block")
    rows = [every_property_page(title) for title in ("One", "Two", "Three")]
    return make_scope(storage, rows, kind="data_source", title="Tasks", head=every_property_head())


@pytest.fixture
def exported(storage, snapshot):
    """Return the function that exports the scope in one format and reads what comes out."""
    build_link_table(storage, [])

    def export(form):
        with (
            open_slice(storage, snapshot.commit.scope) as links,
            OrderedSnapshot(storage, snapshot.commit) as ordered,
        ):
            outputs = form.export(ordered, links, RenderOptions(storage.scratch()))
            folder = scope_folder(form.name, links.folder, snapshot.commit.root_id)
            return [(path, content_of(content), folder) for path, content in filter(None, outputs)]

    return export


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
class TestEveryFormat:
    def test_gives_the_same_bytes_twice(self, exported, form):
        assert exported(form) == exported(form)

    def test_stays_in_its_own_folder_and_names_no_file_twice(self, exported, form):
        outputs = exported(form)

        assert all(owned_by(path, form.name, folder) for path, _, folder in outputs)
        assert len({path.casefold() for path, _, _ in outputs}) == len(outputs)

    def test_has_output_for_the_kinds_it_applies_to_and_no_other(self, exported, form, snapshot):
        assert bool(exported(form)) is form.applies_to(snapshot.commit.kind)

    def test_leaves_nothing_in_the_scratch_folder(self, exported, form, storage):
        exported(form)

        assert list(storage.scratch().glob("*")) == []


@pytest.mark.parametrize(
    ("path", "owned"),
    [
        ("json/Plan 1/a.json", True),
        ("json/Plan 1.csv", True),
        ("json/Plan 12/a.json", False),
        ("json/Plan 1", False),
        ("csv/Plan 1.csv", False),
        ("json/Plan 1.x/a.json", False),
    ],
)
def test_a_scope_owns_its_folder_and_files_of_its_name(path, owned):
    assert owned_by(path, "json", "Plan 1") is owned
