"""What has left Notion leaves the formats; where asked for, its last rendering is kept aside until it is back."""

import re

import pytest

from notion_sync_assets_tests.core.sync.exporting import tree
from notion_sync_assets_tests.core.sync.rendering import render_everything
from notion_sync_assets_tests.core.sync.worlds import BED, COMPOST, DATABASE, FERN, HEAP, SHED

ADDRESS = re.compile(r' (?:href|src)="((?!#|https?:)[^"#]+)')

pytestmark = pytest.mark.system


def kept(export):
    files = tree(export.storage.root)
    return {path.removeprefix("_removed/"): files[path] for path in files if path.startswith("_removed/")}


async def after(export, notion, *changes, keep_removed=True):
    """Export, make changes, export again; return the rendered files before and after."""
    await export.run()
    before = render_everything(export, keep_removed=keep_removed)
    for operation, arguments in changes:
        notion.control.change(operation, **arguments)
    await export.run()
    return before, render_everything(export, keep_removed=keep_removed)


async def test_nothing_is_kept_unless_asked_for(notion, export):
    await after(export, notion, ("trash", {"object_id": SHED}), keep_removed=False)
    assert kept(export) == {}


async def test_a_page_in_the_trash_keeps_its_last_rendering_in_every_format(notion, export):
    before, found = await after(export, notion, ("trash", {"object_id": SHED}))
    aside = kept(export)
    assert {path.split("/")[0] for path in aside} == {"json", "markdown", "html"}
    assert all(before[path] == data for path, data in aside.items() if not path.startswith("html/"))
    assert all(SHED in path or SHED[-8:] in path for path in aside)
    assert aside.keys() & found.keys() == set()


async def test_a_kept_page_has_its_style_and_its_links_lead_somewhere(notion, export):
    await after(export, notion, ("unshare", {"object_id": COMPOST}))
    root = export.storage.root
    pages = sorted((root / "_removed" / "html").rglob("*.html"))
    assert len(pages) > 1
    led_to = set()
    for path in pages:
        for address in ADDRESS.findall(path.read_text()):
            place = (path.parent / address).resolve()
            led_to.add(place)
            assert place.exists(), address
    assert root.resolve() / "html/assets/site.css" in led_to
    assert led_to & {path.resolve() for path in pages}


async def test_a_tree_that_is_gone_keeps_all_its_pages(notion, export):
    before, _ = await after(export, notion, ("unshare", {"object_id": COMPOST}))
    assert {path for path in before if COMPOST in path or HEAP in path} <= kept(export).keys()


async def test_a_database_that_is_gone_keeps_its_tables(notion, export):
    await after(export, notion, ("unshare", {"object_id": DATABASE}))
    assert {path.split("/")[0] for path in kept(export)} == {"json", "markdown", "html", "csv", "parquet"}


async def test_a_page_that_moved_or_was_renamed_is_not_kept(notion, export):
    changes = [
        ("move_page", {"page_id": COMPOST, "parent_id": BED}),
        ("rename", {"object_id": HEAP, "title": "Pile"}),
    ]
    await after(export, notion, *changes)
    assert kept(export) == {}


async def test_a_page_that_comes_back_is_kept_no_longer(notion, export):
    await after(export, notion, ("trash", {"object_id": SHED}), ("trash", {"object_id": FERN}))
    assert kept(export)
    for page_id in (SHED, FERN):
        notion.control.change("restore", object_id=page_id)
    await export.run()
    render_everything(export, keep_removed=True)
    assert kept(export) == {}
