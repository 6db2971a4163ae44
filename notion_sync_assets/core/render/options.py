"""What an exporter is given beside data, and what it gives back.

Here: the options, their part in the hash that decides whether a scope is rendered again, the type of outputs.
Not here: which formats and scopes are rendered (the settings of a run).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document


@dataclass(frozen=True, slots=True)
class PageOutput:
    """A page that is rendered only if it has to be.

    ``basis``: what the file is made from beside the answers of the link table, as JSON: the hash of the document and all
    that is no part of it. ``load`` returns the document and may be called from any thread; ``make`` returns the file, and
    asks the link table for everything else. Both may be called after the exporter has gone on.
    """

    basis: Sequence[object]
    load: Callable[[], Document]
    make: Callable[[Document], bytes]


Output = tuple[str, bytes | Path | PageOutput]
"""A path below the export root and its content: bytes, a page, or a finished file that the receiver moves away."""

Step = Output | None
"""What an exporter yields: an output, or None for a page that is in one that comes later, so that formats that are rendered
together keep pace and find each document in memory."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """Options of the exporters.

    ``scratch``: a local folder for large outputs on their way into the storage. ``csv_byte_order_mark``: start
    CSV with U+FEFF, which spreadsheets need to take a file for UTF-8. ``csv_guard_formulas``: keep spreadsheets
    from running text as a formula (``csv_cells``). ``markdown_dialect``: a name of
    ``markdown.dialects``. ``markdown_comments``: ``section`` or ``footnotes``. ``keep_removed``: keep the last rendering of what has left Notion below ``_removed/``.
    """

    scratch: Path
    csv_byte_order_mark: bool = False
    csv_guard_formulas: bool = True
    markdown_dialect: str = "gfm"
    markdown_comments: str = "section"
    keep_removed: bool = False

    def fingerprint(self) -> Json:
        """Return what changes the bytes that are rendered."""
        return {
            "csv_byte_order_mark": self.csv_byte_order_mark,
            "csv_guard_formulas": self.csv_guard_formulas,
            "markdown_dialect": self.markdown_dialect,
            "markdown_comments": self.markdown_comments,
        }
