"""The arithmetic of a generated world: which number is whose child, which row is in which table, and when it was made.

Numbers only; ids and objects are made in `generated.py`.
"""

from dataclasses import dataclass, replace

from notion_sync_assets.emulator.world import Field

BEGINNING = 1_672_531_200  # 2023-01-01
ENDING = 1_735_689_600  # 2025-01-01
PER_MINUTE = 3
EDIT_DELAY = 420
FAN_OUT = 10
PEOPLE = 24


@dataclass(frozen=True)
class Size:
    """How big: standalone pages, rows of all databases, databases, levels of the tree.

    `crowd`: how many rows in the middle of the first database were made in one minute.
    """

    pages: int
    rows: int
    databases: int
    depth: int
    crowd: int = 0


class Plan:
    """Pages are numbered as they were made: the tree breadth first with ten children a page, then the rows."""

    def __init__(self, size: Size) -> None:
        rows = size.rows if size.databases else 0
        self.size = replace(size, rows=rows, depth=max(1, size.depth))
        first, last = self.run(0) if rows else (0, 0)
        crowd = min(size.crowd, last - first)
        middle = first + (last - first - crowd) // 2
        self.crowd = range(middle, middle + crowd)
        self.roots = self._root_count()
        self.step = max(60 // PER_MINUTE, (ENDING - BEGINNING) // max(1, self.page_count))

    @property
    def page_count(self) -> int:
        """Standalone pages and rows."""
        return self.size.pages + self.size.rows

    def seconds(self, kind: str, number: int, time_field: Field) -> int:
        """A time of a thing by its number, seconds since 1970; it never goes back while numbers grow."""
        if kind == "page" and number in self.crowd:
            number = self.crowd.start
        made = BEGINNING + (number * self.step if kind == "page" else number * 3600)
        delay = EDIT_DELAY if time_field == "last_edited_time" else 0
        return (made + delay) // 60 * 60

    def count(self, kind: str) -> int:
        """How many there are of a kind; blocks and comments are numbered by their page."""
        if kind in {"page", "block", "comment"}:
            return self.page_count
        return 1 + PEOPLE if kind == "user" else self.size.databases

    def _root_count(self) -> int:
        per_root: int = sum(FAN_OUT**level for level in range(self.size.depth))
        return max(1, -(-self.size.pages // per_root))

    def run(self, database: int) -> tuple[int, int]:
        """The numbers of the rows of a database: first, and one behind the last."""
        rows, count = self.size.rows, self.size.databases
        return (self.size.pages + rows * database // count, self.size.pages + rows * (database + 1) // count)

    def database_of(self, page: int) -> int:
        """The database whose run holds a row."""
        position = page - self.size.pages
        guess = position * self.size.databases // self.size.rows
        while not self.run(guess)[0] <= page < self.run(guess)[1]:
            guess += 1 if page >= self.run(guess)[1] else -1
        return guess

    def is_row(self, page: int) -> bool:
        """Whether a page is a row of some database."""
        return page >= self.size.pages

    def child_pages(self, page: int) -> range:
        """The numbers of the pages under a page."""
        first = min(self.size.pages, self.roots + page * FAN_OUT)
        return range(first, min(self.size.pages, first + FAN_OUT)) if not self.is_row(page) else range(0)

    def child_databases(self, page: int) -> range:
        """The numbers of the databases on a page; roots share them out."""
        if self.is_row(page) or page >= self.roots:
            return range(0)
        return range(page, self.size.databases, self.roots)
