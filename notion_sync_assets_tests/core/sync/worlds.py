"""A small workspace with one of everything a sync treats differently, and emulators that serve worlds of a test.

Here: the garden. Not here: the demo (``emulator.demo``), which is larger than most of these tests need.
"""

from collections.abc import Callable

from notion_sync_assets.emulator.blocks import heading, media, paragraph, place, toggle
from notion_sync_assets.emulator.columns import choices, column
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.hosted import hosted
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.objects import own_bot
from notion_sync_assets.emulator.server import RunningEmulator
from notion_sync_assets.emulator.workspace import Workspace
from notion_sync_assets.emulator.world import StoredWorld

CALM = {"search_lag": 0, "search_omit_rate": 0, "short_page_rate": 0}
PLANTS = (column("plants", "Name", "title"), choices("plants", "Sun", "select", ("Full", "Half")))

GARDEN, BED, CORNER, SHED, COMPOST, HEAP, DIARY, FERN = (
    named_id("page", name)
    for name in ("garden", "bed 1", "corner", "shed", "compost", "heap", "diary", "plant Fern")
)
SOURCE = Draft.source_id("plants", "Plants")
DATABASE = named_id("database", "plants")
NAMES = ("Fern", "Moss", "Thyme", "Sage", "Rue", "Iris")


def new_draft() -> Draft:
    """A draft with the connection's own user."""
    draft = Draft()
    draft.world.bot_id = named_id("user", "bot")
    draft.user(own_bot(draft.world.bot_id, "bot", "Garden"))
    return draft


def garden() -> StoredWorld:
    """Two trees (17 pages with the rows): pages in pages and in a toggle, a file, a table whose rows have bodies."""
    draft = new_draft()
    draft.database("plants", "Plants", {"Plants": PLANTS})
    draft.view("All", "table", DATABASE, SOURCE)
    for number, name in enumerate(NAMES):
        values = {"Name": name, "Sun": ("Full", "Half")[number % 2]}
        body = [paragraph(f"{name} likes rain.")] if number % 2 else []
        draft.row(f"plant {name}", "plants", "Plants", PLANTS, values, body)
    draft.page("diary", "Diary", [paragraph("It grew.")])
    draft.body(FERN, [paragraph("A fern."), place(DIARY)])
    _trees(draft)
    return draft.finish()


def _trees(draft: Draft) -> None:
    draft.page("corner", "Corner")
    draft.page("shed", "Shed", [paragraph("Dry.")])
    for number in range(1, 6):
        inside = [place(CORNER)] if number == 1 else []
        draft.page(f"bed {number}", f"Bed {number}", [paragraph(f"Bed {number}."), *inside])
    beds = [place(named_id("page", f"bed {number}")) for number in range(1, 6)]
    picture = media("image", hosted("plan.png"))
    draft.page(
        "garden",
        "Garden",
        [heading(1, "Beds"), picture, *beds, toggle("More", place(SHED)), place(DATABASE)],
    )
    draft.page("heap", "Heap", [paragraph("Warm.")])
    draft.page("compost", "Compost", [paragraph("Brown."), place(HEAP)])


def serve(start: Callable[..., RunningEmulator], world: StoredWorld, **options: object) -> RunningEmulator:
    """Serve a world of the test's own."""
    emulator = start(**{**CALM, **options})
    emulator.engine.workspace = Workspace(world, emulator.engine.clock)
    emulator.engine.reconfigure({})
    return emulator
