"""Versions and differences for people and programs: plain text, Markdown, JSON.

Here: wording. Not here: what differs (``differences``, ``report``). Texts come from anybody who can write in the
workspace: control characters are taken out, in Markdown what would be markup is escaped.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.history.differences import PageChanges, ValueChange
from notion_sync_assets.core.history.report import PageDifference, SchemaDifference
from notion_sync_assets.core.history.versions import Version
from notion_sync_assets.core.terminal import one_line

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LONGEST = 100
_MARKS = {"added": "+", "removed": "-", "edited": "~", "moved": ">"}
NOT_KEPT = "content not kept (output.versions)"


def version_lines(version: Version, users: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a version; ``users``: id → name."""
    event = version.event
    by = f" by {users.get(event.edited_by, event.edited_by)}" if event.edited_by else ""
    edited = f", edited {event.last_edited_time}{by}" if event.last_edited_time else ""
    yield plain(f"version {version.number}: {event.change} {event.committed_at}{edited}", longest=None)
    yield plain(f"    {event.scope} commit {event.seq}, run {version.run_id}", longest=None)
    if version.changes is None:
        yield f"    {NOT_KEPT}"
    elif version.number > 1:
        yield from (f"    {line}" for line in change_lines(version.changes))


def change_lines(changes: PageChanges) -> Iterator[str]:
    """Yield a line for each difference: ``+`` added, ``-`` removed, ``~`` changed, ``>`` moved."""
    yield from _value_lines("", changes.properties)
    for block in changes.blocks:
        texts = [_quoted(each) for each in (block.before, block.after) if each is not None]
        shown = texts if block.change == "edited" else texts[:1]
        yield f"{_MARKS[block.change]} {plain(block.kind)}: {' → '.join(shown)}"
    yield from _value_lines("", changes.comments)
    yield from _value_lines("file ", [_file(each) for each in changes.files])


def version_json(version: Version) -> Json:
    """Return a version as JSON."""
    return {
        "version": version.number,
        "run": version.run_id,
        "kept": version.kept,
        **dataclasses.asdict(version.event),
        "changes": changes_json(version.changes),
    }


def difference_json(page: PageDifference) -> Json:
    """Return what happened to a page as JSON."""
    return {**dataclasses.asdict(page), "changes": changes_json(page.changes)}


def changes_json(changes: PageChanges | None) -> Json | None:
    """Return differences as JSON, None where they are not known."""
    return dataclasses.asdict(changes) if changes is not None else None


def difference_lines(page: PageDifference, users: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a page in the report of a workspace, as text."""
    by = f", {plain(users.get(page.edited_by, page.edited_by))}" if page.edited_by else ""
    yield f"{page.change:8} {_quoted(page.title)}  ({page.committed_at[:16]}{by}, {page.page_id})"
    if page.change in ("edited", "moved"):
        lines = [NOT_KEPT] if page.changes is None else list(change_lines(page.changes))
        yield from (f"    {line}" for line in lines)


def difference_markdown(page: PageDifference, users: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a page in the report of a workspace, as Markdown."""
    title = marked(page.title or "Untitled")
    name = f"[{title}]({page.url})" if page.url and re.fullmatch(r"https://[\w./%-]+", page.url) else title
    by = f", {marked(users.get(page.edited_by, page.edited_by))}" if page.edited_by else ""
    yield f"- **{page.change}** {name} ({page.committed_at[:16]}{by})"
    if page.change in ("edited", "moved"):
        lines = [NOT_KEPT] if page.changes is None else list(change_lines(page.changes))
        yield from (f"  - {marked(line, longest=None)}" for line in lines)


def schema_line(found: SchemaDifference) -> str:
    """Return what happened to a data source or a column as a line."""
    kind = "column" if found.object == "property" else "data source"
    return f"{found.change:8} {kind} {_quoted(found.title)} of {found.scope}  ({found.committed_at[:16]})"


def plain(text: str, *, longest: int | None = _LONGEST) -> str:
    """Return text of one line without what could steer a terminal, cut where it is long."""
    clean = one_line(text, instead=" ").rstrip()
    return clean if longest is None or len(clean) <= longest else f"{clean[: longest - 1]}…"


def marked(text: str, *, longest: int | None = _LONGEST) -> str:
    """Return text of one line in which Markdown sees no markup."""
    return _MARKUP.sub(r"\\\1", plain(text, longest=longest))


def _quoted(text: str) -> str:
    return f'"{plain(text)}"'


def _file(change: ValueChange) -> ValueChange:
    """Leave the hashes out: the names say enough."""
    texts = [None if each is None else each[:8] for each in (change.before, change.after)]
    return ValueChange(change.name, *texts)


def _value_lines(kind: str, changes: list[ValueChange]) -> Iterator[str]:
    for each in changes:
        name = f"{kind}{plain(each.name)}"
        if each.before is None:
            yield f"+ {name}: {_quoted(each.after or '')}"
        elif each.after is None:
            yield f"- {name}: {_quoted(each.before)}"
        else:
            yield f"~ {name}: {_quoted(each.before)} → {_quoted(each.after)}"
