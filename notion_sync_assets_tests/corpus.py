"""A small hand-made workspace: one document for every kind of block, property and mention, and scopes of them.

Here: values every test of tables, links and renderers can start from. Not here: expectations, builders of single
objects (``corpus_objects``) and commits (``corpus_scopes``), both of which can be imported from here too.
Sources: notion_api.md §§4-9.
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document
from notion_sync_assets_tests.corpus_objects import (
    ANNOTATIONS,
    CREATED,
    EDITED,
    HOSTED,
    block,
    comment,
    database,
    document,
    equation,
    external,
    hosted,
    identifier,
    mention,
    option,
    page,
    paragraph,
    partial_user,
    person,
    stored_file,
    text,
)
from notion_sync_assets_tests.corpus_properties import (
    every_property_head,
    every_property_page,
    every_property_source,
)
from notion_sync_assets_tests.corpus_scopes import COMMITTED, make_scope

__all__ = [
    "ANNOTATIONS",
    "COMMITTED",
    "CREATED",
    "EDITED",
    "HOSTED",
    "block",
    "comment",
    "database",
    "document",
    "equation",
    "every_block_document",
    "every_mention_document",
    "every_property_head",
    "every_property_page",
    "every_property_source",
    "external",
    "hosted",
    "identifier",
    "linked_database",
    "make_scope",
    "mention",
    "option",
    "page",
    "paragraph",
    "partial_user",
    "person",
    "stored_file",
    "text",
]


def every_block_document() -> Document:
    """Return a page with every block type of the API, one unknown type, comments, files, icon and cover."""
    value = page(
        "Every block",
        icon={"type": "emoji", "emoji": "📦"},
        cover=external("https://www.notion.so/images/page-cover/woodcuts_1.jpg"),
    )
    return document(
        value,
        [*_text_blocks(), *_layout_blocks(), *_media_blocks(), *_reference_blocks(), *_odd_blocks()],
        comments=[_page_comment(), _block_comment()],
        files={
            f"{HOSTED}/picture.png": stored_file("picture.png"),
            f"{HOSTED}/report.pdf": stored_file("report.pdf", "application/pdf"),
            f"{HOSTED}/note.txt": stored_file("note.txt", "text/plain"),
        },
        databases={identifier("Linked database"): linked_database()},
        omitted=[
            {
                "kind": "block",
                "id": identifier("unsupported"),
                "reason": "unsupported_by_api",
                "detail": "button",
            }
        ],
    )


def _text_blocks() -> list[Json]:
    rich = [text("Bold", bold=True), text(" and "), text("code", code=True), equation("e=mc^2")]
    headings = [
        block(
            f"heading_{level}",
            {"rich_text": [text(f"Heading {level}")], "color": "default", "is_toggleable": False},
        )
        for level in (1, 2, 3)
    ]
    toggle_heading = block(
        "heading_4",
        {"rich_text": [text("Toggle heading")], "color": "blue_background", "is_toggleable": True},
        [paragraph("under the heading")],
    )
    return [
        *headings,
        toggle_heading,
        paragraph(*rich, name="paragraph"),
        paragraph(name="empty paragraph"),
        block(
            "bulleted_list_item",
            {"rich_text": [text("Bullet")], "color": "red"},
            [
                block(
                    "bulleted_list_item",
                    {"rich_text": [text("Nested")], "color": "default"},
                    name="nested bullet",
                )
            ],
        ),
        block(
            "numbered_list_item",
            {
                "rich_text": [text("First")],
                "color": "default",
                "list_start_index": 3,
                "list_format": "letters",
            },
        ),
        block(
            "numbered_list_item",
            {"rich_text": [text("Second")], "color": "default"},
            name="second numbered_list_item",
        ),
        block("to_do", {"rich_text": [text("Done")], "checked": True, "color": "default"}),
        block(
            "to_do", {"rich_text": [text("Open")], "checked": False, "color": "default"}, name="open to_do"
        ),
        block(
            "toggle", {"rich_text": [text("Toggle")], "color": "default"}, [paragraph("inside the toggle")]
        ),
        block("quote", {"rich_text": [text("Line one\nline two")], "color": "default"}),
        block(
            "callout",
            {
                "rich_text": [text("Callout")],
                "icon": {"type": "emoji", "emoji": "💡"},
                "color": "gray_background",
            },
            [paragraph("inside the callout")],
        ),
        block(
            "code", {"rich_text": [text("print('```')")], "caption": [text("Listing")], "language": "python"}
        ),
        block("equation", {"expression": "\\sqrt{x}"}),
        block("divider"),
        block("breadcrumb"),
        block("table_of_contents", {"color": "gray"}),
        block("template", {"rich_text": [text("Add a task")]}, [paragraph("inside the template")]),
    ]


def _layout_blocks() -> list[Json]:
    columns = [
        block("column", {"width_ratio": 0.25}, [paragraph("left")], name="left column"),
        block("column", {}, [paragraph("right")], name="right column"),
    ]
    tabs = [paragraph("Tab one", name="tab one", children=[paragraph("content of the tab")])]
    rows = [
        block("table_row", {"cells": [[text("Head A")], [text("Head B")]]}, name="table head"),
        block("table_row", {"cells": [[text("a|b")], [text("line\nbreak")]]}),
    ]
    return [
        block("column_list", {}, columns),
        block("tab", {}, tabs),
        block("table", {"table_width": 2, "has_column_header": True, "has_row_header": False}, rows),
        block("synced_block", {"synced_from": None}, [paragraph("synced text")]),
        block(
            "synced_block",
            {"synced_from": {"type": "block_id", "block_id": identifier("original elsewhere")}},
            [paragraph("copied text")],
            name="synced copy",
        ),
    ]


def _media_blocks() -> list[Json]:
    caption = {"caption": [text("Caption")]}
    return [
        block("image", {**hosted("picture.png"), **caption}),
        block("image", {**external("https://example.com/a.png"), "caption": []}, name="external image"),
        block("video", {**external("https://www.youtube.com/watch?v=1"), **caption}),
        block("audio", {**hosted("missing.mp3"), **caption}),
        block("pdf", {**hosted("report.pdf"), **caption}),
        block("file", {**hosted("note.txt"), **caption, "name": "note.txt"}),
        block("bookmark", {"url": "https://example.com/bookmark", "caption": [text("Worth reading")]}),
        block("embed", {"url": "https://example.com/embed", "caption": []}),
        block("link_preview", {"url": "https://github.com/example/repo/pull/1"}),
    ]


def _reference_blocks() -> list[Json]:
    return [
        block("child_page", {"title": "Child page"}, name="Child page"),
        block("child_database", {"title": "Child database"}, name="Child database"),
        block("child_database", {"title": "Untitled"}, name="Linked database"),
        block("link_to_page", {"type": "page_id", "page_id": identifier("Linked page")}),
        block(
            "link_to_page",
            {"type": "database_id", "database_id": identifier("Child database")},
            name="link to database",
        ),
        block(
            "link_to_page",
            {"type": "comment_id", "comment_id": identifier("some comment")},
            name="link to comment",
        ),
    ]


def _odd_blocks() -> list[Json]:
    meeting = {
        "title": [text("Weekly meeting")],
        "status": "notes_ready",
        "children": {
            "summary_block_id": identifier("meeting summary"),
            "notes_block_id": identifier("meeting notes"),
            "transcript_block_id": identifier("meeting transcript"),
        },
        "calendar_event": {
            "start_time": "2026-05-01T10:00:00.000Z",
            "end_time": "2026-05-01T11:00:00.000Z",
            "attendees": [identifier("Eve")],
        },
        "recording": {"start_time": "2026-05-01T10:00:00.000Z", "end_time": "2026-05-01T11:00:00.000Z"},
    }
    return [
        block("meeting_notes", meeting, [paragraph("We met.", name="meeting summary")]),
        block("unsupported", {"block_type": "button"}),
        block(
            "hologram",
            {
                "heading": {"rich_text": [text("From the future")]},
                "target": {"page_id": identifier("Future page")},
            },
        ),
    ]


def _page_comment() -> Json:
    return comment(
        "page comment", {"type": "page_id", "page_id": identifier("Every block")}, [text("Well done")]
    )


def _block_comment() -> Json:
    said = [text("See "), mention("user", person("Cleo"), "@Cleo")]
    attached = [{"category": "image", "file": {"url": f"{HOSTED}/picture.png"}}]
    parent = {"type": "block_id", "block_id": identifier("quote")}
    return {**comment("block comment", parent, said), "attachments": attached}


def linked_database() -> Json:
    """Return what a document holds of a linked database, which owns no data source (notion_api.md §7)."""
    container = database("Linked database", parent={"type": "page_id", "page_id": identifier("Every block")})
    view = {"object": "view", "id": identifier("Linked view"), "name": "Elsewhere", "type": "table"}
    return {"database": container, "views": [view]}


def every_mention_document() -> Document:
    """Return a page whose text has every mention type and every form of link, internal ones too."""
    target = identifier("Linked page").replace("-", "")
    anchor = identifier("anchor").replace("-", "")
    when = {"start": "2026-05-03", "end": None, "time_zone": None}
    span = {
        "start": "2026-05-03T10:00:00.000-04:00",
        "end": "2026-05-04T10:00:00.000-04:00",
        "time_zone": None,
    }
    preview = "https://github.com/example/repo/issues/2"
    blocks = [
        paragraph(mention("user", person("Cleo"), "@Cleo"), name="mention user"),
        paragraph(mention("user", partial_user("Dan"), "@Anonymous"), name="mention partial user"),
        paragraph(mention("date", when, "2026-05-03"), name="mention date"),
        paragraph(mention("date", span, "2026-05-03T10:00:00.000-04:00 → 2026-05-04"), name="mention range"),
        paragraph(
            mention(
                "page", {"id": identifier("Linked page")}, "Linked page", f"https://www.notion.so/{target}"
            ),
            name="mention page",
        ),
        paragraph(mention("page", {"id": identifier("Hidden page")}, "Untitled"), name="mention hidden page"),
        paragraph(
            mention("database", {"id": identifier("Child database")}, "Child database"), name="mention db"
        ),
        paragraph(mention("data_source", {"id": identifier("Tasks")}, "Tasks"), name="mention data source"),
        paragraph(mention("link_preview", {"url": preview}, preview, preview), name="mention link preview"),
        paragraph(
            mention(
                "link_mention",
                {
                    "href": "https://example.com/m",
                    "title": "A mention",
                    "icon_url": "https://example.com/i.png",
                },
                "https://example.com/m",
                "https://example.com/m",
            ),
            name="mention link",
        ),
        paragraph(
            mention(
                "template_mention",
                {"type": "template_mention_date", "template_mention_date": "today"},
                "@Today",
            ),
            name="mention template date",
        ),
        paragraph(
            mention(
                "template_mention", {"type": "template_mention_user", "template_mention_user": "me"}, "@Me"
            ),
            name="mention template user",
        ),
        paragraph(
            mention(
                "custom_emoji",
                {"id": identifier("party"), "name": "party", "url": "https://example.com/party.png"},
                ":party:",
            ),
            name="mention emoji",
        ),
        paragraph(mention("agent", {"id": identifier("Agent")}, "@Agent"), name="mention of an unknown kind"),
        paragraph(text("relative", link=f"/{target}"), name="relative link"),
        paragraph(
            text("anchored", link=f"https://app.notion.com/p/Linked-{target}#{anchor}"), name="anchored link"
        ),
        paragraph(text("view", link=f"https://www.notion.so/space/{target}?v={anchor}"), name="view link"),
        paragraph(text("outside", link="https://example.com/outside"), name="outside link"),
        paragraph(text("mail", link="mailto:ada@example.com"), name="mail link"),
    ]
    return document(
        page("Every mention", parent={"type": "page_id", "page_id": identifier("Every block")}), blocks
    )
