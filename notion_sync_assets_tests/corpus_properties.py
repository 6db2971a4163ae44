"""The data source ``Tasks``: a property of every type, a row with a value of each, its database and views.

Here: values and schemas of properties (notion_api.md §§5, 7). Not here: blocks and mentions (``corpus``).
"""

import hashlib

from notion_sync_assets.core.canonical import Json, normalise
from notion_sync_assets.core.documents import Document
from notion_sync_assets_tests.corpus_objects import (
    CREATED,
    EDITED,
    HOSTED,
    database,
    document,
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


def every_property_page(title: str = "Every property") -> Document:
    """Return a row of the data source of :func:`every_property_head` with a value of every property type."""
    values = {name: {"id": _property_id(name), **value} for name, value in _property_values().items()}
    parent = {
        "type": "data_source_id",
        "data_source_id": identifier("Tasks"),
        "database_id": identifier("Tasks database"),
    }
    return document(
        page(title, parent=parent, properties=values, icon=hosted("icon.png")),
        [paragraph("Body of " + title)],
        files={f"{HOSTED}/plan.txt": stored_file("plan.txt", "text/plain")},
    )


def _property_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:4]


def _property_values() -> dict[str, Json]:
    files = [
        {"name": "plan.txt", **hosted("plan.txt")},
        {"name": "site", **external("https://example.com/s")},
    ]
    related = [{"id": identifier("Linked page")}, {"id": identifier("Hidden page")}]
    group = {"object": "group", "id": identifier("Editors"), "name": "Editors"}
    verified = {
        "state": "verified",
        "date": {"start": "2026-05-01", "end": None, "time_zone": None},
        "verified_by": person("Ada"),
    }
    return {
        "Notes": {"type": "rich_text", "rich_text": [text("Some "), text("notes", bold=True)]},
        "Amount": {"type": "number", "number": 12.5},
        "Nothing": {"type": "number", "number": None},
        "Kind": {"type": "select", "select": option("Feature")},
        "No kind": {"type": "select", "select": None},
        "Tags": {"type": "multi_select", "multi_select": [option("red"), option("green, or so")]},
        "State": {"type": "status", "status": option("In progress")},
        "Due": {"type": "date", "date": {"start": "2026-05-03", "end": None, "time_zone": None}},
        "Span": {
            "type": "date",
            "date": {
                "start": "2026-05-03T10:00:00.000-04:00",
                "end": "2026-05-04T11:30:00.000-04:00",
                "time_zone": None,
            },
        },
        "No date": {"type": "date", "date": None},
        "People": {"type": "people", "people": [person("Cleo"), partial_user("Dan"), group]},
        "Files": {"type": "files", "files": files},
        "Done": {"type": "checkbox", "checkbox": True},
        "Link": {"type": "url", "url": "https://example.com/link"},
        "Mail": {"type": "email", "email": "ada@example.com"},
        "Phone": {"type": "phone_number", "phone_number": "+49 30 1234"},
        "Created": {"type": "created_time", "created_time": CREATED},
        "Edited": {"type": "last_edited_time", "last_edited_time": EDITED},
        "Creator": {"type": "created_by", "created_by": person("Ada")},
        "Editor": {"type": "last_edited_by", "last_edited_by": partial_user("Bob")},
        "Formula text": {"type": "formula", "formula": {"type": "string", "string": "=1+1"}},
        "Formula number": {"type": "formula", "formula": {"type": "number", "number": 3}},
        "Formula boolean": {"type": "formula", "formula": {"type": "boolean", "boolean": False}},
        "Formula date": {
            "type": "formula",
            "formula": {"type": "date", "date": {"start": "2026-01-01", "end": None, "time_zone": None}},
        },
        "Formula deep": {"type": "formula", "formula": {"type": "unsupported", "unsupported": {}}},
        "Related": {"type": "relation", "relation": related, "has_more": False},
        "Rollup number": {"type": "rollup", "rollup": {"type": "number", "number": 7, "function": "sum"}},
        "Rollup date": {
            "type": "rollup",
            "rollup": {
                "type": "date",
                "date": {"start": "2026-02-01", "end": None, "time_zone": None},
                "function": "latest_date",
            },
        },
        "Rollup array": {
            "type": "rollup",
            "rollup": {
                "type": "array",
                "array": [
                    {"type": "title", "title": [text("First"), text(" item")]},
                    {"type": "relation", "relation": [{"id": identifier("Rolled page")}]},
                    {"type": "people", "people": [person("Fay")]},
                ],
                "function": "show_original",
            },
        },
        "Rollup incomplete": {
            "type": "rollup",
            "rollup": {"type": "incomplete", "incomplete": {}, "function": "sum"},
        },
        "Number of": {"type": "unique_id", "unique_id": {"prefix": "TASK", "number": 42}},
        "Verified": {"type": "verification", "verification": verified},
        "Press": {"type": "button", "button": {}},
        "Where": {
            "type": "place",
            "place": {"lat": 52.52, "lon": 13.405, "name": "Berlin", "address": "Berlin, Germany"},
        },
        "Later": {"type": "hologram", "hologram": {"rich_text": [text("unknown value")], "depth": 3}},
    }


def every_property_head() -> Json:
    """Return the head of the data source ``Tasks``: schema of every type, its database, views and templates."""
    views = [
        {
            "object": "view",
            "id": identifier("Board view"),
            "parent": {"type": "database_id", "database_id": identifier("Tasks database")},
            "data_source_id": identifier("Tasks"),
            "name": "Board",
            "type": "board",
            "url": "https://www.notion.so/view",
            "created_time": CREATED,
            "last_edited_time": EDITED,
        },
        {
            "object": "view",
            "id": identifier("Linked view"),
            "parent": {"type": "database_id", "database_id": identifier("Linked database")},
            "data_source_id": identifier("Other source"),
            "name": "Elsewhere",
            "type": "table",
            "url": None,
        },
    ]
    owner = database("Tasks database", sources=("Tasks", "Sibling source"))
    templates = [{"id": identifier("Template page"), "name": "New task", "is_default": True}]
    head = {"data_source": every_property_source(), "database": owner, "views": views, "templates": templates}
    result: Json = normalise(head)
    return result


def every_property_source() -> Json:
    """Return the data source ``Tasks`` with a schema of every property type."""
    schema = {name: _schema_property(name, value["type"]) for name, value in _property_values().items()}
    schema["Name"] = {"id": "title", "name": "Name", "description": None, "type": "title", "title": {}}
    return {
        "object": "data_source",
        "id": identifier("Tasks"),
        "title": [text("Tasks")],
        "description": [
            text("What is to be done, see "),
            mention("page", {"id": identifier("Guide")}, "Guide"),
        ],
        "parent": {"type": "database_id", "database_id": identifier("Tasks database")},
        "database_parent": {"type": "page_id", "page_id": identifier("Home")},
        "is_inline": False,
        "in_trash": False,
        "properties": schema,
        "icon": {"type": "icon", "icon": {"name": "check", "color": "green"}},
        "cover": hosted("cover.png"),
        "created_time": CREATED,
        "last_edited_time": EDITED,
        "created_by": partial_user("Ada"),
        "last_edited_by": partial_user("Gus"),
        "url": "https://www.notion.so/" + identifier("Tasks database").replace("-", ""),
        "public_url": None,
    }


def _schema_property(name: str, kind: str) -> Json:
    options = [{**option(text), "description": None} for text in ("Feature", "red", "In progress")]
    configs: dict[str, Json] = {
        "number": {"format": "euro"},
        "select": {"options": options},
        "multi_select": {"options": options},
        "status": {
            "options": options,
            "groups": [
                {"id": "g1", "name": "Active", "color": "blue", "option_ids": [options[2]["id"]]},
                {"id": "g2", "name": "Waiting", "color": "gray", "option_ids": [options[0]["id"]]},
            ],
        },
        "relation": {
            "database_id": identifier("Related database"),
            "data_source_id": identifier("Related source"),
            "type": "dual_property",
            "dual_property": {"synced_property_name": "Back", "synced_property_id": "b%3Dk"},
        },
        "rollup": {"function": "sum", "relation_property_name": "Related", "rollup_property_name": "Amount"},
        "formula": {"expression": "1 + 1"},
        "unique_id": {"prefix": "TASK"},
    }
    config = configs.get(kind, {})
    return {"id": _property_id(name), "name": name, "description": None, "type": kind, kind: config}
