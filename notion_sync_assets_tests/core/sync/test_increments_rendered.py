"""After any change an increment's formats equal those of a fresh export byte for byte (promise 5)."""

import pytest

from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.publish import remove_vanished, render_scope
from notion_sync_assets.core.render.site.build import build_site
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets_tests.core.sync.exporting import Export, tree
from notion_sync_assets_tests.core.sync.test_increments import CHANGES


def render_everything(export):
    """What the export run does after its syncs."""
    index = Index.load(export.storage)
    index.close()
    table = build_link_table(export.storage, index.state.users)
    remove_vanished(export.storage, {key for key, content in table.slices.items() if content})
    options = RenderOptions(scratch=export.storage.scratch())
    for key, content in table.slices.items():
        if content:
            with open_slice(export.storage, key) as links:
                for form in FORMATS.values():
                    render_scope(export.storage, export.state(key), links, form, options)
    build_site(export.storage)
    return {path: data for path, data in tree(export.storage.root).items() if path.split("/")[0] in FORMATS}


KINDS = (
    "an edited block",
    "a renamed page",
    "a renamed root",
    "a renamed data source",
    "a new page",
    "a new row",
    "a renamed option",
    "a new column",
    "a page moved to another tree",
    "a row that becomes a page",
    "a trashed row",
    "a trashed database",
    "an unshared page",
)


@pytest.mark.parametrize("name", KINDS)
async def test_every_format_of_an_increment_equals_that_of_a_fresh_export(notion, export, tmp_path, name):
    await export.run()
    render_everything(export)
    CHANGES[name][0](notion)
    await export.run()
    increment = render_everything(export)
    async with Export(notion.url, tmp_path / "fresh") as fresh:
        await fresh.run()
        expected = render_everything(fresh)
    assert increment.keys() == expected.keys()
    assert [path for path in expected if increment[path] != expected[path]] == []
    assert {"json", "markdown", "html"} <= {path.split("/")[0] for path in expected}
