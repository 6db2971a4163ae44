"""Object stores as fsspec knows them: opening one, and the few words in which its implementations differ.

Here: which implementation, its arguments, what its errors mean. Not here: the rules of an export's storage
(``objects``). fsspec's implementations raise errors of their own kind besides ``OSError``, so all are caught here and
told as ours; ``FileNotFoundError`` and ``FileExistsError`` are answers and pass.

Exclusive creation (``pipe_file(mode="create")``) is `If-None-Match: *` in s3fs and `ifGenerationMatch=0` in gcsfs.
Others may take the argument and not honour it, so it is tried out before an export writes (``objects``).
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import fsspec
from fsspec.core import url_to_fs

from notion_sync_assets.core.notion.errors import ConfigurationError, StorageError

_CHUNK = 8 * 1024 * 1024
_REACH_HINT = "check that the store can be reached, then run the same command again"
_CREDENTIALS_HINT = (
    "give credentials as the store's own tools take them (environment, profile) or in output.storage_options"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Arguments by which an implementation is told what fsspec has no common word for.

    ``content_type``: name of that argument. ``options``: of the file system, ``put``: of an upload; they keep large
    transfers to a chunk in memory, and small ones to a single request.
    """

    content_type: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    put: Mapping[str, Any] = field(default_factory=dict)

    def typed(self, content_type: str) -> dict[str, Any]:
        """Return the argument that gives an object its content type."""
        return {self.content_type: content_type} if self.content_type else {}


_S3 = Dialect("ContentType", {"max_concurrency": 1}, {"chunksize": _CHUNK})
_GCS = Dialect("content_type", put={"chunksize": _CHUNK})
_DIALECTS = {"s3": _S3, "s3a": _S3, "gs": _GCS, "gcs": _GCS}
_FRESH = {"use_listings_cache": False}
_EXTRAS = {"s3": "s3", "s3a": "s3"}


@dataclass(frozen=True, slots=True)
class Store:
    """An open store: the file system, the export root in its own spelling, and its dialect."""

    fs: fsspec.AbstractFileSystem
    root: str
    dialect: Dialect


def open_store(url: str, options: Mapping[str, Any]) -> Store:
    """Open the store that a URL names; ``ConfigurationError`` when nothing here can. Asks the store nothing.

    ``options`` are those of the fsspec implementation (``endpoint_url``, ``key``, ``profile``, …). Listings are never
    cached: another process's commit is seen at once.
    """
    scheme = url.split("://", 1)[0]
    if scheme in ("file", "local"):
        raise ConfigurationError(f"{url} is a folder", hint="give the folder itself, without 'file://'")
    dialect = _DIALECTS.get(scheme, Dialect())
    try:
        fs, root = url_to_fs(url, **{**dialect.options, **options, **_FRESH})
    except ImportError as error:
        extra = _EXTRAS.get(scheme)
        wanted = f'pip install "notion-sync-assets[{extra}]"' if extra else str(error)
        raise ConfigurationError(f"an export to {scheme}:// needs another package", hint=wanted) from error
    except (ValueError, TypeError, KeyError) as error:
        # The error may quote the options, which may be secrets.
        raise ConfigurationError(
            f"{scheme}:// cannot be opened ({type(error).__name__})",
            hint="check output.path and the names in output.storage_options",
        ) from None
    return Store(fs, root.rstrip("/"), dialect)


@contextlib.contextmanager
def told(what: str) -> Iterator[None]:
    """Make a ``StorageError`` of what an implementation raises, but for the two errors that are answers."""
    try:
        yield
    except (FileNotFoundError, FileExistsError, StorageError):
        raise
    except PermissionError as error:
        raise StorageError(f"the store refused to {what}: {error}", hint=_CREDENTIALS_HINT) from error
    except Exception as error:
        hint = _CREDENTIALS_HINT if "credential" in str(error).lower() else _REACH_HINT
        raise StorageError(f"the store did not {what}: {error}", hint=hint) from error
