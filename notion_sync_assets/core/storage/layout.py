"""Names inside an export root (design §5): the one place that spells paths of ``state/``.

Here: paths as functions of ids and numbers. Not here: paths of rendered files, which follow titles
(``render.names``).
"""

IDENTITY = "state/identity.json"
FORMAT = "state/format.json"
EXPORT_LEASE = "state/lease"
COLLECTION_LEASE = "state/collection"
SCOPES = "state/scopes"
INDEX = "state/index"
CURRENT_INDEX = "state/index/current.json"
EVENTS = "state/events"
DOCUMENTS = "state/documents"
RENDERS = "state/renders"
LINKS = "state/links"
SITE = "state/site"
REMOVED = "state/removed"
STOPPED = "state/stopped"
REQUESTS = "state/requests"
RECEIPTS = "receipts"
RUN_METRICS = "receipts/metrics"
WEBHOOKS = "state/webhooks"
SEARCHED = "receipts/index/latest.json"
VERIFIED = "receipts/index/verified.json"
FILES = "files"
CATALOG = "notion.duckdb"
CATALOGS = "catalog"
CATALOG_POINTER = "catalog/current.json"
DICTIONARY = "catalog/dictionary.md"


def catalog_version(content: str) -> str:
    """Return the path of a catalog on an object store, named by its content (hex digits)."""
    return f"{CATALOGS}/notion-{content}.duckdb"


def document(sha256: str) -> str:
    """Return the path of a document."""
    return f"{DOCUMENTS}/{sha256[:2]}/{sha256}.json.zst"


def hosted_file(sha256: str, extension: str) -> str:
    """Return the path of a hosted file; ``extension`` comes without its dot, empty when unknown."""
    return f"{FILES}/{sha256[:2]}/{sha256}" + (f".{extension}" if extension else "")


def removed(form: str) -> str:
    """Return the path of the record of what is kept below ``_removed/`` in a format."""
    return f"{REMOVED}/{form}.json"


def kept(path: str) -> str:
    """Return where a rendered file is kept when what it shows has left Notion."""
    return f"_removed/{path}"


def scope(key: str) -> str:
    """Return the folder of a scope's state."""
    return f"{SCOPES}/{key}"


def manifest(key: str, seq: int, sync_id: str) -> str:
    """Return the path of the manifest a sync proposes as number ``seq``."""
    return f"{scope(key)}/manifest-{seq:06d}-{sync_id}.parquet"


def all_tables(key: str) -> str:
    """Return the folder that holds the tables of all commits of a scope."""
    return f"{scope(key)}/tables"


def tables(key: str, seq: int, sync_id: str) -> str:
    """Return the folder of the tables of a commit."""
    return f"{all_tables(key)}/{seq:06d}-{sync_id}"


def commits(key: str) -> str:
    """Return the folder of a scope's commits."""
    return f"{scope(key)}/commits"


def commit(key: str, seq: int) -> str:
    """Return the path of a commit: its exclusive creation is the one moment at which a scope changes."""
    return f"{commits(key)}/{seq:06d}.json"


def journals(key: str) -> str:
    """Return the folder of a scope's journals."""
    return f"{scope(key)}/journal"


def watermark(key: str) -> str:
    """Return the path of what a scope knows beside its commits: last listing, pages found settled (docs/adr/0005)."""
    return f"{RECEIPTS}/scopes/{key}.json"


def stopped(key: str) -> str:
    """Return the path of why the last sync of a scope ended without a commit; not there when it did not."""
    return f"{STOPPED}/{key}.json"


def lease(key: str) -> str:
    """Return the folder of the lease of a scope."""
    return f"{scope(key)}/lease"


def outbox(key: str, seq: int, sync_id: str) -> str:
    """Return the path of the page events of a commit."""
    return f"{EVENTS}/{key}/{seq:06d}-{sync_id}.parquet"


def published(key: str) -> str:
    """Return the path of the number up to which a scope's events are in the event log."""
    return f"{EVENTS}/{key}/published_through.json"


def receipt(run: str) -> str:
    """Return the path of a run's receipt."""
    return f"{RECEIPTS}/{run}.json"
