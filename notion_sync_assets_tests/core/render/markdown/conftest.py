"""What tests of Markdown start from: scopes that are committed, linked and exported."""

import pytest

from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.markdown.dialects import GFM
from notion_sync_assets.core.render.markdown.export import export_markdown
from notion_sync_assets.core.render.markdown.pages import page_markdown
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.rows import OrderedSnapshot
from notion_sync_assets.core.sync.commits import snapshot
from notion_sync_assets_tests.core.render.rendering import content_of
from notion_sync_assets_tests.corpus import document, page


@pytest.fixture
def export(storage):
    """Return the function that exports every committed scope and gives path → text."""

    def run(users=(), **options):
        found = {}
        for key in build_link_table(storage, users).slices:
            chosen, commit = RenderOptions(storage.scratch(), **options), snapshot(storage, key).commit
            with open_slice(storage, key) as links, OrderedSnapshot(storage, commit) as ordered:
                for path, content in export_markdown(ordered, links, chosen):
                    found[path] = content_of(content).decode()
        return found

    return run


@pytest.fixture
def body(known):
    """Return the function that renders blocks and gives the text below the title of their page."""

    def run(*blocks, links=None, dialect=GFM, **values):
        whole = document(page("Page"), list(blocks), **values)
        text = page_markdown(whole, "markdown/Scope/Page.md", links or known(), dialect)
        return text.split("\n# Page\n", 1)[1].lstrip("\n")

    return run
