"""Smaller tables: reading list, contacts, a database of two sources, a linked database, inline and trashed ones."""

from typing import Any

from notion_sync_assets.emulator.blocks import divider, heading, paragraph, place
from notion_sync_assets.emulator.columns import (
    Column,
    choices,
    column,
    date_value,
    formula,
    relation,
    rollup,
    status,
)
from notion_sync_assets.emulator.demo.people import EMOJIS
from notion_sync_assets.emulator.demo.projects import PROJECTS_SOURCE
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.hosted import external, hosted
from notion_sync_assets.emulator.ids import named_id

BOOKS = (
    "Moss and Metal", "The Patient Gearbox", "A Field Guide to Mud", "Slow Machines", "Roots", "Night Gardens",
    "On Rust", "Small Motors", "Weather for Robots", "The Hedge Book", "Quiet Tools", "Rain, Again",
)  # fmt: skip
CITIES = (("Utrecht", 52.09, 5.12), ("Bergamo", 45.69, 9.67), ("Turku", 60.45, 22.27))
READING: tuple[Column, ...] = (
    column("reading", "Title", "title"),
    choices("reading", "Genre", "select", ("Essay", "Manual", "Novel")),
    column("reading", "Score", "number", format="percent"),
    column("reading", "Link", "url"),
    column("reading", "Finished", "date"),
    column("reading", "Cover", "files"),
    status("reading", "Progress", {"To-do": ("Unread",), "In progress": ("Reading",), "Complete": ("Read",)}),
)
PEOPLE: tuple[Column, ...] = (
    column("contacts", "Name", "title"),
    column("contacts", "Email", "email"),
    column("contacts", "Phone", "phone_number"),
    column("contacts", "Web", "url"),
    column("contacts", "Place", "place"),
    relation("contacts", "Projects", PROJECTS_SOURCE),
    column("contacts", "Aura", "hologram", shimmer="soft"),
)
PARTS: tuple[Column, ...] = (
    column("parts", "Part", "title"),
    column("parts", "Stock", "number", format="number"),
)
SUPPLIERS: tuple[Column, ...] = (
    column("suppliers", "Supplier", "title"),
    column("suppliers", "Since", "date"),
)
STOCK_LINK = relation("odd", "Hidden", (named_id("database", "secret"), Draft.source_id("secret", "Secret")))
ODD_TITLE = column("odd", "Entry", "title")
ODD: tuple[Column, ...] = (
    ODD_TITLE,
    STOCK_LINK,
    rollup("odd", "Latest", STOCK_LINK, column("secret", "When", "date"), "latest_date"),
    rollup("odd", "Too deep", STOCK_LINK, ODD_TITLE, "show_unique"),
    formula("odd", "Deadline", Draft.source_id("odd", "Odd values"), ODD_TITLE, ".parseDate()"),
    formula("odd", "Far", Draft.source_id("odd", "Odd values"), ODD_TITLE, ".length()"),
    column("odd", "Span", "date"),
)


def write_library(draft: Draft) -> None:
    """All of them, on one page and one below it."""
    _reading(draft)
    _contacts(draft)
    _store(draft)
    _odd(draft)
    draft.database("linked", "Untitled", {}, inline=True)
    draft.view("Projects by lead", "gallery", named_id("database", "linked"), PROJECTS_SOURCE[1])
    draft.database("old stock", "Old stock", {"Old stock": PARTS})
    draft.row("old bolt", "old stock", "Old stock", PARTS, {"Part": "Old bolt", "Stock": 3})
    draft.mark("trashed", named_id("database", "old stock"))
    names = ("reading", "contacts", "store", "odd", "linked", "old stock")
    placed = [place(named_id("database", name)) for name in names]
    archived = draft.page("archived", "Archived, not thrown away", [paragraph("Kept.")])
    draft.world.objects["page"][archived].update(is_archived=True, is_locked=True)
    agent = {"type": "agent_id", "agent_id": named_id("agent", "scribe")}
    draft.page("by an agent", "Written by an agent", [paragraph("Beep.")], parent=agent)
    draft.page(
        "library", "Library", [heading(1, "Tables"), *placed[:3], divider(), *placed[3:], place(archived)]
    )


def _reading(draft: Draft) -> None:
    icon = {"type": "custom_emoji", "custom_emoji": EMOJIS[2]}
    draft.database("reading", "Reading list", {"Reading list": READING}, cover=hosted("shelf.png"), icon=icon)
    draft.view(
        "Shelf", "gallery", named_id("database", "reading"), draft.source_id("reading", "Reading list")
    )
    for number, title in enumerate(BOOKS):
        values: dict[str, Any] = {
            "Title": title,
            "Genre": ("Essay", "Manual", "Novel")[number % 3],
            "Score": number / 12,
            "Link": f"https://books.example/{number}",
            "Finished": date_value(f"2024-05-{number + 1:02}") if number % 2 else None,
            "Cover": [{"name": f"cover-{number}.png", **hosted(f"cover-{number}.png")}]
            if number % 3 == 0
            else [],
            "Progress": ("Unread", "Reading", "Read")[number % 3],
        }
        body = [paragraph(f"Notes on {title}.")] if number % 2 else []
        draft.row(f"book {title}", "reading", "Reading list", READING, values, body)


def _contacts(draft: Draft) -> None:
    draft.database("contacts", "Contacts", {"Contacts": PEOPLE})
    draft.view("Map", "map", named_id("database", "contacts"), draft.source_id("contacts", "Contacts"))
    for number, name in enumerate(("Ada Groen", "Bo Pietra", "Cleo Saari", "Dov Klein")):
        city, lat, lon = CITIES[number % len(CITIES)]
        where = {"lat": lat, "lon": lon, "name": city, "address": f"{number + 1} Garden Row, {city}"}
        values: dict[str, Any] = {
            "Name": name,
            "Email": f"{name.split()[0].lower()}@gardens.example",
            "Phone": f"+31 20 555 01{number:02}",
            "Web": "https://gardens.example" if number else None,
            "Place": {**where, "aws_place_id": None, "google_place_id": None} if number % 4 else None,
            "Projects": [named_id("page", "project Rain mode"), named_id("page", "private plan")][
                : number + 1
            ],
            "Aura": {"rich_text": [], "strength": number},
        }
        draft.row(f"contact {name}", "contacts", "Contacts", PEOPLE, values)


def _store(draft: Draft) -> None:
    """One database with two data sources, each with a view."""
    draft.database("store", "Parts and suppliers", {"Parts": PARTS, "Suppliers": SUPPLIERS})
    for source in ("Parts", "Suppliers"):
        draft.view(source, "table", named_id("database", "store"), draft.source_id("store", source))
    for number, part in enumerate(("Axle", "Bearing", "Tread", "Lid")):
        draft.row(f"part {part}", "store", "Parts", PARTS, {"Part": part, "Stock": number * 10})
    for name in ("Iron & Sons", "Moss Electric"):
        draft.row(
            f"supplier {name}",
            "store",
            "Suppliers",
            SUPPLIERS,
            {"Supplier": name, "Since": date_value("2019-04-01")},
        )


def _odd(draft: Draft) -> None:
    """Values that are rare: unsupported rollups and formulas, spans with time zones, hosted icons of databases."""
    facts = {"inline": True, "icon": hosted("odd.svg"), "cover": external("https://images.example/odd.jpg")}
    draft.database("odd", "Odd values", {"Odd values": ODD}, **facts)
    values: dict[str, Any] = {
        "Entry": "Everything unusual",
        "Hidden": [named_id("page", "private plan")],
        "Latest": {"type": "date", "date": date_value("2025-02-03"), "function": "latest_date"},
        "Too deep": {"type": "unsupported", "unsupported": {}, "function": "show_unique"},
        "Deadline": {"type": "date", "date": date_value("2025-03-01", "2025-03-02")},
        "Far": {"type": "unsupported", "unsupported": {}},
        "Span": date_value("2025-03-30T01:30:00.000+01:00", "2025-03-30T03:30:00.000+02:00", None),
    }
    draft.row("odd entry", "odd", "Odd values", ODD, values)
    blank = {"Latest": {"type": "date", "date": None, "function": "latest_date"}}
    deep = {"Too deep": {"type": "array", "array": [], "function": "show_unique"}}
    empty = {"Deadline": {"type": "date", "date": None}, "Far": {"type": "number", "number": None}}
    draft.row("odd empty", "odd", "Odd values", ODD, {**blank, **deep, **empty})
