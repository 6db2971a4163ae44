"""axe-core finds nothing serious on any kind of page in light and dark colours."""

import subprocess
from pathlib import Path

import pytest

from notion_sync_assets.core.catalog.dictionary import reference
from notion_sync_assets.core.render.site.dictionary import put_in_place
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.system.conftest import absent
from notion_sync_assets_tests.system.test_site_in_chromium import SiteTab, root

pytestmark = pytest.mark.system

__all__ = ["root"]

PACKAGE = "axe-core@4"
KINDS = ("start", "search", "Every block", "Tasks", "Row 01 of week0")


@pytest.fixture(scope="module")
def axe(tool, tmp_path_factory):
    """The source of axe-core, installed for this test alone."""
    folder: Path = tmp_path_factory.mktemp("axe")
    (folder / "package.json").write_text('{"private": true}')
    command = [tool("npm"), "install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
    made = subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
    if made.returncode:
        absent("axe-core cannot be installed")
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


def show(tab, kind):
    shown = tab.open(None if kind in ("start", "search") else kind)
    if kind == "search":
        shown.fill("#search", "row")
        shown.wait_for_selector("#results li")
    if kind == "Tasks":
        shown.click("th button >> nth=1")
    for details in shown.query_selector_all("details"):
        details.evaluate("each => { each.open = true }")
    shown.wait_for_selector(".side a, .tree a, #results a")
    return shown


def assert_nothing_serious(shown, axe):
    shown.evaluate(axe)
    for colours in ("light", "dark"):
        shown.emulate_media(color_scheme=colours)
        found = shown.evaluate("axe.run({preload: false})")
        serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
        assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in serious] == []
        assert len(found["passes"]) > 10


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_serious_is_found(chromium, root, axe, kind):
    tab = SiteTab(chromium, root.as_uri())
    assert_nothing_serious(show(tab, kind), axe)
    tab.page.close()
    assert tab.wrong == []


def test_the_data_dictionary_can_be_reached_and_read(chromium, root, axe):
    put_in_place(LocalStorage(root), reference())
    tab = SiteTab(chromium, root.as_uri())
    shown = tab.open()
    shown.click("text=Data dictionary")
    shown.wait_for_selector("text=One block of a page.")
    assert_nothing_serious(shown, axe)
    tab.page.close()
    assert tab.wrong == []
