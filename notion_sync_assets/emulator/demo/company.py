"""The front of the workspace: the home page with its nested handbook, meeting notes, and pages of every parent."""

from notion_sync_assets.emulator.blocks import (
    Node,
    bullet,
    callout,
    code,
    columns,
    divider,
    heading,
    numbered,
    paragraph,
    place,
    quote,
    table,
    to_do,
    toggle,
)
from notion_sync_assets.emulator.demo.people import EMOJIS, member, user_of
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.hosted import external, hosted
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.richtext import mention_page, mention_user, text

HANDBOOK: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "Working here": {
        "First week": {"Accounts": ("Laptop", "Keys and badges"), "Who is who": ()},
        "Time off": {"Holidays": (), "Sick days": ()},
    },
    "How we build": {
        "Hardware": {
            "Soldering rules": ("Lead-free joints",),
            "Test bench": ("Bench calibration", "Battery safety"),
        },
        "Software": {"Release checklist": ("Rollback",), "Code review": ()},
        "Field trials": {"Weather log": (), "Mud protocol": ("Cleaning the treads",)},
    },
    "How we sell": {"Pricing": {}, "Support hours": {"Spare parts": ()}},
}
MEETINGS = ("Stand-up", "Design review", "Supplier call", "Retrospective", "Garden visit", "Board update")


def write_company(draft: Draft) -> None:
    """The home page and the tree under it."""
    handbook = _handbook(draft)
    meetings = [_meeting(draft, number, name) for number, name in enumerate(MEETINGS * 3)]
    draft.page("empty", "Empty page")
    draft.page("untitled", "", [paragraph("A page nobody gave a title.")])
    notes = draft.page(
        "meetings", "Meeting notes", [callout("Newest on top.", icon=_emoji("🗓️")), *map(place, meetings)]
    )
    home = [
        callout(["Welcome to ", text("Pebble Robotics", bold=True), "!"], icon=_emoji("🌱")),
        paragraph(
            ["We build small robots that look after gardens. Start with ", _link("handbook", "Handbook"), "."]
        ),
        columns([heading(2, "Read"), place(handbook)], [heading(2, "Talk"), place(notes)], ratios=[0.6, 0.4]),
        divider(),
        place(named_id("page", "empty")),
        place(named_id("page", "untitled")),
    ]
    draft.page(
        "home", "Pebble Robotics home", home, icon=_emoji("🪨"), cover=hosted("garden.jpg"), public=True
    )
    draft.comment("home-welcome", "page", named_id("page", "home"), "Shall we add the new prototype here?")
    draft.comment(
        "home-welcome/2", "page", named_id("page", "home"), ["Yes, ", text("please", italic=True), "."]
    )


def _handbook(draft: Draft) -> str:
    chapters = [_chapter(draft, name, sections) for name, sections in HANDBOOK.items()]
    opening = [heading(1, "Handbook"), paragraph("Everything we agreed on, in one place.")]
    icon = {"type": "custom_emoji", "custom_emoji": EMOJIS[0]}
    return draft.page("handbook", "Handbook", [*opening, *map(place, chapters)], icon=icon)


def _chapter(draft: Draft, name: str, sections: dict[str, dict[str, tuple[str, ...]]]) -> str:
    inner = [_section(draft, section, leaves) for section, leaves in sections.items()]
    icon = {"type": "icon", "icon": {"name": "book", "color": "green"}}
    return draft.page(f"handbook {name}", name, [*_prose(name), *map(place, inner)], icon=icon)


def _section(draft: Draft, name: str, leaves: dict[str, tuple[str, ...]]) -> str:
    inner = []
    for leaf, deepest in leaves.items():
        last = [draft.page(f"handbook {title}", title, _steps(title)) for title in deepest]
        inner.append(
            draft.page(
                f"handbook {leaf}",
                leaf,
                [*_prose(leaf), toggle("Details", *map(place, last))] if last else _steps(leaf),
            )
        )
    cover = external("https://images.example/cover.jpg")
    return draft.page(f"handbook {name}", name, [*_steps(name), *map(place, inner)], cover=cover)


def _prose(name: str) -> list[Node]:
    return [
        heading(2, f"About {name.lower()}"),
        paragraph(f"This page says what matters about {name.lower()}, and no more."),
        quote("If it takes longer to read than to do, it is too long."),
    ]


def _steps(name: str) -> list[Node]:
    return [
        paragraph(f"Steps for {name.lower()}:"),
        numbered("Prepare", bullet("Read this page", bullet("twice"))),
        numbered("Do it", to_do("with a colleague", checked=True), to_do("and write down what happened")),
        numbered("Clean up"),
        table([["Who", "What"], ["Owner", name], ["Backup", "Anyone"]]),
        code(f"robot run --task '{name.lower()}'", "shell", "How the robot does it"),
    ]


def _meeting(draft: Draft, number: int, name: str) -> str:
    people = [mention_user(user_of(draft, member(number + offset))) for offset in range(2)]
    body = [
        paragraph(["Present: ", people[0], " and ", people[1]]),
        heading(3, "Decisions"),
        bullet(["Go on with ", _link("handbook", "the handbook")]),
        heading(3, "To do"),
        *(to_do(f"Action {step + 1}", checked=step == 0) for step in range(number % 4 + 1)),
    ]
    return draft.page(
        f"meeting {number}", f"{name} {number // len(MEETINGS) + 1}", body if number % 5 else []
    )


def _link(name: str, title: str) -> dict[str, object]:
    return mention_page(named_id("page", name), title)


def _emoji(sign: str) -> dict[str, object]:
    return {"type": "emoji", "emoji": sign}
