"""The site of what was really recorded from Notion, every page of it walked in a browser.

The recordings are beside the repository on some machines only; elsewhere the tests say so and are skipped.
"""

import pytest
from playwright.sync_api import expect

from notion_sync_assets.core.canonical import normalise
from notion_sync_assets.core.render.site.build import build_site
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.core.render.rendering import render_all
from notion_sync_assets_tests.corpus import make_scope
from notion_sync_assets_tests.corpus_recorded import NEEDS_RECORDINGS, recorded_documents, recorded_heads
from notion_sync_assets_tests.system.browsing import Tab

pytestmark = [
    pytest.mark.system,
    NEEDS_RECORDINGS,
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    storage = LocalStorage(tmp_path_factory.mktemp("recorded"))
    heads = {head["data_source"]["id"]: head for head in recorded_heads()}
    rows: dict[str, list] = {}
    for each in recorded_documents():
        rows.setdefault(str(each.page["parent"].get("data_source_id")), []).append(each)
    for source, found in rows.items():
        if source in heads:
            make_scope(storage, found, kind="data_source", title=source, head=normalise(heads[source]))
        else:
            make_scope(storage, found, title=f"Pages {source}")
    render_all(storage, forms=["html"])
    build_site(storage, title="Recorded")
    return storage.root


@pytest.fixture(scope="module")
def walk(chromium, root):
    """What every page showed, where its links into the export lead, and what should not have happened."""
    tab = Tab(chromium, root.as_uri())
    shown: dict[str, str] = {}
    links: set[str] = set()
    for path in sorted((root / "html").rglob("*.html")):
        tab.page.goto(path.as_uri())
        shown[path.name] = tab.page.inner_text("main h1")
        links.update(tab.page.eval_on_selector_all("main a[href]", "all => all.map(each => each.href)"))
    expect(tab.page.locator(".side a, .tree a").first).to_be_visible()
    tab.page.close()
    return shown, {link for link in links if link.startswith("file:")}, tab.wrong


def test_every_page_opens_without_an_error_or_a_request_to_anybody(walk):
    shown, _, wrong = walk
    assert len(shown) > 150
    assert all(title.strip() for title in shown.values())
    assert wrong == []


def test_every_link_into_the_export_leads_somewhere(walk, root):
    _, links, _ = walk
    assert len(links) > 100
    for target in links:
        address, _, anchor = target.partition("#")
        found = root / address.removeprefix(root.as_uri() + "/")
        assert found.is_file(), target
        assert not anchor or f'id="{anchor}"' in found.read_text(), target
