"""docs/changes.md says of every kind of change which run finds it; `python -m` of this module writes its table anew."""

from collections.abc import Iterator
from pathlib import Path

from notion_sync_assets_tests.core.sync.change_kinds import KINDS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "changes.md"
MARK = "<!-- kinds -->\n"


def table() -> Iterator[str]:
    yield "| change | found by | reads at most |\n|---|---|---|\n"
    for name, kind in KINDS.items():
        reads = "its turn" if kind.found_by == "verification" else str(kind.reads)
        yield f"| {name} | {kind.found_by} | {reads} |\n"


def test_the_page_names_every_kind_and_the_run_that_finds_it():
    assert PAGE.read_text().partition(MARK)[2] == "".join(table())


def test_there_are_forty_kinds_of_change_at_least():
    assert len(KINDS) >= 40


if __name__ == "__main__":
    PAGE.write_text(PAGE.read_text().partition(MARK)[0] + MARK + "".join(table()))
