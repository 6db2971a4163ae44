"""Blocks with a marker in every field that bears text (notion_api.md §4).

Here: one of every type, deep nesting, a list longer than an answer. Not here: rich text (``planted_text``).
"""

from notion_sync_assets.emulator.blocks import (
    Node,
    bullet,
    callout,
    code,
    columns,
    divider,
    heading,
    media,
    numbered,
    paragraph,
    quote,
    synced,
    synced_copy,
    table,
    textual,
    to_do,
    toggle,
)
from notion_sync_assets.emulator.hosted import external, hosted
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import rich
from notion_sync_assets_tests.fidelity.markers import Planter

MEDIA = {"image": "png", "video": "mp4", "pdf": "pdf", "audio": "mp3", "file": "txt"}
DEEP, LONG = 8, 130
UNSUPPORTED = ("button", "form", "drive", "ai_block")


def text_nodes(plant: Planter) -> list[Node]:
    """Return every block of text, with a child where it may have one."""

    def said(kind: str, field: str = "text") -> str:
        return plant.text("block", kind, field)

    def inside(kind: str) -> Node:
        return paragraph(said(kind, "child"))

    headings = [heading(level, said(f"heading_{level}")) for level in (1, 2, 3, 4)]
    folding = [heading(n, said(f"heading_{n}", "that folds"), inside(f"heading_{n}")) for n in (1, 2, 3, 4)]
    return [
        *headings,
        *folding,
        paragraph(said("paragraph"), inside("paragraph")),
        bullet(said("bulleted_list_item"), inside("bulleted_list_item")),
        numbered(said("numbered_list_item"), inside("numbered_list_item"), list_start_index=5),
        to_do(said("to_do"), inside("to_do"), checked=True),
        toggle(said("toggle"), inside("toggle")),
        quote(said("quote"), inside("quote")),
        *_callouts(plant),
        code(f"a = 1  # {said('code')}\n\n```\n\tb", "python", said("code", "caption")),
        code(said("code", "diagram"), "mermaid"),
        Node("equation", {"expression": rf"\text{{{said('equation', 'expression')}}}"}),
        Node("template", {"rich_text": rich(said("template"))}, [inside("template")]),
    ]


def _callouts(plant: Planter) -> list[Node]:
    name = plant.text("block", "callout", "custom emoji")
    icons: dict[str, Json] = {
        "emoji": {"type": "emoji", "emoji": plant.known("🪁", "block", "callout", "emoji")},
        "custom emoji": {
            "type": "custom_emoji",
            "custom_emoji": {"id": named_id("e"), "name": name, "url": "https://example.com/e.png"},
        },
        "native icon": {
            "type": "icon",
            "icon": {"name": plant.text("block", "callout", "native icon"), "color": "blue"},
        },
        "external icon": external(plant.url("block", "callout", "external icon")),
        "hosted icon": hosted("callout.png"),
    }
    return [
        callout(
            plant.text("block", "callout", f"text beside its {kind}"),
            paragraph(plant.text("block", "callout", f"child, {kind}")),
            icon=icon,
        )
        for kind, icon in icons.items()
    ]


def structure_nodes(plant: Planter) -> list[Node]:
    """Return the blocks that arrange others."""

    def said(kind: str, field: str) -> Node:
        return paragraph(plant.text("block", kind, field))

    cells = [
        [plant.text("block", "table, table_row", f"{row} {column}") for column in ("first", "second")]
        for row in ("head", "body")
    ]
    sides = [[plant.text("block", "table, table_row", f"row header, row {row}"), f"{row}"] for row in (1, 2)]
    tabs = [
        _tab(plant, "emoji", {"type": "emoji", "emoji": plant.known("🪀", "block", "tab", "icon")}),
        _tab(plant, "no icon", None),
    ]
    return [
        divider(),
        Node("breadcrumb"),
        Node("table_of_contents", {"color": "gray"}),
        columns(
            [said("column_list, column", "left")], [said("column_list, column", "right")], ratios=[0.25, 0.75]
        ),
        Node("tab", {}, tabs),
        table(cells),
        table(sides, column_header=False, row_header=True),
        synced(said("synced_block", "original"), name="planted original"),
        synced_copy(named_id("block", "planted original")),
        synced_copy(named_id("block", "unshared original")),
    ]


def _tab(plant: Planter, kind: str, icon: Json | None) -> Node:
    label = plant.text("block", "tab", f"label, {kind}")
    return paragraph(label, paragraph(plant.text("block", "tab", f"content, {kind}")), icon=icon)


def media_nodes(plant: Planter) -> list[Node]:
    """Return every media block, hosted and external, and every block of an address."""
    made: list[Node] = []
    for kind, extension in MEDIA.items():
        named = plant.text if kind == "file" else plant.hint
        name = f"{named('block', kind, 'name of a hosted file')}.{extension}"
        own = {"name": name} if kind == "file" else {}
        made.append(media(kind, hosted(name), plant.text("block", kind, "caption"), **own))
        far = external(plant.url("block", kind, "external url"))
        own = {"name": plant.text("block", kind, "name of an external file")} if kind == "file" else {}
        made.append(media(kind, far, plant.text("block", kind, "caption of an external file"), **own))
    for kind in ("bookmark", "embed"):
        caption = rich(plant.text("block", kind, "caption"))
        made.append(Node(kind, {"url": plant.url("block", kind), "caption": caption}))
    return [*made, Node("link_preview", {"url": plant.url("block", "link_preview")})]


def reference_nodes(plant: Planter, pages: dict[str, str], comment_id: str) -> list[Node]:
    """Return links to a page, a database, a comment, and to a page nobody shared."""
    plant.known(comment_id, "block", "link_to_page", "id of a comment")
    targets = {"page_id": pages["target"], "database_id": pages["database"], "comment_id": comment_id}
    return [
        *(Node("link_to_page", {"type": kind, kind: target}) for kind, target in targets.items()),
        Node("link_to_page", {"type": "page_id", "page_id": pages["unshared"]}),
    ]


def rare_nodes(plant: Planter, attendee: str) -> list[Node]:
    """Return meeting notes, blocks the API withholds, a block of a type nobody knows."""

    def when(field: str) -> str:
        return f"{plant.day('block', 'meeting_notes', field)}T09:00:00.000Z"

    payload = {
        "title": rich(plant.text("block", "meeting_notes", "title")),
        "status": "summary_in_progress",
        "calendar_event": {"start_time": when("start"), "end_time": when("end"), "attendees": [attendee]},
        "recording": {"start_time": when("start of the recording"), "end_time": when("end of the recording")},
    }
    sections = {
        f"{part}_block_id": [paragraph(plant.text("block", "meeting_notes", part))]
        for part in ("summary", "notes", "transcript")
    }
    return [
        Node("meeting_notes", payload, sections=sections),
        *(
            Node("unsupported", {"block_type": plant.text("block", "unsupported", kind)})
            for kind in UNSUPPORTED
        ),
        textual(
            "hologram",
            plant.text("block", "unknown type"),
            paragraph(plant.text("block", "unknown type", "child")),
        ),
    ]


def deep_node(plant: Planter, level: int = 1) -> Node:
    """Return containers of changing kinds inside each other, each with a marker of its own."""
    makers = (bullet, quote, toggle, numbered, callout, to_do, paragraph, bullet)
    inside = [deep_node(plant, level + 1)] if level < DEEP else []
    return makers[level - 1](plant.text("block", "nesting", f"level {level}"), *inside)


def long_list(plant: Planter) -> list[Node]:
    """Return more items than one answer of the API holds."""
    return [bullet(plant.text("block", "long list", f"item {number + 1}")) for number in range(LONG)]
