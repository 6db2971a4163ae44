"""The receipt of a run: every object seen anywhere, in exactly one state (promise 1).

Here: the states and the counts. Not here: the file (``receipt_file``), the summary people read (``cli_summary``), when a
run is made.

A receipt's JSON form (``format`` 1)::

    {"format", "run_id", "started_at", "finished_at", "status": complete | incomplete | interrupted | failed,
     "exit_code", "workspace", "requests", "counts": {object kind: {state: count}}, "content": {blocks, files, omitted},
     "omitted": {reason: count}, "errors": [{"scope", "error", "hint"}], "scopes": [...],
     "objects": [{"id", "object", "state", "scope", "reason"}], "shortened": true where the objects were taken out}

States: ``exported`` (content changed in this run), ``unchanged``, ``not_shared``, ``trashed``, ``failed``,
``excluded``. Objects: page, data_source, database, and what content refers to (block, user, comment, unknown).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Commit, Commits, snapshot
from notion_sync_assets.core.sync.index import Index, IndexState
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.omitted import omissions
from notion_sync_assets.core.sync.receipt_file import write_receipt_file
from notion_sync_assets.core.sync.scopes import Scope

RECEIPT_FORMAT = 1
_GONE = {"trashed": "trashed", "not_found": "not_shared"}
_VERDICTS = {"linked": "exported", "not_shared": "not_shared", "trashed": "trashed", "found": "exported"}


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a run knows of itself. ``runs``: the Dagster runs it consists of; ``errors``: scope key → (error, hint).

    ``selection``: what was asked for (``Settings.selection``).
    ``excluded``: ids that were to be left out; ``left_out``: keys of scopes the run was not to work on.
    """

    run_id: str
    runs: frozenset[str]
    started_at: str
    finished_at: str
    status: str
    exit_code: int
    requests: Json
    errors: dict[str, tuple[str, str]] = field(default_factory=dict)
    selection: Json = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over all objects: by kind and state, over content, and of omissions by reason."""

    objects: dict[str, dict[str, int]]
    content: dict[str, int]
    omitted: dict[str, int]

    def of(self, state: str) -> int:
        """Return how many objects of any kind are in a state."""
        return sum(states.get(state, 0) for states in self.objects.values())


class Accounts:
    """The state of every object, read from the index and the committed manifests."""

    def __init__(self, storage: Storage, index: IndexState, facts: RunFacts) -> None:
        self._storage = storage
        self._index = index
        self._facts = facts
        self._commits = Commits(storage)
        self._ours: dict[str, set[int]] = {}

    def objects(self) -> Iterator[Json]:
        """Yield every object once: pages by scope, data sources and databases, then what content refers to."""
        seen: set[str] = set()
        for item in (*self._containers(), *self._unread(), *self._references()):
            if item["id"] not in seen:
                seen.add(item["id"])
                yield item
        for key in self._commits.committed_scopes():
            view = snapshot(self._storage, key)
            assert view is not None
            for row in view.rows():
                if row.page_id not in seen and not (row.reason or "").startswith("moved_to"):
                    yield _object(row.page_id, "page", self._page_state(row, view.commit), key, row.reason)

    def totals(self) -> Totals:
        """Return the counts."""
        states: dict[str, Counter[str]] = defaultdict(Counter)
        for item in self.objects():
            states[item["object"]][item["state"]] += 1
        content: Counter[str] = Counter()
        for key in self._commits.committed_scopes():
            commit = self._commits.head(key)
            assert commit is not None
            content.update({name: commit.counts.get(name, 0) for name in ("blocks", "files", "omitted")})
        return Totals({kind: dict(each) for kind, each in states.items()}, dict(content), self._omitted())

    def scopes(self) -> list[Json]:
        """Return one line per scope."""
        lines = []
        for scope in self._index.scopes:
            commit = self._commits.head(scope.key)
            changed = commit is not None and commit.run_id in self._facts.runs
            line: Json = {"key": scope.key, "kind": scope.kind, "id": scope.root_id, "title": scope.title}
            line |= {"sequence": commit.seq if commit else 0, "changed": changed}
            line["counts"] = commit.counts if commit else {}
            lines.append(line)
        return lines

    def _page_state(self, row: ManifestRow, commit: Commit) -> str:
        if row.page_id in self._facts.excluded:
            return "excluded"
        if row.state == "gone":
            return _GONE.get(row.reason or "", "not_shared")
        if row.state == "failed":
            return "failed"
        return "exported" if row.document_seq in self._committed_now(commit.scope) else "unchanged"

    def _committed_now(self, key: str) -> set[int]:
        """Return the numbers of a scope's commits that this run made."""
        if key not in self._ours:
            self._ours[key] = {
                each.seq for each in self._commits.history(key) if each.run_id in self._facts.runs
            }
        return self._ours[key]

    def _containers(self) -> Iterator[Json]:
        owners: dict[str, str] = {}
        for scope in self._index.scopes:
            if scope.kind != "data_source":
                continue
            state, reason = self._source_state(scope)
            yield _object(scope.root_id, "data_source", state, scope.key, reason)
            database = self._index.sources.get(scope.root_id)
            if database and owners.setdefault(database, scope.key) == scope.key:
                yield _object(database, "database", state, scope.key, reason)

    def _unread(self) -> Iterator[Json]:
        """Yield the pages search listed in scopes that have no commit, and those left out by their own id."""
        committed = self._commits.heads()
        bare = [scope for scope in self._index.scopes if scope.key not in committed]
        if not bare and not self._facts.excluded:
            return
        index = Index.load(self._storage)
        try:
            for scope in bare:
                state, reason = self._source_state(scope)
                for page in index.pages.of_root(scope.root_id):
                    yield _object(page.page_id, "page", state, scope.key, reason)
            for identifier in sorted(self._facts.excluded):
                if index.pages.get(identifier) is not None:
                    yield _object(identifier, "page", "excluded", None, None)
        finally:
            index.close()

    def _source_state(self, scope: Scope) -> tuple[str, str | None]:
        key = scope.key
        if {scope.root_id, self._index.sources.get(scope.root_id)} & self._facts.excluded:
            return "excluded", None
        if key in self._facts.errors:
            return "failed", self._facts.errors[key][0]
        commit = self._commits.head(key)
        if commit is None:
            return ("excluded", "not selected") if key in self._facts.left_out else ("not_shared", None)
        if commit.counts.get("container_trashed"):
            return "trashed", None
        return ("exported" if commit.run_id in self._facts.runs else "unchanged"), None

    def _references(self) -> Iterator[Json]:
        exported = self._exported_ids()
        for identifier, kind in sorted(self._index.unfamiliar.items()):
            yield _object(identifier, kind, "failed", None, "search returned an unfamiliar kind of object")
        for identifier, kind in sorted(self._index.trashed.items()):
            if identifier not in exported:
                yield _object(identifier, kind, "trashed", None, None)
        for identifier, verdict in sorted(self._index.verdicts.items()):
            if identifier not in exported:
                yield _object(identifier, verdict["kind"], _VERDICTS[verdict["state"]], None, None)
        for user in self._index.users:
            yield _object(str(user["id"]), "user", "exported", None, None)

    def _exported_ids(self) -> set[str]:
        """Ids of references that have been committed since they were judged."""
        judged = {*self._index.verdicts, *self._index.trashed}
        found: set[str] = set()
        for key in self._commits.committed_scopes() if judged else ():
            view = snapshot(self._storage, key)
            assert view is not None
            found.update(row.page_id for row in view.rows() if row.page_id in judged)
        return found

    def _omitted(self) -> dict[str, int]:
        return dict(sorted(Counter(each.reason for each in omissions(self._storage)).items()))


def write_receipt(
    storage: Storage, accounts: Accounts, facts: RunFacts, totals: Totals, workspace: Json
) -> str:
    """Write the receipt of a run, object by object; return its path."""
    head: Json = {
        "format": RECEIPT_FORMAT,
        "run_id": facts.run_id,
        "started_at": facts.started_at,
        "finished_at": facts.finished_at,
        "status": facts.status,
        "exit_code": facts.exit_code,
        "workspace": workspace,
        "selection": facts.selection,
        "requests": facts.requests,
        "counts": totals.objects,
        "content": totals.content,
        "omitted": totals.omitted,
        "errors": [
            {"scope": key, "error": text, "hint": hint} for key, (text, hint) in sorted(facts.errors.items())
        ],
        "scopes": accounts.scopes(),
    }
    return write_receipt_file(storage, facts.run_id, head, accounts.objects())


def _object(identifier: str, kind: str, state: str, scope: str | None, reason: str | None) -> Json:
    item: Json = {"id": identifier, "object": kind, "state": state}
    if scope:
        item["scope"] = scope
    if reason:
        item["reason"] = reason
    return item
