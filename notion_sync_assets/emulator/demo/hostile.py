"""Names that break file systems and spreadsheets, a private area, and the trash."""

from notion_sync_assets.emulator.blocks import paragraph, place
from notion_sync_assets.emulator.columns import Column, column
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.ids import named_id

TITLES = (
    "../../etc/passwd",
    "CON",
    "nul.txt",
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "@SUM(A1)",
    "<script>alert('garden')</script>",
    "🤖🌿👩\u200d🔧",
    "مرحبا بالعالم",
    "שלום \u202eabc",
    "L" * 300,
    "日本語のタイトル",
    "same title",
    "Same Title",
    "SAME TITLE",
    "Trailing dots...",
    " leading and trailing ",
    'a/b\\c:d*e?f"g<h>i|j',
    "new\nline\ttab",
    "e\u0301 and é",
    ".hidden",
    "-rf",
    "{{ template }} %s %(x)s $HOME",
    "[link](javascript:alert(1))",
)
SECRET: tuple[Column, ...] = (column("secret", "Name", "title"), column("secret", "When", "date"))


def write_hostile(draft: Draft) -> None:
    """One page with a child for each title, the private area, and what was thrown away."""
    children = [draft.page(f"hostile {title}", title, [paragraph(title)]) for title in TITLES]
    draft.page("hostile", "Hostile titles", [*map(place, children), *map(place, _thrown_away(draft))])
    _private(draft)


def _thrown_away(draft: Draft) -> list[str]:
    """A trashed page with a child, which carries no mark of its own (reference §4)."""
    child = draft.page("child of trash", "Child of the trashed page", [paragraph("Still here?")])
    trashed = draft.page("trashed", "Thrown away", [paragraph("Not wanted."), place(child)])
    return [draft.mark("trashed", trashed)]


def _private(draft: Draft) -> None:
    """Not shared: a root with a database; one page under it is shared by itself, so its parent is a 404."""
    shared = draft.page("shared child", "Shared below a private page", [paragraph("Only I am shared.")])
    plan = draft.page("private plan", "Private plan", [paragraph("Secret."), place(shared)])
    draft.mark("unshared", plan)
    draft.mark("granted", shared)
    draft.database("secret", "Secret", {"Secret": SECRET})
    draft.mark("unshared", named_id("database", "secret"))
    draft.row("secret row", "secret", "Secret", SECRET, {"Name": "Secret row"})
