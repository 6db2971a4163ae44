"""The world of the change matrix: everything the garden has, and what only some changes need.

Here: the world, ids of its parts, and a search that answers a few results at a time, as that of a large workspace
does: a delta then sees what changed and not, by luck, everything else. Not here: the changes (``change_kinds``).
"""

from notion_sync_assets.emulator.blocks import columns, media, paragraph, place, toggle
from notion_sync_assets.emulator.columns import choices, column, relation
from notion_sync_assets.emulator.hosted import hosted
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.listing import Pager
from notion_sync_assets.emulator.objects import person
from notion_sync_assets_tests.core.sync.worlds import new_draft

MEADOW, BROOK, BANK, REED, STONE, HILL, HUT, BENCH, LOFT, PATH, GATE = (
    named_id("page", name)
    for name in (
        *("meadow", "brook", "bank", "reed", "stone"),
        *("hill", "hut", "bench", "loft", "path", "gate"),
    )
)
HERBS = named_id("database", "herbs")
HERB_ROWS = ("Mint", "Nettle", "Sorrel", "Yarrow")
HERB = {name: named_id("page", f"herb {name}") for name in HERB_ROWS}
NOTE = named_id("page", "note")
SOURCE = new_draft().source_id("herbs", "Herbs")
ANNA = named_id("user", "Anna")
VIEW = named_id("view", "All", HERBS)
REMARK = named_id("comment", "remark/1")
IN_COLUMN, PLAN = named_id("block", "in a column"), named_id("block", "plan")
SEARCH_ANSWERS = 3

_NEAR, _FAR = column("herbs", "Near", "relation"), column("herbs", "Near of", "relation")
COLUMNS = (
    column("herbs", "Name", "title"),
    choices("herbs", "Sun", "select", ("Full", "Half")),
    column("herbs", "Keeper", "people"),
    column("herbs", "Photo", "files"),
    relation("herbs", "Near", (HERBS, SOURCE), _FAR),
    relation("herbs", "Near of", (HERBS, SOURCE), _NEAR),
)


class ShortSearch(Pager):
    """Lists as always, but search answers only a few results at a time."""

    def _length(self, name, delivered, available, size):
        if name.startswith("search:"):
            return SEARCH_ANSWERS
        return super()._length(name, delivered, available, size)


def calm_search(emulator):
    """Let the search of an emulator answer a few results at a time."""
    engine = emulator.engine
    engine.pager = ShortSearch(engine.pager.habits, engine.clock)


def meadow():
    """Two trees and a table: pages under pages, in toggles and rows; people, files, comments, relations, columns."""
    draft = new_draft()
    draft.user(person(ANNA, "Anna", "anna@meadow.example"))
    draft.database("herbs", "Herbs", {"Herbs": COLUMNS})
    draft.view("All", "table", HERBS, SOURCE)
    _rows(draft)
    for name, text in (("reed", "Tall."), ("stone", "Round."), ("bench", "Oak."), ("gate", "Iron.")):
        draft.page(name, name.title(), [paragraph(text)])
    draft.page("bank", "Bank", [paragraph("Sand."), place(REED)])
    draft.page("path", "Path", [toggle("Left", place(GATE))])
    draft.page("brook", "Brook", [paragraph("Clear."), place(BANK), place(PATH)])
    draft.page("loft", "Loft")
    draft.page("hut", "Hut", [paragraph("Small."), place(BENCH), place(LOFT)])
    link = {"type": "mention", "mention": {"type": "page", "page": {"id": REED}}}
    draft.page("hill", "Hill", [paragraph("Steep."), place(HUT), paragraph([{**_plain("Reed"), **link}])])
    _top(draft)
    return draft.finish()


def _rows(draft):
    for number, name in enumerate(HERB_ROWS):
        values = {
            "Name": name,
            "Sun": ("Full", "Half")[number % 2],
            "Keeper": [draft.world.get("user", ANNA)] if number == 0 else [],
            "Photo": [{"name": "leaf.png", **hosted("leaf.png")}] if number == 1 else [],
        }
        draft.row(f"herb {name}", "herbs", "Herbs", COLUMNS, values, [paragraph(f"{name} likes rain.")])
    draft.page("note", "Note", [paragraph("It grew.")])
    draft.body(HERB["Mint"], [place(NOTE)])


def _top(draft):
    picture = media("image", hosted("plan.png"))
    draft.page(
        "meadow",
        "Meadow",
        [
            type(picture)(picture.type, picture.payload, name="plan"),
            columns([type(picture)("paragraph", paragraph("Left.").payload, name="in a column")], []),
            place(BROOK),
            toggle("More", place(STONE)),
            place(HERBS),
        ],
    )
    draft.comment("remark/1", "page", BENCH, "Nice seat")


def _plain(text):
    annotations = dict.fromkeys(("bold", "italic", "strikethrough", "underline", "code"), False)
    return {"plain_text": text, "href": None, "annotations": {**annotations, "color": "default"}}
