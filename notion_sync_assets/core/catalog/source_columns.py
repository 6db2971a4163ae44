"""Typed columns for the properties of a data source: the type, and the SQL that makes the value.

Here: one property at a time. Not here: tables (``source_tables``), names (``naming``), Parquet's types
(``render.typed_values``). The type follows from the property's type; of formulas and rollups from their results: what
all of them have in common, else text.
"""

from collections.abc import Collection
from dataclasses import dataclass

from notion_sync_assets.core.catalog.sql import literal

_DATE = 'STRUCT("start" TIMESTAMP, "end" TIMESTAMP, has_time BOOLEAN, time_zone VARCHAR)'
_PERSON = "STRUCT(id VARCHAR, name VARCHAR)"
_FILE = "STRUCT(name VARCHAR, url VARCHAR)"

_RESULTS = {"number": "DOUBLE", "boolean": "BOOLEAN", "date": _DATE}
_TYPES = {
    "number": "DOUBLE",
    "checkbox": "BOOLEAN",
    "multi_select": "VARCHAR[]",
    "date": _DATE,
    "created_time": "TIMESTAMP",
    "last_edited_time": "TIMESTAMP",
    "people": f"{_PERSON}[]",
    "created_by": _PERSON,
    "last_edited_by": _PERSON,
    "relation": "VARCHAR[]",
    "files": f"{_FILE}[]",
}
_MEANS = {
    "multi_select": "the names that were chosen",
    "date": "start, end, whether it has a time of day, and the time zone it was written in; times are UTC",
    "people": "id and name of each; ids join users.id",
    "created_by": "id and name; the id joins users.id",
    "last_edited_by": "id and name; the id joins users.id",
    "relation": "ids of the related pages; the table relations has one row for each",
    "formula": "typed by what its results have in common",
    "rollup": "typed by what its results have in common",
    "files": "name and address of each; files.url has the same address, and the path in this export",
}
COMPUTED = ("formula", "rollup")


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A property as a column.

    ``results``: what its formula or rollup gave (number, boolean, date, string, array, array number). ``target``: the
    table that a relation leads to.
    """

    property_id: str
    label: str
    type: str
    name: str
    description: str | None = None
    results: frozenset[str] = frozenset()
    target: str | None = None

    @property
    def sql_type(self) -> str:
        """Its type in DuckDB."""
        if self.type not in COMPUTED:
            return _TYPES.get(self.type, "VARCHAR")
        if not self.results or not self.results <= {"array number", "array"}:
            return _result_type(self.results)
        return "DOUBLE[]" if self.results == {"array number"} else "VARCHAR[]"

    @property
    def comment(self) -> str:
        """What it is, in one sentence for a data dictionary."""
        means = _MEANS.get(self.type)
        if self.target:
            means = f"{means}; they are rows of {self.target}"
        parts = [f"Property {self.label!r} ({self.type.replace('_', ' ')})", means, self.description]
        return ": ".join(part for part in parts if part)

    def sql_value(self) -> str:
        """Return SQL for the value, an aggregate over the rows of ``properties`` of one page."""
        own = f"FILTER (WHERE property_id = {literal(self.property_id)} AND type = {literal(self.type)})"
        kind = self.sql_type
        if kind in ("DOUBLE", "BOOLEAN"):
            return f"any_value({'number' if kind == 'DOUBLE' else 'boolean'}) {own}"
        if kind == "TIMESTAMP":
            return f"any_value(date_start) {own}"
        if kind == "VARCHAR":
            return f"nullif(any_value(text) {own}, '')"
        return self._structured(kind, own)

    def _structured(self, kind: str, own: str) -> str:
        value = f"(any_value(value) {own})"
        path = f"$.{self.type}"
        if kind == _DATE:
            return _date(value, own, path if self.type == "date" else f"{path}.date")
        if self.type == "relation":
            return f"nullif({value} ->> '{path}[*].id', [])"
        if self.type == "multi_select":
            return f"nullif({value} ->> '{path}[*].name', [])"
        if self.type == "files":
            return _files(value)
        if self.type in COMPUTED:
            return _array(value, kind)
        return _people(value, path, single=kind == _PERSON)


def _result_type(results: Collection[str]) -> str:
    return _RESULTS.get(next(iter(results)), "VARCHAR") if len(results) == 1 else "VARCHAR"


def _date(value: str, own: str, path: str) -> str:
    start = f"any_value(date_start) {own}"
    return (
        f'CASE WHEN {start} IS NOT NULL THEN struct_pack("start" := {start}, "end" := any_value(date_end) {own},'
        f" has_time := contains({value} ->> '{path}.start', 'T'), time_zone := {value} ->> '{path}.time_zone') END"
    )


def _people(value: str, path: str, *, single: bool) -> str:
    person = '{"id": "VARCHAR", "name": "VARCHAR"}'
    if single:
        return f"json_transform({value} -> '{path}', '{person}')"
    return f"nullif(json_transform({value} -> '{path}', '[{person}]'), [])"


def _files(value: str) -> str:
    each = (
        "struct_pack(name := f ->> '$.name',"
        " url := coalesce(f ->> '$.file.url', f ->> '$.external.url', f ->> '$.file_upload.id'))"
    )
    return f"nullif([{each} FOR f IN TRY_CAST({value} -> '$.files' AS JSON[])], [])"


def _array(value: str, kind: str) -> str:
    items = f"TRY_CAST({value} -> '$.rollup.array' AS JSON[])"
    if kind == "DOUBLE[]":
        return f"nullif([TRY_CAST(e ->> '$.number' AS DOUBLE) FOR e IN {items}], [])"
    # Rich text is an array of pieces, an option has a name; what is neither stays as the API gives it.
    # A list of pieces, or one piece where the API gave the values page by page (notion_api.md §5).
    pieces = " ".join(
        f"WHEN '{kind}' THEN coalesce(e ->> '$.{kind}.plain_text', array_to_string(e ->> '$.{kind}[*].plain_text', ''))"
        for kind in ("title", "rich_text")
    )
    ends = ", ".join(
        f"json_extract_string(e, '$.' || (e ->> '$.type') || '{end}')" for end in (".name", ".start", "")
    )
    text = f"coalesce(CASE e ->> '$.type' {pieces} END, {ends})"
    return f"nullif([{text} FOR e IN {items}], [])"
