"""The team wiki: a data source with verification and owners, whose rows are pages and one data source."""

from notion_sync_assets.emulator.blocks import bullet, heading, paragraph
from notion_sync_assets.emulator.columns import Column, choices, column, date_value
from notion_sync_assets.emulator.demo.people import member, user_of
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.objects import parent, user_ref

WIKI = "wiki"
PAGES = (
    "Brand", "Press kit", "Tone of voice", "Security", "Incident guide", "Office map", "Travel", "Expenses",
    "Glossary", "Garden partners", "Insurance", "Prototype names",
)  # fmt: skip
COLUMNS: tuple[Column, ...] = (
    column(WIKI, "Page", "title"),
    column(WIKI, "Verification", "verification"),
    Column("Owner", "people", {}, "verification_owner"),
    choices(WIKI, "Tags", "multi_select", ("Policy", "Guide", "Fun, too")),
    column(WIKI, "Last edited time", "last_edited_time"),
)
FAQ_COLUMNS: tuple[Column, ...] = (column("faq", "Question", "title"), column("faq", "Answer", "rich_text"))


def write_wiki(draft: Draft) -> None:
    """The wiki, and the table of questions inside it."""
    draft.database(WIKI, "Team wiki", {"Team wiki": COLUMNS}, icon={"type": "emoji", "emoji": "📚"})
    source_id = draft.source_id(WIKI, "Team wiki")
    draft.mark("wikis", source_id)
    draft.view("All pages", "list", named_id("database", WIKI), source_id)
    for number, title in enumerate(PAGES):
        _page(draft, number, title)
    _questions(draft, source_id)


def _page(draft: Draft, number: int, title: str) -> None:
    states = (
        {
            "state": "verified",
            "date": date_value("2025-01-10"),
            "verified_by": user_of(draft, member(number)),
        },
        {
            "state": "expired",
            "date": date_value("2024-03-01", "2024-09-01"),
            "verified_by": user_ref(member(1)),
        },
        {"state": "unverified", "date": None, "verified_by": None},
        None,
    )
    values = {
        "Page": title,
        "Verification": states[number % 4],
        "Owner": [user_of(draft, member(number))] if number % 3 else [],
        "Tags": [("Policy", "Guide", "Fun, too")[number % 3]],
    }
    body = [
        heading(1, title),
        paragraph(f"What everyone should know about {title.lower()}."),
        bullet("It matters."),
    ]
    draft.row(f"wiki {title}", WIKI, "Team wiki", COLUMNS, values, body)


def _questions(draft: Draft, wiki_source: str) -> None:
    """A database that is a row of the wiki: its parent is the wiki's database, its data source a query result."""
    holder = parent("database", named_id("database", WIKI))
    draft.database("faq", "Questions", {"Questions": FAQ_COLUMNS}, parent=holder)
    source_id = draft.source_id("faq", "Questions")
    draft.view("Default", "table", named_id("database", "faq"), source_id)
    draft.world.row_ids[wiki_source].append(source_id)
    for question in ("Do they swim?", "How loud are they?", "May cats ride?"):
        values = {"Question": question, "Answer": "See the manual."}
        draft.row(f"faq {question}", "faq", "Questions", FAQ_COLUMNS, values)
