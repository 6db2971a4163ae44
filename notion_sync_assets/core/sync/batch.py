"""Many scopes in one event loop: the crawl of one overlaps the commit of another (design §4).

Here: order, concurrency, what an error of one scope means for the others, and the pages that move between them.
Not here: one scope (``engine``), events and assets (the Dagster shell, through ``on_result``).
"""

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from notion_sync_assets.core.notion.errors import (
    CommitConflictError,
    IncompleteListingError,
    LeaseHeldError,
    MassDisappearanceError,
    NotionSyncError,
    NotionUnavailableError,
    StorageError,
    UnauthorizedError,
    UnexpectedAnswerError,
)
from notion_sync_assets.core.sync.context import ScopeResult, SyncContext
from notion_sync_assets.core.sync.engine import sync_scope
from notion_sync_assets.core.sync.found import write_found
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.stopped import record_outcomes
from notion_sync_assets.core.sync.verification import NOTHING, Slice, advance, next_slice
from notion_sync_assets.core.trace import trace

_log = logging.getLogger(__name__)

OF_ONE_SCOPE = (CommitConflictError, IncompleteListingError, LeaseHeldError, MassDisappearanceError)
"""Errors that stop one scope and leave its committed state as it was."""


@dataclass
class BatchResult:
    """What a batch came to: results by scope key, and the error of each scope that has none."""

    results: dict[str, ScopeResult] = field(default_factory=dict)
    errors: dict[str, NotionSyncError] = field(default_factory=dict)


async def sync_batch(
    ctx: SyncContext, scopes: Sequence[Scope], on_result: Callable[[ScopeResult], None] = lambda _result: None
) -> BatchResult:
    """Sync scopes, a few at once; ``on_result`` is called for each in the loop's thread as soon as it is done.

    An error of one scope never costs the others; what stops every call to Notion, or the storage, is raised.
    """
    batch = BatchResult()
    turn = _turn(ctx, scopes)
    ctx = dataclasses.replace(ctx, verify=_both(ctx.verify, turn.pages))
    ctx.progress.scopes_total += len(scopes)
    await _round(ctx, scopes, batch, on_result)
    moved = [result.scope for result in batch.results.values() if result.pending]
    if moved:
        ctx.progress.scopes_total += len(moved)
        await _round(ctx, moved, batch, on_result)
    _write_found(ctx, batch)
    record_outcomes(
        ctx.storage, ctx.run_id, ended=batch.results.keys() - batch.errors.keys(), errors=batch.errors
    )
    if not turn.pages.keys() & batch.errors.keys():
        advance(ctx.storage, turn)
    ctx.homes.close()
    ctx.copies.forget()
    return batch


def _turn(ctx: SyncContext, scopes: Sequence[Scope]) -> Slice:
    options = ctx.options
    if options.full or options.allowance == NOTHING:
        return Slice({}, None)
    keys = [scope.key for scope in scopes]
    return next_slice(ctx.storage, keys, options.allowance, options.read, ctx.clock())


def _both(
    asked: Mapping[str, frozenset[str]], due: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    return {key: asked.get(key, frozenset()) | due.get(key, frozenset()) for key in {*asked, *due}}


async def _round(
    ctx: SyncContext, scopes: Sequence[Scope], batch: BatchResult, on_result: Callable[[ScopeResult], None]
) -> None:
    waiting = iter(scopes)
    workers = [
        asyncio.create_task(_worker(ctx, waiting, batch, on_result))
        for _ in range(ctx.options.scopes_at_once)
    ]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def _worker(
    ctx: SyncContext, waiting: Iterator[Scope], batch: BatchResult, on_result: Callable[[ScopeResult], None]
) -> None:
    for scope in waiting:
        try:
            result = await sync_scope(ctx, scope)
        except (UnauthorizedError, NotionUnavailableError, StorageError, OSError, MemoryError):
            raise
        except NotionSyncError as error:
            with structlog.contextvars.bound_contextvars(run_id=ctx.run_id, scope=scope.key):
                _log.warning("scope %s: %s", scope.key, error)
            batch.errors[scope.key] = error
        except Exception as error:  # noqa: BLE001 - one scope never costs a run
            _log.exception("scope %s could not be synced", scope.key)
            batch.errors[scope.key] = UnexpectedAnswerError(f"nobody foresaw {type(error).__name__}: {error}")
        else:
            batch.errors.pop(scope.key, None)
            batch.results[scope.key] = _joined(batch.results.get(scope.key), result)
            trace.debug("scope %s: %s", scope.key, _told(result))
            on_result(result)
        ctx.progress.scopes_done += 1
        ctx.progress.changed()


def _told(result: ScopeResult) -> str:
    """Say in a line of the log what became of a scope."""
    if result.commit is None:
        return "not shared"
    counts = ", ".join(f"{count} {name}" for name, count in sorted(result.counts.items()) if count)
    return f"{'commit' if result.changed else 'unchanged since commit'} {result.commit.seq}, {counts or 'no page'}"


def _joined(first: ScopeResult | None, second: ScopeResult) -> ScopeResult:
    """Join the two rounds of a scope into one result."""
    if first is None or not first.changed:
        return second
    return dataclasses.replace(second, changed=True, counts=first.counts)


def _write_found(ctx: SyncContext, batch: BatchResult) -> None:
    """Leave what was discovered for the index. It belongs to the batch; one scope of it carries the file."""
    found = {"sources": ctx.databases.found_sources, "databases": ctx.databases.verdicts()}
    if batch.results and any(found.values()):
        write_found(ctx.storage, min(batch.results), found)
