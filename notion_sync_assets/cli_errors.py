"""How a command ends: one clear line and a hint on standard error, and the exit code of design §11.

Here: the context manager every command runs in. Not here: which error has which code (``exit_codes``).
"""

import contextlib
import errno
import json
import signal
import sys
from collections.abc import Iterator
from types import FrameType

import click

from notion_sync_assets.core.notion.errors import NotionSyncError, StorageError
from notion_sync_assets.core.terminal import one_line
from notion_sync_assets.exit_codes import INTERRUPTED, exit_code

_FULL_DISK = ("No space left on device", "disk is full")


@contextlib.contextmanager
def explained(*, as_json: bool = False) -> Iterator[None]:
    """Turn the errors of the package into a line, a hint and an exit code; Ctrl-C and SIGTERM into 130."""
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except Exception as error:
        known = _full_disk() if _means_full_disk(error) else error
        if not isinstance(known, NotionSyncError):
            raise
        code = exit_code(known)
        _tell(str(known), known.hint, code, as_json=as_json)
        sys.exit(code)
    except KeyboardInterrupt:
        _tell(
            "interrupted",
            "everything committed so far is safe; run the same command to go on",
            INTERRUPTED,
            as_json=as_json,
        )
        sys.exit(INTERRUPTED)
    finally:
        signal.signal(signal.SIGTERM, previous)


def _means_full_disk(error: BaseException | None) -> bool:
    """Tell whether anything behind an error is a full disk, in the words of whoever met it (SQLite, Arrow, DuckDB).

    An error that came through Dagster stands behind itself: cause of a failure in whose handling it was raised again.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if any(words in str(error) for words in _FULL_DISK):
            return True
        error = error.__cause__ or error.__context__
    return False


def _full_disk() -> StorageError:
    return StorageError("the disk is full", hint="free some space and run the same command again")


def _tell(message: str, hint: str, code: int, *, as_json: bool) -> None:
    # Settings and queries explain in several lines of our own.
    lines = [one_line(line) for line in message.split("\n")]
    click.echo("Error: " + "\n".join(lines), err=True)
    click.echo(f"       {one_line(hint)}", err=True)
    if as_json:
        click.echo(json.dumps({"error": message, "hint": hint, "exit_code": code}))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
