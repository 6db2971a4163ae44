"""What lies in the export beside the committed history: documents, hosted files, and names that are nobody's.

Here: the walk over ``state/``, ``files/`` and ``receipts/``. Not here: history (``history``), rendered files
(``rendered``).
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import orjson
import pyarrow as pa

from notion_sync_assets.core.integrity.findings import Finding, Notes
from notion_sync_assets.core.integrity.history import file_digest
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet
from notion_sync_assets.core.sync.commits import Commits

_KEY = r"[a-z0-9-]+-[0-9a-f]{32}"
_SYNC = r"\d{6}-[0-9a-f]+"
_KNOWN = tuple(
    re.compile(pattern)
    for pattern in (
        r"state/(format|identity|backups|purged|site)\.json",
        r"state/(lease|collection)/\d{6}\.json",
        r"state/index/(current\.json|pages-[0-9a-f]{16}\.parquet)",
        rf"state/scopes/{_KEY}/(found\.json|commits/\d{{6}}\.json|lease/\d{{6}}\.json|journal/.+)",
        rf"state/scopes/{_KEY}/(manifest-{_SYNC}|tables/{_SYNC}/\w+)\.parquet",
        rf"state/events/{_KEY}/({_SYNC}\.parquet|published_through\.json|lease/\d{{6}}\.json)",
        r"state/documents/[0-9a-f]{2}/[0-9a-f]{64}\.json\.zst",
        rf"state/renders/\w+/{_KEY}\.(json|files|pages|claims(/\d+)?)",
        rf"state/site/{_KEY}\.(nodes|words)\.parquet",
        r"state/(webhooks|requests|stopped)/.+",
        r"receipts/metrics/.+\.json",
        rf"state/links/{_KEY}(\.backlinks)?\.parquet",
        r"state/removed/\w+\.json",
        rf"receipts/([\w-]+|index/\w+|scopes/{_KEY})\.json",
        r"files/[0-9a-f]{2}/[0-9a-f]{64}(\.\w+)?",
    )
)
_OF_COMMITS = re.compile(rf"state/(scopes/{_KEY}/(manifest-|tables/)|events/{_KEY}/\d)")


def findings(storage: Storage, notes: Notes) -> Iterator[Finding]:
    """Yield what is wrong in these folders; the history of all scopes must have been checked before."""
    named = _named(storage)
    for folder in ("state", layout.RECEIPTS, layout.FILES):
        for path in storage.walk(folder):
            yield from _place(storage, notes, path, named)
    for path, scope, page in notes.files():
        if not storage.exists(path):
            yield Finding("missing", path, f"page {page} shows it", scope, page)


def _place(storage: Storage, notes: Notes, path: str, named: set[str]) -> Iterator[Finding]:
    if not any(pattern.fullmatch(path) for pattern in _KNOWN):
        yield Finding("extra", path, "nothing of this name belongs here")
    elif path.startswith(f"{layout.DOCUMENTS}/"):
        yield from _document(storage, notes, path)
    elif path.startswith(f"{layout.FILES}/"):
        yield from _file(storage, notes, path)
    elif _OF_COMMITS.match(path) and not any(
        path == each or path.startswith(f"{each}/") for each in _near(path, named)
    ):
        yield Finding("unreferenced", path, "no commit names it; gc removes it")
    elif path.endswith(".parquet") and path.startswith((f"{layout.INDEX}/", f"{layout.LINKS}/")):
        yield from _parquet(storage, path)
    elif path.endswith(".json") and "/lease/" not in path and not path.startswith(layout.RENDERS):
        yield from _json(storage, path)


def _named(storage: Storage) -> set[str]:
    """Return the paths that commits name; what a damaged commit names is found by its own finding."""
    commits = Commits(storage)
    found: set[str] = set()
    for key, head in commits.heads().items():
        for seq in range(1, head + 1):
            try:
                commit = commits.read(key, seq)
            except (OSError, ValueError, TypeError):
                continue
            found.update(each for each in (commit.manifest, commit.tables, commit.outbox) if each)
    return found


def _near(path: str, named: set[str]) -> list[str]:
    return [each for each in (path, str(PurePosixPath(path).parent)) if each in named]


def _document(storage: Storage, notes: Notes, path: str) -> Iterator[Finding]:
    sha256 = PurePosixPath(path).name.split(".")[0]
    if notes.knows_document(sha256):
        return
    if DocumentStore(storage).holds(sha256):
        yield Finding("unreferenced", path, "no kept manifest names it; gc removes it")
    else:
        yield Finding("damaged", path, "nothing of the newest states refers to it")


def _file(storage: Storage, notes: Notes, path: str) -> Iterator[Finding]:
    known = notes.file(path)
    found, size = file_digest(storage, path)
    scope, page = (known[1], known[2]) if known else (None, None)
    if found != PurePosixPath(path).name.split(".")[0]:
        yield Finding("damaged", path, f"{size} bytes that are not those fetched", scope, page)
    elif known is None:
        yield Finding("unreferenced", path, "no kept document shows it; gc removes it")


def _parquet(storage: Storage, path: str) -> Iterator[Finding]:
    try:
        with storage.open(path) as source, opened_parquet(source) as parquet:
            for _ in parquet.iter_batches(BATCH_ROWS):
                pass
    except (OSError, pa.ArrowException) as error:
        yield Finding("damaged", path, f"cannot be read ({type(error).__name__})")


def _json(storage: Storage, path: str) -> Iterator[Finding]:
    try:
        orjson.loads(storage.read(path))
    except FileNotFoundError:
        return
    except ValueError:
        yield Finding("damaged", path, "is no JSON")
