"""Rendering an export in every format, as an export run does after its syncs, and what comes out."""

from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.publish import remove_vanished, render_scope
from notion_sync_assets.core.render.site.build import build_site
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets_tests.core.sync.exporting import tree


def render_everything(export, *, keep_removed=False):
    """Bring all formats and the site up to date; return every rendered file."""
    index = Index.load(export.storage)
    index.close()
    table = build_link_table(export.storage, index.state.users)
    live = {key for key, content in table.slices.items() if content}
    remove_vanished(export.storage, live, keep_removed=keep_removed)
    options = RenderOptions(scratch=export.storage.scratch(), keep_removed=keep_removed)
    for key, content in table.slices.items():
        if content:
            with open_slice(export.storage, key) as links:
                for form in FORMATS.values():
                    render_scope(export.storage, export.state(key), links, form, options)
    build_site(export.storage)
    return {path: data for path, data in tree(export.storage.root).items() if path.split("/")[0] in FORMATS}
