"""Samples of broken pages in the metadata of checks, as Markdown in which a title is only ever text.

Here: the rows and their lines. Not here: what they mean (``scope_events``, ``checks``). Dagster's UI renders
Markdown, so whatever people wrote in Notion stands in code spans: no link, image or HTML in a title comes to life.
"""

import re
from collections.abc import Iterable
from itertools import islice

import dagster as dg

from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow

SAMPLES = 20
_TITLE_LENGTH = 80


def failed_rows(view: Snapshot, at_most: int = SAMPLES) -> list[ManifestRow]:
    """Return the first pages of a scope's committed state that could not be read."""
    return list(islice((row for row in view.rows() if row.state == "failed"), at_most))


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
