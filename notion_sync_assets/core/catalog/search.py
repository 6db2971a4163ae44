"""The index behind ``search_blocks``: in which pages of a scope a word is.

Here: how a text becomes words, and filling the index for scopes. Not here: the macro that asks it (``views``).
DuckDB's own full-text extension is not used (docs/adr/0019): it is loaded over the network, by every reader, and its
index can only be made anew as a whole. Pages are numbered within their scope, so that the index stays small and a scope
that moved is replaced alone. Which block it is, and that all words are in the same one, the macro sees in the blocks of
the pages that are left.
"""

# ruff: noqa: S608 - names of tables and columns come from the declarations in this package

from collections.abc import Iterable, Iterator

import duckdb

# Scripts whose words are told by spaces; any other letter is a word of its own, as no dictionary is at hand.
_SPACED = ["Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Hangul", "Devanagari", "Armenian", "Georgian"]
_WORD = "[" + "".join(f"\\p{{{script}}}" for script in _SPACED) + "\\p{N}]+|\\p{L}"


def normal(text: str) -> str:
    """Return SQL for a text without regard to case and accents; ``text`` is SQL."""
    # Most text is ASCII, as long in bytes as in characters, and has no accents to look for.
    return (
        f"CASE WHEN strlen({text}) = length({text}) THEN lower({text}) ELSE lower(strip_accents({text})) END"
    )


def words(text: str) -> str:
    """Return SQL for the words of a text, as the index has them; ``text`` is SQL."""
    return f"regexp_extract_all({normal(text)}, '{_WORD}')"


_AT_ONCE = 300_000
_SIZES = """
    SELECT scope, sum(blocks)::BIGINT FROM main.pages WHERE scope IN (SELECT unnest(?)) GROUP BY scope ORDER BY scope
"""

_PAGES = """
    INSERT INTO search.pages
    SELECT scope, row_number() OVER (PARTITION BY scope ORDER BY page_id) - 1 AS number, page_id
    FROM main.pages WHERE scope IN (SELECT unnest(?))
"""

_WORDS = f"""
    INSERT INTO search.words
    SELECT scope, word, list(number ORDER BY number) AS pages
    FROM (
        SELECT b.scope, p.number, unnest(list_distinct({words("string_agg(b.plain_text, ' ')")})) AS word
        FROM main.blocks b JOIN search.pages p ON p.scope = b.scope AND p.page_id = b.page_id
        WHERE b.scope IN (SELECT unnest(?)) AND b.plain_text <> ''
        GROUP BY b.scope, p.number
    )
    GROUP BY scope, word ORDER BY word, scope
"""


def remove_words(connection: duckdb.DuckDBPyConnection, scopes: Iterable[str]) -> None:
    """Take scopes out of the index."""
    for table in ("pages", "words"):
        connection.execute(f"DELETE FROM search.{table} WHERE scope IN (SELECT unnest(?))", [list(scopes)])


def load_words(connection: duckdb.DuckDBPyConnection, scopes: Iterable[str]) -> None:
    """Index the blocks of scopes; what the index had of them must be gone."""
    keys = list(scopes)
    connection.execute(_PAGES, [keys])
    for batch in _batches(connection, keys):
        connection.execute(_WORDS, [batch])


def _batches(connection: duckdb.DuckDBPyConnection, keys: list[str]) -> Iterator[list[str]]:
    """Yield scopes in groups of some hundred thousand blocks, whose words fit into memory."""
    sizes = connection.execute(_SIZES, [keys]).fetchall()
    batch: list[str] = []
    blocks = 0
    for scope, size in sizes:
        if batch and blocks + size > _AT_ONCE:
            yield batch
            batch, blocks = [], 0
        batch.append(scope)
        blocks += size
    if batch:
        yield batch
