"""The engine as a process that ends itself: one export without Dagster, killed at a chosen point of its progress.

Here: the export and the points. Not here: which points are tried and what is compared (``crash_matrix``).
"""

import dataclasses
import itertools
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from notion_sync_assets.core.render.publish import result_of
from notion_sync_assets.core.sync.context import SyncContext
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.thoroughness import Thoroughness
from notion_sync_assets.export_steps import only_export, prepare_root, private_files, sync_to_fixpoint
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets.settings import load_settings
from notion_sync_assets.settings_model import Settings

Step = Callable[[str], None]
_NAMES_CHANGE = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir")


@dataclass(frozen=True)
class Point:
    """Where a process ends itself.

    ``kind``: ``step`` (a named step of the commit protocol), ``files`` (an operation that changes a name of the file
    system or opens a file for writing) or ``never``. ``number``: which occurrence, from 1, over the whole export.
    """

    kind: str
    name: str = ""
    number: int = 0


def export(url: str, folder: str, point: Point) -> None:
    """Export into a folder up to a point: search, sync to the fixpoint, links, all formats."""
    seen: Counter[str] = Counter()

    def step(name: str) -> None:
        seen[name] += 1
        if point.kind == "step" and name == point.name and seen[name] == point.number:
            _end()

    if point.kind == "files":
        _at_file_operation(point.number, _end)
    _run(url, folder, step)


def count_points(url: str, folder: str) -> tuple[dict[str, int], int]:
    """Export to the end; return how often each step came, and how many operations on files there were."""
    seen: Counter[str] = Counter()
    operations = itertools.count()
    _at_file_operation(0, lambda: None, operations)
    _run(url, folder, lambda name: seen.update([name]))
    return dict(seen), next(operations)


class _Engine(ExportRuntime):
    """The runtime with the seam for interruption that the product leaves unused."""

    def __init__(self, settings: Settings, step: Step) -> None:
        super().__init__(settings)
        self._step = step

    def _context(self, index: Index, run_id: str, thoroughness: Thoroughness) -> SyncContext:
        return dataclasses.replace(super()._context(index, run_id, thoroughness), checkpoint=self._step)


def _run(url: str, folder: str, step: Step) -> None:
    chosen = {
        "output.path": folder,
        "notion.base_url": url,
        "notion.token": "secret_crash",
        "notion.requests_per_minute": 0,
    }
    runtime = _Engine(load_settings(chosen, environ={}), step)
    try:
        with private_files():
            prepare_root(runtime.settings)
            with only_export(runtime, "crash"):
                _export(runtime)
    finally:
        runtime.close()


def _export(runtime: ExportRuntime) -> None:
    def sync(keys: list[str]) -> None:
        for _ in runtime.sync(runtime.known_scopes(keys), "crash"):
            pass
        for error in runtime.batch.errors.values():
            raise error

    runtime.search()
    if not sync_to_fixpoint(runtime, sync, lambda: runtime.extend().due):
        raise RuntimeError("the allowed rounds of discovery were not enough")
    runtime.build_links()
    forms = [form.value for form in runtime.settings.output.formats]
    for key in runtime.commits.committed_scopes():
        view = runtime.snapshot(key)
        for outcome in list(runtime.render_all(view, forms)) if view is not None else []:
            result_of(outcome)


def _at_file_operation(
    number: int, act: Callable[[], None], operations: "itertools.count[int] | None" = None
) -> None:
    """Act at the n-th operation of this process that changes a name or opens a file for writing; 0: only count."""
    counted = operations or itertools.count()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        writes = event in _NAMES_CHANGE
        if event == "open" and isinstance(arguments[2], int):
            writes = bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if writes and next(counted) + 1 == number:
            act()

    sys.addaudithook(hook)


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
