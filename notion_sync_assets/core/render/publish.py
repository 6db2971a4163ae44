"""Rendering one scope into the export, in one format or several at once.

Only when something moved, with nothing stale, at any interruption.

Here: the decision and the order of steps. Not here: content (the exporters), files (``outputs``), what is
remembered between renders (``render_state``), which scopes and when (the assets).
Remove the outputs of vanished scopes before rendering (:func:`remove_vanished`), so that a name they leave can be
taken. One process at a time writes an export.
"""

import hashlib
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.render.formats import Format
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.options import RenderOptions, Step
from notion_sync_assets.core.render.outputs import OutputWriter, open_outputs
from notion_sync_assets.core.render.page_memory import open_memory
from notion_sync_assets.core.render.places import owned_by, scope_folder
from notion_sync_assets.core.render.removed import Removed
from notion_sync_assets.core.render.render_state import RenderState, rendered_scopes, untold
from notion_sync_assets.core.render.rows import OrderedSnapshot
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.temporary_rows import temporary_rows


@dataclass(frozen=True, slots=True)
class RenderResult:
    """What rendering a scope did.

    ``rendered`` is False when the output was already made from the same input; ``files`` is how many files the
    output has. ``input_hash`` is empty for a format that has nothing to show of this kind of scope. ``untold``: what
    :func:`mark_told` writes once the event log knows of the last render, be it this one or one that was cut off right after
    it; None if it does.
    """

    form: str
    scope: str
    seq: int
    rendered: bool
    files: int
    input_hash: str = ""
    written: int = 0
    unchanged: int = 0
    deleted: int = 0
    untold: Json | None = None


@dataclass(frozen=True, slots=True)
class FailedRender:
    """A format that could not be rendered, and why."""

    form: str
    error: Exception


def render_scope(
    storage: Storage, snapshot: Snapshot, links: LinkSlice, form: Format, options: RenderOptions
) -> RenderResult:
    """Bring a scope's output in one format up to date; files whose bytes do not change are not touched."""
    (outcome,) = render_together(storage, snapshot, links, [form], options)
    return result_of(outcome)


def result_of(outcome: RenderResult | FailedRender) -> RenderResult:
    """Return what a render did, and raise what kept it from doing it."""
    if isinstance(outcome, FailedRender):
        raise outcome.error
    return outcome


def mark_told(storage: Storage, result: RenderResult) -> None:
    """Note that the event log knows of a render, or is not to know of it."""
    if result.untold is not None:
        RenderState(storage, result.form, result.scope).told(result.untold)


def render_together(
    storage: Storage, snapshot: Snapshot, links: LinkSlice, forms: Iterable[Format], options: RenderOptions
) -> Generator[RenderResult | FailedRender, None, None]:
    """Bring a scope's output in several formats up to date in one pass, and yield what became of each as it ends.

    Formats take turns page by page, so that each document is read once for all of them. An error of one costs no other.
    Who may leave before the end has to close it.
    """
    content = documents_hash(snapshot)
    with OrderedSnapshot(storage, snapshot.commit) as shared:
        under_way = {form.name: _rendering(storage, shared, links, form, options, content) for form in forms}
        try:
            while under_way:
                for name, steps in list(under_way.items()):
                    try:
                        next(steps)
                        continue
                    except StopIteration as ended:
                        outcome: RenderResult | FailedRender = ended.value
                    except Exception as error:  # noqa: BLE001 - told as an outcome
                        outcome = FailedRender(name, error)
                    del under_way[name]
                    yield outcome
        finally:
            for steps in under_way.values():
                steps.close()


def _rendering(
    storage: Storage,
    snapshot: OrderedSnapshot,
    links: LinkSlice,
    form: Format,
    options: RenderOptions,
    content: str,
) -> Generator[None, None, RenderResult]:
    """Render step by step; ``content``: the hash of the documents."""
    commit = snapshot.commit
    if not form.applies_to(commit.kind):
        return RenderResult(form.name, commit.scope, commit.seq, rendered=False, files=0)
    state = RenderState(storage, form.name, commit.scope)
    wanted = _input_hash(snapshot, links, form, options, content)
    record = state.settled()
    if record is not None and record["input"] == wanted:
        return RenderResult(
            form.name,
            commit.scope,
            commit.seq,
            rendered=False,
            files=record["files"],
            input_hash=wanted,
            untold=untold(record),
        )
    made_by = _made_by(snapshot, links, form, options)
    # After an interrupted render no file is known to be what the memory says of it.
    remembered = state.pages if record is not None and record.get("made_by") == made_by else None
    with closing(temporary_rows()) as rows:
        pages, outputs = open_memory(rows, storage, links, remembered), open_outputs(rows, storage, state)
        folder = scope_folder(form.name, links.folder, commit.root_id)
        for made in pages.made(_contained(form.export(snapshot, links, options), form.name, folder)):
            if made is not None:
                outputs.add(made)
            yield
        outputs.flush()
        _clear(storage, outputs, form.name, snapshot if options.keep_removed else None)
        tally = outputs.tally
        files = tally.written + tally.unchanged
        found = {"input": wanted, "made_by": made_by, "seq": commit.seq, "files": files}
        state.finish(outputs.files(), found, pages.write if pages.any() else None)
    return RenderResult(
        form.name,
        commit.scope,
        commit.seq,
        True,
        files,
        wanted,
        tally.written,
        tally.unchanged,
        tally.deleted,
        untold=found,
    )


def input_hash(snapshot: Snapshot, links: LinkSlice, form: Format, options: RenderOptions) -> str:
    """Return the hash of everything a scope's output in one format is made from."""
    return _input_hash(snapshot, links, form, options, documents_hash(snapshot))


def documents_hash(snapshot: Snapshot) -> str:
    """Return the hash of the documents a scope shows, by page."""
    result = hashlib.sha256()
    for page_id, document in snapshot.present_documents():
        result.update(f"\n{page_id} {document}".encode())
    return result.hexdigest()


def _input_hash(
    snapshot: Snapshot, links: LinkSlice, form: Format, options: RenderOptions, content: str
) -> str:
    head = [form.name, form.version, options.fingerprint(), snapshot.commit.head, links.content_hash]
    parts = [*head, links.backlinks_hash if form.backlinks else None, content]
    return hashlib.sha256(canonical_bytes(parts)).hexdigest()


def _made_by(snapshot: Snapshot, links: LinkSlice, form: Format, options: RenderOptions) -> str:
    """Return the hash of what every page of a scope is made by: the exporter, its options, the head and name of the scope."""
    parts = [form.name, form.version, options.fingerprint(), snapshot.commit.head, links.folder]
    return hashlib.sha256(canonical_bytes(parts)).hexdigest()


def _clear(storage: Storage, outputs: OutputWriter, form: str, snapshot: Snapshot | None) -> None:
    """Delete what is stale. ``snapshot``: given when what has left Notion is kept aside."""
    if snapshot is None:
        outputs.delete_stale()
        return
    removed = Removed.of_scope(storage, form, snapshot)
    outputs.delete_stale(removed.keep)
    removed.finish()


def remove_outputs(storage: Storage, form: str, key: str, *, keep_removed: bool = False) -> int:
    """Delete what a scope has in one format, as when the scope is no more; return how many files."""
    state = RenderState(storage, form, key)
    with closing(temporary_rows()) as rows:
        outputs = open_outputs(rows, storage, state)
        if keep_removed:
            removed = Removed.of_vanished(storage, form, key)
            outputs.delete_stale(removed.keep)
            removed.finish()
        outputs.delete_stale()
        state.forget()
        return outputs.tally.deleted


def remove_vanished(storage: Storage, live: Collection[str], *, keep_removed: bool = False) -> int:
    """Delete the output, in every format, of scopes that are not in ``live``; return how many files.

    ``keep_removed``: what they showed is kept below ``_removed/``.
    """
    forms = storage.names(layout.RENDERS)
    return sum(
        remove_outputs(storage, form, key, keep_removed=keep_removed)
        for form in forms
        for key in rendered_scopes(storage, form)
        if key not in live
    )


def _contained(steps: Iterable[Step], form: str, folder: str) -> Iterator[Step]:
    for step in steps:
        if step is not None and not owned_by(step[0], form, folder):
            raise StorageError(
                f"refused to render {step[0]!r}", hint="report this: the exporter left its own folder"
            )
        yield step
