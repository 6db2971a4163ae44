"""What a person sees in a real browser: the text of every block, once and in order, styles and scripts applied."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.overlay import overlay_document
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.commits import Commits, snapshot
from notion_sync_assets_tests.core.render.conformance.expected import assert_all_in_order, assert_once
from notion_sync_assets_tests.system.conftest import absent

pytestmark = pytest.mark.system

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def tab():
    path = shutil.which("chromium")
    if path is None:
        absent("chromium is not installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=QUIET)
        yield browser.new_page()
        browser.close()


def pages(root):
    """Every page of the export with the document it was rendered from."""
    storage = LocalStorage(root)
    for key in Commits(storage).committed_scopes():
        state = snapshot(storage, key)
        with open_slice(storage, key) as links:
            for row, document in state.pages():
                path = root / places.html_page(state.commit.root_id, row.page_id)
                yield path, overlay_document(document, links)


def test_the_text_of_every_block_is_seen_once_and_in_order(exported, tab):
    seen = 0
    for path, document in pages(exported.root):
        tab.goto(path.as_uri())
        words = tab.inner_text("main")
        assert_all_in_order(document, words, mathematics=False)
        assert_once(document, words)
        seen += 1
    assert seen > 30
