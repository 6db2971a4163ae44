"""Where each format puts what it renders: paths below the export root as functions of a scope's folder name.

Here: the spelling of rendered paths (design §5), and of one as seen from another. Not here: how a folder gets its name (``names``, ``links``),
which pages a page lies under (``link_paths``), state (``storage.layout``).
HTML is addressed by ids, so that an address people keep survives every rename; all other formats by titles.
"""

from collections.abc import Sequence

from notion_sync_assets.core.identifiers import compact_id

JSON = "json"
CSV = "csv"
PARQUET = "parquet"
MARKDOWN = "markdown"
HTML = "html"

PATH_BYTES = 180
"""Longest path of a Markdown file that keeps its folders: Windows takes 260 characters with everything above."""


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


def markdown_page(folder: str, ancestors: Sequence[str], name: str) -> str:
    """Return the path of a page's Markdown; ``ancestors`` are the names of the pages above it, topmost first.

    The deepest folders are left out where the path would be longer than :data:`PATH_BYTES`.
    """
    size = len(f"{MARKDOWN}/{folder}/{name}.md".encode())
    kept = [MARKDOWN, folder]
    for ancestor in ancestors:
        size += len(ancestor.encode()) + 1
        if size > PATH_BYTES:
            break
        kept.append(ancestor)
    return "/".join((*kept, f"{name}.md"))


def markdown_head(folder: str) -> str:
    """Return the path of the Markdown of a data source: what it is and a table of its rows."""
    return markdown_page(folder, (), folder)


def html_page(root_id: str, page_id: str) -> str:
    """Return the path of a page's HTML in the scope of ``root_id``."""
    return f"{HTML}/{compact_id(root_id)}/{compact_id(page_id)}.html"


def html_head(root_id: str) -> str:
    """Return the path of the HTML of a data source."""
    return f"{HTML}/{compact_id(root_id)}/index.html"


def relative_path(target: str, source: str) -> str:
    """Return the path of the file ``target`` as seen from the file ``source``, both below the export root."""
    above, below = source.split("/")[:-1], target.split("/")
    shared = 0
    while shared < min(len(above), len(below) - 1) and above[shared] == below[shared]:
        shared += 1
    return "/".join([".."] * (len(above) - shared) + below[shared:])


def scope_folder(form: str, folder: str, root_id: str) -> str:
    """Return the name of the folder that a scope has in a format; ``folder`` is its readable name."""
    return compact_id(root_id) if form == HTML else folder


def owned_by(path: str, form: str, folder: str) -> bool:
    """Tell whether ``path`` is one that the scope with the folder ``folder`` may own in the format ``form``.

    That is anything below ``<form>/<folder>/``, or a file ``<form>/<folder>.<extension>``.
    """
    prefix = f"{form}/{folder}"
    rest = path.removeprefix(prefix)
    return path.startswith(prefix) and (rest.startswith("/") or (rest.startswith(".") and "/" not in rest))
