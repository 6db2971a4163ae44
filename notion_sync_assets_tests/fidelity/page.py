"""The page `docs/fidelity.md`: every kind of thing a page can hold, and whether each format shows it.

Here: the page's text, counted from an export of the planted workspace. Run
`python -m notion_sync_assets_tests.fidelity.page > docs/fidelity.md` after changing a renderer or what is planted.
"""

import logging
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from notion_sync_assets_tests.fidelity.exported import Exported, exported_world
from notion_sync_assets_tests.fidelity.markers import Marker
from notion_sync_assets_tests.fidelity.reading import TABLES, Reading, readings
from notion_sync_assets_tests.fidelity.structure import SHAPES, Files

FORMATS = {"json": "JSON", "markdown": "Markdown", "html": "HTML", "csv": "CSV", "parquet": "Parquet"}
IN_TABLES = ("property", "schema")
_OPENING = """\
# What each format shows

<!-- Written by `python -m notion_sync_assets_tests.fidelity.page`; do not edit. -->

A workspace with a marker of its own in every field that bears text is exported by the job that a deployment runs.
Then each format is read by a parser that is not ours, and every marker is looked for among the words a reader sees,
addresses and hints where Notion shows them when a link or picture is pointed at. **{planted} markers** are planted, on
pages, in blocks down to the eighth level, in a list of 130 items and in a row of a data source.

`all 3`: three markers are planted in this kind and all of them are found. `yes`: the kind has no text, and is there.
`-`: the format does not hold this part of a workspace: CSV and Parquet hold rows, no pages. Parquet holds the schema,
too; CSV names its columns only.
"""
_CLOSING = """\
## What is shown in another way

- Markdown cannot say colours in the dialects `gfm`, `hugo` and `docusaurus`: the text is there without them. Columns and
  tabs stand one below the other. Letters and roman numerals of lists become numbers.
- HTML shows no picture, film or frame from another host: it is a link, so that opening a page asks nobody for anything.
- CSV and Parquet name people, pages and files; everything else about them is in JSON.
- What Notion's API withholds (the content of buttons, forms and AI blocks, a copy whose original is not shared, a
  formula too deep) is a line where it is missing, and a row of the table `omitted` in the catalog.
"""


def fidelity_page(exported: Exported) -> str:
    """Return the whole page in Markdown, ending with a line break."""
    found, files = readings(exported.root), Files(exported.root)
    areas = dict.fromkeys(marker.area for marker in exported.markers)
    tables = [_table(area, exported, found, files) for area in areas]
    return "\n".join([_OPENING.format(planted=len(exported.markers)), *tables, _CLOSING])


def _table(area: str, exported: Exported, found: Mapping[str, Reading], files: Files) -> str:
    head = [
        f"## {area.capitalize()}",
        "",
        f"| kind | {' | '.join(FORMATS.values())} |",
        "|---|---|---|---|---|---|",
    ]
    kinds: dict[str, list[Marker]] = {}
    for marker in exported.markers:
        if marker.area == area:
            kinds.setdefault(marker.kind, []).append(marker)
    rows = {kind: _counted(markers, found) for kind, markers in kinds.items()}
    rows.update(_shapes(area, files))
    return "\n".join([*head, *(f"| {kind} | {' | '.join(rows[kind])} |" for kind in sorted(rows)), ""])


def _counted(markers: list[Marker], found: Mapping[str, Reading]) -> list[str]:
    cells = []
    for form in FORMATS:
        shown = sum(found[form].shows(marker) for marker in markers)
        held = form not in TABLES or (
            markers[0].area in IN_TABLES and (form != "csv" or markers[0].area == "property")
        )
        cells.append(
            "-" if not held else f"all {shown}" if shown == len(markers) else f"{shown} of {len(markers)}"
        )
    return cells


def _shapes(area: str, files: Files) -> Iterator[tuple[str, list[str]]]:
    for shape in SHAPES:
        if shape.area == area:
            cells = [
                "-" if form not in shape.there else "yes" if shape.there[form](files) else "no"
                for form in FORMATS
            ]
            yield shape.kind, cells


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder, exported_world(Path(folder) / "export") as made:
        sys.stdout.write(fidelity_page(made))
