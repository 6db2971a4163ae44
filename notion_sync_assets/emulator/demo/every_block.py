"""The page "Every block": each block type of the API reference §4 at least once, in its odd forms too."""

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
    place,
    quote,
    synced,
    synced_copy,
    table,
    textual,
    to_do,
    toggle,
)
from notion_sync_assets.emulator.demo.people import EMOJIS, member
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.hosted import external, hosted, hosted_file
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import API_COLORS, equation, rich, text

MEDIA = {
    "image": ("photo.png", "scan.jpg", "loop.gif", "logo.svg"),
    "video": ("drive.mp4",),
    "pdf": ("manual.pdf",),
    "audio": ("hum.mp3",),
}
FILES = ("notes.txt", "parts.csv", "backup.zip", "page.html")
LANGUAGES = ("python", "javascript", "rust", "mermaid", "plain text", "c++")
LONG_LIST = 130
DEEPEST = 10
BIG = 300_000


def write_every_block(draft: Draft) -> None:
    """The page, the pages nested inside its blocks, and comments on one of its blocks."""
    for name in ("in a column", "in a toggle", "in a synced block"):
        draft.page(f"nested {name}", f"Page {name}", [paragraph(f"I live {name}.")])
    draft.page("long list", "A long list", [bullet(f"Entry {n + 1}") for n in range(LONG_LIST)])
    draft.page("deep list", "A deep list", [_deep(1)])
    draft.page(
        "unshared origin", "Not shared", [synced(paragraph("Nobody sees this."), name="unshared original")]
    )
    draft.mark("unshared", named_id("page", "unshared origin"))
    parts = [*_text_blocks(), *_structure(), *_media(), *_references(), *_rare()]
    inner = [place(named_id("page", "long list")), place(named_id("page", "deep list"))]
    draft.page("every block", "Every block", [*parts, *inner], icon=hosted("blocks.png"))
    block_id = named_id("block", "commented")
    attachments = [
        {"category": "image", "file": hosted_file("comment.png")},
        {"category": "pdf", "file": hosted_file("comment.pdf")},
    ]
    draft.comment("on a block", "block", block_id, "Is this right?", attachments)
    draft.comment("on a block/2", "block", block_id, ["It is ", text("fine", bold=True)])
    draft.comment("every-block", "page", named_id("page", "every block"), "So many blocks", attachments[:1])


def _deep(level: int) -> Node:
    inner = [_deep(level + 1)] if level < DEEPEST else []
    kind = (bullet, numbered, to_do)[level % 3]
    return kind(f"Level {level}", *inner)


def _text_blocks() -> list[Node]:
    headings = [heading(level, f"Heading {level}") for level in (1, 2, 3, 4)]
    toggles = [heading(level, f"Toggle heading {level}", paragraph("inside")) for level in (1, 2, 3, 4)]
    return [
        *headings,
        *toggles,
        Node("paragraph", paragraph("A paragraph with a comment").payload, name="commented"),
        paragraph(""),
        paragraph("A parent", paragraph("and its child", paragraph("and its grandchild"))),
        paragraph(["Several ", text("spans", bold=True, italic=True), " and ", equation("e=mc^2")]),
        paragraph("Two\nlines"),
        bullet("Bullet", bullet("Inner", bullet("Innermost"))),
        numbered("First", list_start_index=3, list_format="roman"),
        numbered("Second", numbered("Nested", list_format="letters")),
        to_do("Open", to_do("Nested, done", checked=True)),
        to_do("Done", checked=True, color="green"),
        toggle("Fold", paragraph("Hidden"), place(named_id("page", "nested in a toggle"))),
        quote("A quote", quote("in a quote")),
        callout("No icon"),
        callout("Emoji", paragraph("inside"), icon={"type": "emoji", "emoji": "💡"}, color="blue_background"),
        callout("Hosted icon", icon=hosted("callout.png")),
        callout("External icon", icon=external("https://images.example/icon.svg")),
        callout("Custom emoji", icon={"type": "custom_emoji", "custom_emoji": EMOJIS[1]}),
        callout("Native icon", icon={"type": "icon", "icon": {"name": "robot", "color": "lightgray"}}),
        *(paragraph(f"Coloured {color}", color=color) for color in API_COLORS),
        *(code(f"print('{language}')\n# ``` fences ```", language, "A caption") for language in LANGUAGES),
        code("graph TD;\n  A-->B;", "mermaid"),
        Node("equation", {"expression": "\\int_0^1 x^2\\,dx"}),
    ]


def _structure() -> list[Node]:
    label = {"type": "emoji", "emoji": "🅰️"}
    tabs = [
        paragraph("First tab", paragraph("in the first"), icon=label),
        paragraph("Second", bullet("in the second")),
    ]
    return [
        divider(),
        Node("breadcrumb"),
        Node("table_of_contents", {"color": "gray"}),
        columns([paragraph("Left"), place(named_id("page", "nested in a column"))], [paragraph("Right")]),
        columns([paragraph("Wide")], [paragraph("Narrow")], [], ratios=[0.5, 0.25, 0.25]),
        Node("tab", {}, tabs),
        table([["Name", "Value"], ["a|b", text("bold", bold=True)], ["", "line\nbreak"]]),
        table([["r1", "1", "2"], ["r2", "3", "4"]], column_header=False, row_header=True),
        table([["x"]], column_header=False),
        synced(
            paragraph("Said once"),
            place(named_id("page", "nested in a synced block")),
            name="synced original",
        ),
        synced_copy(named_id("block", "synced original")),
        synced_copy(named_id("block", "unshared original")),
    ]


def _media() -> list[Node]:
    made = [
        media(kind, hosted(name), f"Caption of {name}") for kind, names in MEDIA.items() for name in names
    ]
    made += [media(kind, external(f"https://files.example/{names[0]}")) for kind, names in MEDIA.items()]
    made += [media("file", hosted(name), name=name) for name in FILES]
    made.append(media("file", hosted("big.bin", size=BIG), "A big one", name="big.bin"))
    made.append(media("file", external("https://files.example/far.zip"), name="far.zip"))
    links: Json = {"url": "https://pebble.example/blog", "caption": rich("Our blog")}
    preview = {"url": "https://github.example/pebble/robot/pull/7"}
    return [*made, Node("bookmark", links), Node("embed", links), Node("link_preview", preview)]


def _references() -> list[Node]:
    home, projects = named_id("page", "home"), named_id("database", "projects")
    targets: dict[str, str] = {
        "page_id": home,
        "database_id": projects,
        "comment_id": named_id("comment", "on a block"),
    }
    made = [Node("link_to_page", {"type": kind, kind: target}) for kind, target in targets.items()]
    unshared = named_id("page", "private plan")
    return [*made, Node("link_to_page", {"type": "page_id", "page_id": unshared})]


def _rare() -> list[Node]:
    event = {
        "start_time": "2025-01-14T09:00:00.000Z",
        "end_time": "2025-01-14T09:30:00.000Z",
        "attendees": [member(0), member(1)],
    }
    notes = {"title": rich("Weekly sync"), "status": "notes_ready", "calendar_event": event}
    recording = {"start_time": "2025-01-14T09:01:00.000Z", "end_time": "2025-01-14T09:29:00.000Z"}
    sections: dict[str, list[Node]] = {
        "summary_block_id": [heading(3, "Summary"), bullet("We ship on Friday")],
        "notes_block_id": [paragraph("Raw notes", paragraph("with details"))],
        "transcript_block_id": [paragraph("Mara: shall we start?"), paragraph("Teo: yes.")],
    }
    return [
        Node("meeting_notes", {**notes, "recording": recording}, sections=sections),
        Node("meeting_notes", {"title": rich("Not recorded"), "status": "transcription_not_started"}),
        Node("unsupported", {"block_type": "button"}),
        Node("unsupported", {"block_type": "form"}),
        Node("unsupported", {"block_type": "ai_block"}),
        Node("template", {"rich_text": rich("Add a to-do")}, [to_do("From the button")]),
        textual("hologram", "A block of the future", paragraph("with a child")),
        Node("paragraph", paragraph("Thrown away").payload, trashed=True),
    ]
