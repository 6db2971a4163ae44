"""Kinds that say something without a word of their own, and how each format says it.

Here: one test of presence per kind and format. Not here: kinds that bear text, which markers stand for
(``planted_*``).
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from notion_sync_assets_tests.core.render.html.reading import Page, read
from notion_sync_assets_tests.core.render.markdown.parsing import front_matter, tokens
from notion_sync_assets_tests.fidelity.markers import Area

_PAGE, _ROW = "Commented on.", "A row."


@dataclass(frozen=True)
class Files:
    """The page with every block and the row with every property, in each format."""

    root: Path

    @cached_property
    def json_types(self) -> set[str]:
        """The block types of the page."""
        return {block["type"] for block in json.loads(self._text("json", _PAGE))["blocks"]}

    @cached_property
    def json_values(self) -> dict[str, Any]:
        """The property values of the row by name."""
        return dict(json.loads(self._text("json", _ROW))["page"]["properties"])

    @cached_property
    def markdown(self) -> list[Any]:
        """The tokens of the page."""
        return list(tokens(self._text("markdown", _PAGE)))

    @cached_property
    def front_matter(self) -> dict[str, Any]:
        """The property values of the row by name."""
        return dict(front_matter(self._text("markdown", _ROW))["properties"])

    @cached_property
    def html(self) -> Page:
        """The page as a browser parses it."""
        return read(self._text("html", _PAGE))

    @cached_property
    def html_values(self) -> dict[str, str]:
        """The text of the row's property values by name."""
        cells = [each for each in read(self._text("html", _ROW)).elements if each.tag in ("th", "td")]
        return {name.text: value.text for name, value in zip(cells[::2], cells[1::2], strict=False)}

    @cached_property
    def csv(self) -> dict[str, str]:
        """The cells of the row by column."""
        text = next((self.root / "csv").rglob("*.csv")).read_text("utf-8")
        return next(row for row in csv.DictReader(io.StringIO(text, newline="")) if row["url"])

    @cached_property
    def parquet(self) -> dict[str, Any]:
        """The values of the row by column."""
        rows = pq.read_table(next((self.root / "parquet").rglob("rows.parquet"))).to_pylist()
        return next(row for row in rows if row["url"])

    def _text(self, form: str, said: str) -> str:
        suffix = {"json": ".json", "markdown": ".md", "html": ".html"}[form]
        texts = (path.read_text("utf-8") for path in sorted((self.root / form).rglob(f"*{suffix}")))
        return next(text for text in texts if said in text)


@dataclass(frozen=True)
class Shape:
    """A kind without words: per format, whether it is there; a format that is missing does not have the kind."""

    area: Area
    kind: str
    there: Mapping[str, Callable[[Files], bool]]


def _block(kind: str, markdown: Callable[[Files], bool], html: Callable[[Files], bool]) -> Shape:
    return Shape(
        "block", kind, {"json": lambda files: kind in files.json_types, "markdown": markdown, "html": html}
    )


def _value(kind: str, raw: Any, front: Any, html: str, cell: str) -> Shape:
    return Shape(
        "property",
        kind,
        {
            "json": lambda files: files.json_values[kind][files.json_values[kind]["type"]] == raw,
            "markdown": lambda files: files.front_matter[kind] == front,
            "html": lambda files: files.html_values[kind] == html,
            "csv": lambda files: files.csv[kind] == cell,
            "parquet": lambda files: _typed(files.parquet[kind]) == front,
        },
    )


def _typed(value: Any) -> Any:
    return value["boolean"] if isinstance(value, dict) else value


SHAPES = (
    _block(
        "divider",
        lambda files: any(t.type == "hr" for t in files.markdown),
        lambda files: bool(files.html.all("hr")),
    ),
    _block(
        "breadcrumb",
        lambda files: [t.content for t in files.markdown if t.type == "inline"].count(_title(files)) > 0,
        lambda files: (
            bool(files.html.all("nav", aria_label="Breadcrumb in the page"))
            or any(
                each.attributes.get("aria-label") == "Breadcrumb in the page" for each in files.html.elements
            )
        ),
    ),
    _block(
        "table_of_contents",
        lambda files: sum(str(t.attrs.get("href")).startswith("#") for t in files.markdown) >= 8,
        lambda files: sum(link.startswith("#b-") for link in files.html.links) >= 8,
    ),
    _value("checkbox", raw=True, front=True, html="Yes", cell="true"),
    _value("formula boolean", {"type": "boolean", "boolean": True}, front=True, html="Yes", cell="true"),
    _value("button", {}, front=None, html="Empty", cell=""),
)


def _title(files: Files) -> str:
    heading = next(index for index, token in enumerate(files.markdown) if token.type == "heading_open")
    return str(files.markdown[heading + 1].content).removeprefix("🦜 ")
