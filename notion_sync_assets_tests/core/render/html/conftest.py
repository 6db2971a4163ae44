"""What tests of HTML start from: the context of a page, and a document as the file it becomes."""

import pytest

from notion_sync_assets.core.render.html.context import page_context
from notion_sync_assets.core.render.html.pages import page_bytes
from notion_sync_assets.core.render.overlay import overlay_document
from notion_sync_assets_tests.core.render.html.reading import read
from notion_sync_assets_tests.corpus import document, page

PATH = f"html/{'0' * 32}/page.html"


@pytest.fixture
def context(known):
    """Return the function that makes the context of a page whose links are given."""

    def make(*entries, users=(), of=None):
        return page_context(of or document(page("Here"), []), PATH, known(*entries, users=users))

    return make


@pytest.fixture
def shown(known):
    """Return the function that renders a document to a parsed page."""

    def render(value, *entries, users=()):
        links = known(*entries, users=users)
        current = overlay_document(value, links)
        return read(page_bytes(current, page_context(current, PATH, links)))

    return render
