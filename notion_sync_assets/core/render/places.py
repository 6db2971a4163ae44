"""Where each format puts what it renders: paths below the export root as functions of a scope's folder name.

Here: the spelling of rendered paths (design §5). Not here: how a folder gets its name (``names``, ``links``),
state (``storage.layout``).
"""

JSON = "json"
CSV = "csv"
PARQUET = "parquet"


def json_page(folder: str, page_id: str) -> str:
    """Return the path of a page's JSON."""
    return f"{JSON}/{folder}/{page_id}.json"


def json_head(folder: str) -> str:
    """Return the path of the JSON of a data source: schema, database, views, templates."""
    return f"{JSON}/{folder}/database.json"


def csv_table(folder: str) -> str:
    """Return the path of the rows of a data source as CSV."""
    return f"{CSV}/{folder}.csv"


def parquet_table(folder: str, table: str) -> str:
    """Return the path of one Parquet table (``rows``, ``relations`` or ``schema``) of a data source."""
    return f"{PARQUET}/{folder}/{table}.parquet"


def owned_by(path: str, form: str, folder: str) -> bool:
    """Tell whether ``path`` is one that the scope named ``folder`` may own in the format ``form``.

    That is anything below ``<form>/<folder>/``, or a file ``<form>/<folder>.<extension>``.
    """
    prefix = f"{form}/{folder}"
    rest = path.removeprefix(prefix)
    return path.startswith(prefix) and (rest.startswith("/") or (rest.startswith(".") and "/" not in rest))
