"""Names in SQL for what people have named in Notion: tables of data sources, columns of properties.

Here: from titles to identifiers that need no quotes. Not here: which tables and columns there are
(``source_tables``, ``source_columns``). A name follows from the title (letters of every script stay, in lower case;
anything else becomes ``_``) and, where two would be equal, from age and id, so that a new data source never takes the
name of an older one.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable

import duckdb

_NO_WORD = re.compile(r"[^\w]+|_+")
_LONGEST = 60


def sql_name(title: str, otherwise: str) -> str:
    """Return an identifier for a title: lower case, words joined by ``_``; ``otherwise`` when nothing is left.

    It never begins with a digit, so it needs no quotes unless it is a reserved word.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).lower())
    name = _NO_WORD.sub("_", plain).strip("_")[:_LONGEST].strip("_") or otherwise
    return f"_{name}" if name[0].isdigit() else name


def reserved_words(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the words that cannot name a table or a column without quotes."""
    rows = connection.execute(
        "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    ).fetchall()
    return frozenset(word for (word,) in rows)


def distinct_names(
    titles: Iterable[tuple[str, str]], taken: Collection[str], aside: str, clash: Callable[[str], str]
) -> dict[str, str]:
    """Return a name for each key of ``(key, title)``, all different, the first come the plain one.

    A title whose name is in ``taken`` gets ``aside`` behind it; one whose name an earlier title has gets
    ``clash(key)``, which has to differ from key to key.
    """
    names: dict[str, str] = {}
    used = set(taken)
    for key, title in titles:
        name = sql_name(title, clash(key))
        if name in taken:
            name = f"{name}_{aside}"
        if name in used:
            name = f"{name}_{clash(key)}"
        while name in used:
            name = f"{name}_"
        used.add(name)
        names[key] = name
    return names
