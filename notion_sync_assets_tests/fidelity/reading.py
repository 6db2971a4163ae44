"""What a reader finds in each format of an export: the words that are visible, and what lies behind them.

Here: one reading per format, by parsers that are not ours. Not here: what should be found (``planted_*``).
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from notion_sync_assets.core.render.csv_cells import unguard
from notion_sync_assets_tests.core.render.html.reading import read
from notion_sync_assets_tests.core.render.markdown.parsing import front_matter, tokens, visible
from notion_sync_assets_tests.fidelity.markers import Marker

TABLES = ("csv", "parquet")


@dataclass(frozen=True)
class Reading:
    """The visible words of all files of a format, and what is behind them: addresses and hints."""

    words: str
    behind: str

    def shows(self, marker: Marker) -> bool:
        """Tell whether a reader finds a marker."""
        told = bool(marker.told_as) and marker.told_as in self.words
        return told or marker.token in self.words or (marker.behind and marker.token in self.behind)


def readings(root: Path) -> Mapping[str, Reading]:
    """Return what a reader finds in the export at ``root``, by format."""
    return {form: reading(form, root / form) for form in _READERS}


def reading(form: str, folder: Path) -> Reading:
    """Return what a reader finds in the files of a format below ``folder``."""
    return _READERS[form](sorted(folder.rglob("*.*")))


def _json(files: Iterable[Path]) -> Reading:
    return Reading(_texts(json.loads(path.read_bytes()) for path in files), "")


def _markdown(files: Iterable[Path]) -> Reading:
    words, behind = [], []
    for path in files:
        text = path.read_text("utf-8")
        words += [visible(text), _texts(front_matter(text))]
        behind += [str(value) for token in tokens(text) for value in token.attrs.values()]
    return Reading("\n".join(words), "\n".join(behind))


def _html(files: Iterable[Path]) -> Reading:
    pages = [
        read(path.read_bytes()) for path in files if path.suffix == ".html" and path.parent.name != "html"
    ]
    words = [each.text for page in pages for each in page.elements if each.tag == "body"]
    behind = [value for page in pages for each in page.elements for value in each.attributes.values()]
    return Reading("\n".join(words), "\n".join(behind))


def _csv(files: Iterable[Path]) -> Reading:
    rows = (row for path in files for row in csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    return Reading("\n".join(unguard(cell) for row in rows for cell in row), "")


def _parquet(files: Iterable[Path]) -> Reading:
    return Reading(_texts(pq.read_table(path).to_pylist() for path in files), "")


def _texts(value: Any) -> str:
    """Return all keys and values inside a value as text."""
    if isinstance(value, dict):
        return "\n".join(f"{key}\n{_texts(item)}" for key, item in value.items())
    if isinstance(value, str) or not isinstance(value, Iterable):
        return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    return "\n".join(map(_texts, value))


_READERS = {"json": _json, "markdown": _markdown, "html": _html, "csv": _csv, "parquet": _parquet}
