"""A workspace with a marker in everything that bears text.

Here: the pages and what joins them. Not here: blocks, rich text and tables (``planted_*``).
"""

from notion_sync_assets.emulator.blocks import paragraph, place, synced
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.hosted import external, hosted, hosted_file
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import own_bot, person
from notion_sync_assets.emulator.richtext import text
from notion_sync_assets.emulator.world import StoredWorld
from notion_sync_assets_tests.fidelity import planted_blocks
from notion_sync_assets_tests.fidelity.markers import Marker, Planter
from notion_sync_assets_tests.fidelity.planted_tables import DATABASE, SOURCE, write_table
from notion_sync_assets_tests.fidelity.planted_text import rich_text_nodes

PAGES = {
    "target": named_id("page", "target"),
    "unshared": named_id("page", "unshared"),
    "database": DATABASE,
    "source": SOURCE,
}
ON_BLOCK = named_id("comment", "on a block")
PEOPLE = {
    "mentioned": ("mention", "user", "name"),
    "assigned": ("property", "people", "name"),
    "verifier": ("property", "verification", "name"),
    "creator": ("property", "created_by", "name"),
    "editor": ("property", "last_edited_by", "name"),
    "author": ("comment", "on the page", "author"),
}


def planted_world(*, apart: bool = False) -> tuple[StoredWorld, list[Marker]]:
    """Return the workspace and all markers in it; ``apart``: what stands on one page is spread over many.

    An exporter that stumbles over one kind of block then loses a page, not all.
    """
    plant, draft = Planter(), Draft()
    people = _people(draft, plant)
    _other_pages(draft, plant)
    inline = write_table(draft, plant, people, PAGES)
    _linked_database(draft, plant)
    single = [
        *planted_blocks.text_nodes(plant),
        *planted_blocks.structure_nodes(plant),
        *planted_blocks.media_nodes(plant),
        *planted_blocks.reference_nodes(plant, PAGES, ON_BLOCK),
        *planted_blocks.rare_nodes(plant, people["attendee"]["id"]),
        *rich_text_nodes(plant, PAGES, people),
        planted_blocks.deep_node(plant),
    ]
    listed = planted_blocks.long_list(plant)
    placed = [
        place(named_id("page", "child")),
        place(inline),
        place(named_id("database", "linked")),
        _commented(),
    ]
    cover = external(plant.url("page", "cover", "external"))
    draft.page(
        "planted",
        plant.text("page", "title"),
        placed if apart else [*single, *listed, *placed],
        icon={"type": "emoji", "emoji": plant.known("🦜", "page", "icon", "emoji")},
        cover=cover,
    )
    for number, body in enumerate([*([node] for node in single), listed] if apart else []):
        draft.page(f"part {number}", f"Part {number}", body)
    _comments(draft, plant)
    return draft.finish(), plant.markers


def _people(draft: Draft, plant: Planter) -> dict[str, Json]:
    bot = named_id("user", "bot")
    draft.world.bot_id = bot
    draft.user(own_bot(bot, "bot", "Planted"))
    made = {
        key: person(named_id("user", key), plant.text(*names), f"{key}@example.com")
        for key, names in PEOPLE.items()
    }
    attendee = named_id("user", "attendee")
    name = plant.name_of(attendee, "block", "meeting_notes", "attendee")
    made["attendee"] = person(attendee, name, "attendee@example.com")
    for user in made.values():
        draft.user(user)
    draft.people = [made["author"]["id"]]
    return {**made, "hidden": person(named_id("user", "hidden"), "Hidden", "hidden@example.com")}


def _other_pages(draft: Draft, plant: Planter) -> None:
    icons = {
        "custom_emoji": {
            "type": "custom_emoji",
            "custom_emoji": {
                "id": named_id("e"),
                "name": plant.text("page", "icon", "custom emoji"),
                "url": "https://example.com/e.png",
            },
        },
        "icon": {
            "type": "icon",
            "icon": {"name": plant.text("page", "icon", "native icon"), "color": "blue"},
        },
        "external": external(plant.url("page", "icon", "external")),
        "hosted": hosted("icon.png"),
    }
    looks = [
        draft.page(f"icon {kind}", f"Icon {kind}", icon=icon, cover=hosted("cover.png"))
        for kind, icon in icons.items()
    ]
    draft.page("child", plant.text("block", "child_page", "title"), list(map(place, looks)))
    title = [
        plant.text("page", "title", "with emphasis"),
        text(plant.text("page", "title", "in bold"), bold=True),
    ]
    draft.page("target", title, [paragraph("Linked to.")], public=True)
    draft.page("unshared", "Not shared", [synced(paragraph("Nobody sees this."), name="unshared original")])
    draft.mark("unshared", PAGES["unshared"])


def _linked_database(draft: Draft, plant: Planter) -> None:
    title, about = (
        plant.text("block", "child_database", f"{field} of a linked one")
        for field in ("title", "description")
    )
    linked = draft.database("linked", title, {}, description=about)
    draft.view(plant.text("block", "child_database", "view of a linked one"), "board", linked, SOURCE)


def _commented() -> planted_blocks.Node:
    return planted_blocks.Node("paragraph", paragraph("Commented on.").payload, name="commented")


def _comments(draft: Draft, plant: Planter) -> None:
    page_id, block_id = named_id("page", "planted"), named_id("block", "commented")
    name = f"{plant.text('comment', 'attachment', 'file name')}.png"
    attachment = {"category": "image", "file": hosted_file(name)}
    draft.comment("on the page", "page", page_id, plant.text("comment", "on the page"), [attachment])
    draft.comment("on the page/2", "page", page_id, [text(plant.text("comment", "answer"), italic=True)])
    draft.comment("on a block", "block", block_id, plant.text("comment", "on a block"))
    custom = draft.comment("by an integration", "page", page_id, "Said by a machine")
    shown = {"type": "custom", "resolved_name": plant.text("comment", "by an integration", "shown name")}
    draft.world.objects["comment"][custom]["display_name"] = shown
