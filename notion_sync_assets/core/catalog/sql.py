"""Pieces of SQL: texts as literals, names in quotes.

Here: quoting, for every module of the catalog. Not here: statements.
"""


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
