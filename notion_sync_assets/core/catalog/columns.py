"""Columns of tables: their types in Python, Parquet and DuckDB, and the derivation of one from the other.

Here: what a column is and how a row class becomes a :class:`Table`. Not here: which tables there are (``rows``,
``schema``).
"""

from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_type_hints

import pyarrow as pa

Kind = Literal["text", "integer", "number", "boolean", "json", "time"]
JSON: Kind = "json"
TIME: Kind = "time"

_KIND_OF_TYPE: dict[type, Kind] = {str: "text", int: "integer", float: "number", bool: "boolean"}
_ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "json": pa.string(),
    "time": pa.string(),
}
_SQL: dict[Kind, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "json": "JSON",
    "time": "TIMESTAMP",
}


@dataclass(frozen=True, slots=True)
class Column:
    """What a column means, and its kind where the Python type does not tell it."""

    comment: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table."""

    name: str
    kind: Kind
    comment: str
    nullable: bool

    @property
    def sql_type(self) -> str:
        """Its type in DuckDB."""
        return _SQL[self.kind]

    def sql_value(self, source: str) -> str:
        """Return SQL that turns the stored form in the table ``source`` into the catalog's type.

        Times become UTC whatever offset they are written with; text that is no time becomes null.
        """
        value = f'{source}."{self.name}"'
        if self.kind == TIME:
            return f"(try_cast({value} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
        return f"{value}::JSON" if self.kind == JSON else value


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what one row is, its columns."""

    name: str
    comment: str
    columns: tuple[TableColumn, ...]

    def arrow_schema(self) -> pa.Schema:
        """Return the schema of its Parquet files."""
        fields = [pa.field(column.name, _ARROW[column.kind], column.nullable) for column in self.columns]
        return pa.schema(fields)


def table_of(name: str, row: type[Any]) -> Table:
    """Return the table whose rows are tuples of ``row``, a ``NamedTuple`` with :class:`Column` annotations."""
    hints = get_type_hints(row, include_extras=True)
    comment = str(row.__doc__).splitlines()[0]
    return Table(name, comment, tuple(_column(field, hint) for field, hint in hints.items()))


def _column(name: str, hint: Any) -> TableColumn:
    column: Column = hint.__metadata__[0]
    types = get_args(hint.__origin__) or (hint.__origin__,)
    plain: Kind = next(_KIND_OF_TYPE[option] for option in types if option is not NoneType)
    return TableColumn(name, column.kind or plain, column.comment, NoneType in types)
