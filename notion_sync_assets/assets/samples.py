"""Samples of broken pages in the metadata of checks, as Markdown in which a title is only ever text.

Here: the lines. Not here: which pages are broken (``scope_events``, ``checks``). Dagster's UI renders Markdown, so
whatever people wrote in Notion stands in code spans: no link, image or HTML in a title comes to life there.
"""

import re
from collections.abc import Iterable

import dagster as dg

from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.sync.manifest import ManifestRow

SAMPLES = 20
_TITLE_LENGTH = 80


def page_samples(rows: Iterable[ManifestRow]) -> list[str]:
    """Return a line per page: its title with a link to Notion, and why it failed."""
    return [
        f"- [{code_span(row.title or row.page_id)}](https://www.notion.so/{compact_id(row.page_id)}):"
        f" {code_span(row.reason or 'unknown')}"
        for row in rows
    ]


def samples_markdown(lines: Iterable[str]) -> dg.MarkdownMetadataValue:
    """Return the lines as one metadata value."""
    return dg.MetadataValue.md("\n".join(lines))


def code_span(text: str) -> str:
    """Return text of any content as one Markdown code span of at most 80 characters in one line."""
    line = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(line.split())
    short = line if len(line) <= _TITLE_LENGTH else f"{line[: _TITLE_LENGTH - 1]}…"
    fence = "`" * (max(map(len, re.findall("`+", short)), default=0) + 1)
    return f"{fence} {short} {fence}" if "`" in short else f"`{short or ' '}`"
