"""The kinds of change, each with how it is made, which run finds it, and how many pages that run may read for it.

Here: one table, which docs/changes.md is checked against. Not here: the test (``test_change_matrix``).

``found_by``: ``delta`` (the next delta), ``reconcile`` (the next export) or ``verification`` (a run that has the page's
turn: nothing Notion lists tells of the change). ``reads``: pages whose content the finding run may read; a page above
another one that came or went counts, and one that two scopes exchange does once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from notion_sync_assets_tests.core.sync import meadow as m

Run = Literal["delta", "reconcile", "verification"]


@dataclass(frozen=True)
class Kind:
    """One kind of change. ``before``: made, and exported, ahead of it."""

    found_by: Run
    reads: int
    make: Callable
    before: Callable | None = None


def change(operation, **arguments):
    return lambda notion: notion.control.change(operation, **arguments)


def both(*changes):
    def make(notion):
        for each in changes:
            each(notion)

    return make


def edit(page_id, **bump):
    """Edit the first text of a page."""

    def make(notion):
        blocks = notion.control.oracle_ids("block").items()
        block = next(block for block, parent in blocks if parent == page_id)
        notion.control.change("edit_block", block_id=block, text="Hot.", **bump)

    return make


def toggle_of(notion, page_id):
    return next(block for block, parent in notion.control.oracle_ids("block").items() if parent == page_id)


def of_herbs(operation, **arguments):
    return change(operation, data_source_id=m.SOURCE, **arguments)


PHOTO = {"object_id": m.HERB["Nettle"], "property_name": "Photo"}
NEAR = {"page_id": m.HERB["Sorrel"], "name": "Near", "value": [{"id": m.HERB["Yarrow"]}]}

KINDS = {
    # Content
    "a block is edited": Kind("delta", 1, edit(m.REED)),
    "a block is added": Kind("delta", 1, change("add_block", parent_id=m.REED, text="More")),
    "a block is put into the trash": Kind("delta", 1, lambda n: n.control.change("trash", object_id=toggle_of(n, m.PATH))),
    "a block in a row is edited": Kind("delta", 1, edit(m.HERB["Sorrel"])),
    "a hosted file in a block is replaced": Kind("delta", 1, change("replace_file", object_id=m.PLAN, name="new.png")),
    "a block in a column is edited, which moves no time": Kind("verification", 16, change("edit_block", block_id=m.IN_COLUMN, text="Right.")),
    "a block is edited and no time moves": Kind("verification", 16, edit(m.REED, bump=False)),
    # Comments
    "a comment is added": Kind("verification", 16, change("add_comment", owner_id=m.REED, text="Why?")),
    "a comment is resolved or deleted": Kind("verification", 16, change("remove_comment", comment_id=m.REMARK)),
    # Titles and looks
    "a page is renamed": Kind("delta", 1, change("rename", object_id=m.REED, title="Rush")),
    "a top page is renamed": Kind("delta", 1, change("rename", object_id=m.HILL, title="Ridge")),
    "a row is renamed": Kind("delta", 1, change("rename", object_id=m.HERB["Mint"], title="Peppermint")),
    "a data source is renamed": Kind("delta", 0, change("rename", object_id=m.SOURCE, title="Green things")),
    "a database is renamed": Kind("reconcile", 0, change("rename", object_id=m.HERBS, title="All herbs")),
    "a page gets an icon": Kind("delta", 1, change("set_icon", object_id=m.BENCH, emoji="🪑")),
    "a view is renamed": Kind("reconcile", 0, change("rename_view", view_id=m.VIEW, name="Everything")),
    "a person is renamed": Kind("delta", 0, change("rename_user", user_id=m.ANNA, name="Anna Blum")),
    # Rows and schema
    "a value is set": Kind("delta", 1, change("set_property", page_id=m.HERB["Sorrel"], name="Sun", value=None)),
    "a relation with two sides is set": Kind("reconcile", 2, change("set_property", **NEAR)),
    "a hosted file of a row is replaced": Kind("delta", 1, change("replace_file", name="stem.png", **PHOTO)),
    "an option is renamed": Kind("reconcile", 2, of_herbs("rename_option", name="Sun", option="Half", new_name="Some")),
    "an option is added": Kind("reconcile", 0, of_herbs("add_option", name="Sun", option="None")),
    "a column is added": Kind("reconcile", 4, of_herbs("add_property", name="Height", kind="number")),
    "a column is renamed": Kind("reconcile", 4, of_herbs("rename_property", name="Sun", new_name="Light")),
    "a column is removed": Kind("reconcile", 4, of_herbs("remove_property", name="Sun")),
    "a column is added and a row edited": Kind("delta", 4, both(of_herbs("add_property", name="Height", kind="number"), edit(m.HERB["Mint"]), change("rename", object_id=m.HERB["Mint"], title="Mint 2"))),
    # New things
    "a page is added": Kind("delta", 2, change("add_page", parent_id=m.BENCH, title="New", texts=["One"])),
    "a page is added in a toggle": Kind("delta", 2, lambda n: n.control.change("add_page", parent_id=toggle_of(n, m.PATH), title="New")),
    "a top page is added": Kind("delta", 1, change("add_page", parent_id=None, title="Pond")),
    "a row is added": Kind("delta", 1, of_herbs("add_row", title="Basil", texts=["Two"])),
    "a database is added": Kind("delta", 1, change("add_database", parent_id=m.BENCH, title="Screws")),
    # Moves: Notion may or may not move the time of what moves
    "a page moves inside its tree, with a new time": Kind("delta", 3, change("move_page", page_id=m.REED, parent_id=m.PATH, bump=True)),
    "a page moves inside its tree": Kind("reconcile", 3, change("move_page", page_id=m.REED, parent_id=m.PATH)),
    "a page moves to another tree, with a new time": Kind("delta", 3, change("move_page", page_id=m.REED, parent_id=m.HUT, bump=True)),
    "a page moves to another tree": Kind("reconcile", 3, change("move_page", page_id=m.REED, parent_id=m.HUT)),
    "a page with pages below moves to another tree, with a new time": Kind("delta", 4, change("move_page", page_id=m.BANK, parent_id=m.HUT, bump=True)),
    "a page with a page in a toggle moves to another tree": Kind("reconcile", 4, change("move_page", page_id=m.PATH, parent_id=m.HUT)),
    "a page becomes a row, with a new time": Kind("delta", 2, change("move_page", page_id=m.BENCH, parent_id=m.SOURCE, bump=True)),
    "a row becomes a page, with a new time": Kind("delta", 3, change("move_page", page_id=m.HERB["Mint"], parent_id=m.HILL, bump=True)),
    "a top page moves under a page": Kind("reconcile", 5, change("move_page", page_id=m.HILL, parent_id=m.REED)),
    "a page moves to the top, with a new time": Kind("delta", 2, change("move_page", page_id=m.STONE, parent_id=None, bump=True)),
    # What leaves
    "a page is put into the trash": Kind("reconcile", 1, change("trash", object_id=m.STONE)),
    "a page is put into the trash and the page above is edited": Kind("delta", 1, both(change("trash", object_id=m.BANK), edit(m.BROOK))),
    "a tree is put into the trash": Kind("reconcile", 0, change("trash", object_id=m.HILL)),
    "a row is put into the trash": Kind("reconcile", 0, change("trash", object_id=m.HERB["Mint"])),
    "a database is put into the trash": Kind("reconcile", 1, change("trash", object_id=m.HERBS)),
    "a page is no longer shared": Kind("reconcile", 1, change("unshare", object_id=m.BROOK)),
    "a database is no longer shared": Kind("reconcile", 1, change("unshare", object_id=m.HERBS)),
    "a page is deleted for good": Kind("reconcile", 1, change("delete", object_id=m.REED)),
    # What comes back
    "a page comes back from the trash": Kind("reconcile", 2, change("restore", object_id=m.STONE), change("trash", object_id=m.STONE)),
    "a row comes back from the trash": Kind("reconcile", 2, change("restore", object_id=m.HERB["Mint"]), change("trash", object_id=m.HERB["Mint"])),
    "a database comes back from the trash": Kind("reconcile", 6, change("restore", object_id=m.HERBS), change("trash", object_id=m.HERBS)),
    "a page is shared again": Kind("reconcile", 6, change("share", object_id=m.BROOK), change("unshare", object_id=m.BROOK)),
}  # fmt: skip
