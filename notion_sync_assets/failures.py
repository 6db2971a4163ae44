"""The Dagster boundary for errors: what a step tells Dagster when an error of the package ends it.

Belongs here: which errors are worth another attempt of the step, and the words people read in the UI. Does not
belong here: the errors and their hints (`core.notion.errors`), exit codes (`exit_codes`).
A `RetryPolicy` is not used: it also starts a step again that somebody has just cancelled.
"""

import contextlib
from collections.abc import Iterator

import dagster as dg

from notion_sync_assets.core.notion.errors import (
    CommitConflictError,
    IncompleteListingError,
    LeaseHeldError,
    NotionSyncError,
    StorageError,
    TransientNotionError,
)

_WORTH_ANOTHER_ATTEMPT = (
    CommitConflictError,
    IncompleteListingError,
    LeaseHeldError,
    StorageError,
    TransientNotionError,
)
_FIRST_PAUSE_S = 10.0


@contextlib.contextmanager
def told_to_dagster(*, attempt: int = 0, attempts: int = 1) -> Iterator[None]:
    """Turn an error of the package into ``dg.Failure`` with its hint, or into a request for another attempt.

    ``attempt``: attempts of this step before this one (``context.retry_number``), ``attempts``: how many it has;
    between them lie 10 s, 20 s, 40 s … Only what may pass by itself is attempted again: a refused token or a
    wrong setting is a ``Failure`` at once. The error stays the ``__cause__`` of the failure (see ``cause_of``).
    """
    try:
        yield
    except NotionSyncError as error:
        failure = _failure(error)
        if attempts > 1 and isinstance(error, _WORTH_ANOTHER_ATTEMPT):
            failure.__cause__ = error
            pause = _FIRST_PAUSE_S * 2**attempt
            raise dg.RetryRequested(max_retries=attempts - 1, seconds_to_wait=pause) from failure
        raise failure from error


def cause_of(failure: dg.Failure) -> NotionSyncError | None:
    """Return the error of the package behind a failure, None when a step failed on its own account."""
    return failure.__cause__ if isinstance(failure.__cause__, NotionSyncError) else None


def _failure(error: NotionSyncError) -> dg.Failure:
    return dg.Failure(
        description=f"{error}\n{error.hint}",
        metadata={
            "error": dg.MetadataValue.text(type(error).__name__),
            "hint": dg.MetadataValue.text(error.hint),
        },
        allow_retries=isinstance(error, _WORTH_ANOTHER_ATTEMPT),
    )
