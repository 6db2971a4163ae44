"""Steps of an export that its two doors share: the command line (``export_run``) and the job (``export_job``).

Here: the guards of the folder, which scopes are worked on, the rounds of discovery. Not here: how a step is run; a
door passes that in.
"""

import contextlib
import os
from collections.abc import Callable, Collection, Iterator

from notion_sync_assets.core.notion.errors import ConfigurationError, StorageError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.format import state_format, upgrade_state
from notion_sync_assets.core.sync.identity import check_folder
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.selection import selected
from notion_sync_assets.export_root import export_root
from notion_sync_assets.instance import instance_folder
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets.settings_model import Settings


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Files that libraries make on their own, as Dagster's event log, are as private as ours (design §2, promise 8)."""
    previous = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(previous)


def prepare_root(settings: Settings) -> None:
    """Make the export root (a folder: 0700), or refuse one that holds something else or is not fit for commits."""
    storage = export_root(settings)
    # An export that has nowhere to log its events ends here, before anything is asked or written.
    instance_folder(settings)
    try:
        check_folder(storage, storage.names(""))
        state_format(storage)
        storage.prepare()
    except StorageError as error:
        raise ConfigurationError(f"cannot export to {storage.location}: {error}", hint=error.hint) from error
    except OSError as error:
        raise ConfigurationError(
            f"cannot use the output folder {storage.location}: {error.strerror}",
            hint="choose a folder you may write to with --output",
        ) from error


@contextlib.contextmanager
def only_export(runtime: ExportRuntime, run_id: str) -> Iterator[None]:
    """Hold the lease of the whole export; ``LeaseHeldError`` when another export works on this root."""
    runtime.leases.take(runtime.storage, layout.EXPORT_LEASE, run_id)
    try:
        runtime.storage.clear_scratch()
        upgrade_state(runtime.storage)
        yield
    finally:
        runtime.leases.give_back(layout.EXPORT_LEASE)
        runtime.storage.clear_scratch()


def chosen(index: Index, settings: Settings) -> list[Scope]:
    """Return the scopes of the index that the settings ask for."""
    output = settings.output
    wanted = {*output.databases, *output.pages}
    return selected(index, index.state.scopes, wanted=wanted, exclude=output.exclude)


def chosen_scopes(runtime: ExportRuntime) -> tuple[list[Scope], frozenset[str]]:
    """Return the scopes of the stored index that the settings ask for, and the keys of those they leave out."""
    output = runtime.settings.output
    if not (output.databases or output.pages or output.exclude):
        return runtime.index_state().scopes, frozenset()
    index = Index.load(runtime.storage)
    try:
        kept = chosen(index, runtime.settings)
        return kept, frozenset(scope.key for scope in index.state.scopes) - {scope.key for scope in kept}
    finally:
        index.close()


def sync_to_fixpoint(
    runtime: ExportRuntime, sync: Callable[[list[str]], None], extend: Callable[[], Collection[str]]
) -> bool:
    """Sync every chosen scope, look at what that discovered, and again until nothing new is found.

    ``sync`` is given partition keys, ``extend`` returns the keys that became due. Returns False when the allowed
    rounds were not enough.
    """
    due = [scope.key for scope in chosen_scopes(runtime)[0]]
    for _ in range(runtime.settings.sync.max_discovery_rounds):
        if not due:
            break
        sync(due)
        if not _undiscovered(runtime):
            return True
        found = extend()
        due = [scope.key for scope in chosen_scopes(runtime)[0] if scope.key in found]
    return not due


def _undiscovered(runtime: ExportRuntime) -> bool:
    """Tell whether some commit was not looked at for references yet, or a page has no scope."""
    state = runtime.index_state()
    behind = any(seq > state.resolved.get(key, 0) for key, seq in runtime.commits.heads().items())
    return behind or state.counts.get("waiting", 0) > 0
