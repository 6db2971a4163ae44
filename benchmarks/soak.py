"""`python -m benchmarks.soak [--minutes 30]`: the real deployment while a workspace changes and things break.

Daemon, webserver and `notion-sync serve` on one instance, against an emulated Notion that fails one request in twenty.
Three scopes change every few seconds, and webhooks tell of it. After a quarter of the time and after seven tenths of it
Notion restarts and is away for 20 s; at half time the daemon is killed and started again. Then nothing changes any
more, and when the queue is empty and no run is left, it has to hold:

- the rendered files are those of a fresh export of the same workspace into an empty folder, and the pages those the
  oracle names; before any reconcile (what webhooks alone brought) and after one;
- every event that Notion sent was taken once and worked off by a run that ended well; no run key has two runs and no run
  is left unfinished; each committed change of a page is in the event log once;
- no process holds more memory at the end than early on.

Here: what is done and what has to hold. Not here: the processes (``soak_processes``).
"""

import argparse
import contextlib
import random
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import orjson

from benchmarks.evidence import rendered
from benchmarks.results import keep
from benchmarks.soak_processes import MemoryLog, Services, program, running_services, said
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync import outbox
from notion_sync_assets.core.sync.commits import Commits, snapshot
from notion_sync_assets.core.webhooks.batches import BatchBook
from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import RunningEmulator, running_emulator
from notion_sync_assets.names import SCOPE_TAG, SEQ_TAG
from notion_sync_assets.schedules import UNFINISHED
from notion_sync_assets.webhook_sensor import BATCH_TAG

WORLD = EmulatorConfig(
    world="generated", pages=12, rows=24, databases=2, depth=3, limit=600, fault_rate=0.05, hang_seconds=5.0
)
RESTARTS, KILLED = (0.25, 0.7), 0.5
AWAY_S = 20.0
CHANGE_S = 1.5
_QUIET_S = 20.0
_PATIENCE_S = 900.0
_RUN_KEY, _PARENT = "dagster/run_key", "dagster/parent_run_id"
_RECONCILE = {"ops": {"export_scopes": {"config": {"both_ways": True}}}}


def main() -> None:
    """Soak, print the result as JSON, and keep it beside this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument(
        "--folder", type=Path, help="an empty folder where everything stays, to look into a failure"
    )
    arguments = parser.parse_args()
    minutes = arguments.minutes
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        measured = Soak(arguments.folder or Path(folder), minutes).run()
    keep(f"soak-{minutes:g}", measured)
    raise SystemExit(0 if measured["held"] else 1)


class Changes(threading.Thread):
    """Somebody who works in the workspace: a change every 1.5 s, each of three scopes in turn."""

    def __init__(self, notion: RunningEmulator) -> None:
        super().__init__(daemon=True)
        self._notion = notion
        self._chance = random.Random(7)
        self._over = threading.Event()
        parents = notion.control.oracle_ids("page")
        sources = sorted(notion.control.oracle_ids("data_source"))
        tree = [page for page, holder in parents.items() if holder is None or holder in parents]
        self._scopes: list[tuple[str, str, list[str]]] = [
            ("row", source, [page for page, holder in parents.items() if holder == source])
            for source in sources
        ]
        self._scopes.append(("page", tree[0], tree))
        self._mine: list[tuple[str, list[str]]] = []
        self.made: Counter[str] = Counter()

    def run(self) -> None:
        """Change things until told to end; while Notion is away nobody can."""
        while not self._over.wait(CHANGE_S):
            with contextlib.suppress(httpx.HTTPError):
                self._change(*self._scopes[self.made.total() % len(self._scopes)])

    def end(self) -> dict[str, int]:
        """End; return how many changes of each kind were made."""
        self._over.set()
        self.join()
        return dict(self.made)

    def _change(self, kind: str, holder: str, pages: list[str]) -> None:
        operations = {"rename": 8, "add_block": 5, "add_comment": 3, "add": 2, "trash": 1}
        (operation,) = self._chance.choices(list(operations), weights=list(operations.values()))
        text = f"{operation} {self.made.total()}"
        if operation == "add" or (operation == "trash" and not self._mine):
            operation = f"add_{kind}"
            where = {"data_source_id": holder} if kind == "row" else {"parent_id": holder}
            made = self._notion.control.change(operation, **where, title=text, texts=["A line."])
            pages.append(made["id"])
            self._mine.append((made["id"], pages))
        elif operation == "trash":
            page, among = self._mine.pop(0)
            among.remove(page)
            self._notion.control.change("trash", object_id=page)
        else:
            self._edit(operation, self._chance.choice(pages), text)
        self.made[operation] += 1

    def _edit(self, operation: str, page: str, text: str) -> None:
        arguments = {
            "rename": {"object_id": page, "title": text},
            "add_block": {"parent_id": page, "text": text},
            "add_comment": {"owner_id": page, "text": text},
        }
        self._notion.control.change(operation, **arguments[operation])


class Soak:
    """One soak in a folder of its own."""

    def __init__(self, folder: Path, minutes: float) -> None:
        self._folder = folder
        self._seconds = minutes * 60
        self._root = folder / "export"
        self._log: list[str] = []

    def run(self) -> dict[str, Any]:
        """Do everything; return what was seen, and whether all of it holds."""
        with running_emulator(WORLD) as notion:
            with running_services(self._folder, self._variables(notion.url, self._root)) as services:
                seen = self._soaked(notion, services)
            seen["log"] = self._log
            seen["held"] = held(seen)
            return seen

    def _soaked(self, notion: RunningEmulator, services: Services) -> dict[str, Any]:
        self._begin(notion, services)
        memory, changes = MemoryLog(services), Changes(notion)
        memory.start()
        changes.start()
        self._live_through(notion, services)
        made = changes.end()
        with dg.DagsterInstance.from_config(str(self._folder / "home")) as instance:
            self._wait_until_quiet(notion, instance)
            self._tell("quiet")
            by_webhooks = self._compared(notion, "webhooks")
            self._reconcile(services, instance)
            self._tell("reconciled")
            return {
                "minutes": self._seconds / 60,
                "changes": made,
                "by_webhooks": by_webhooks,
                "after_a_reconcile": self._compared(notion, "reconcile"),
                "events": self._events(notion),
                "runs": runs(instance),
                "page_events": page_events(instance, LocalStorage(self._root)),
                "memory": memory.end(),
                "largest_run_mb": round(memory.run_peak_mb, 1),
            }

    def _begin(self, notion: RunningEmulator, services: Services) -> None:
        services.run(program("notion-sync"), "export", "--quiet")
        with dg.DagsterInstance.from_config(str(self._folder / "home")):
            pass
        for sensor in ("webhook_sensor", "publish_after_sync"):
            services.run(program("dagster"), "sensor", "start", "-w", "workspace.yaml", sensor)
        services.run(program("dagster"), "schedule", "start", "-w", "workspace.yaml", "sync_delta")
        log = services.serve()
        notion.control.subscribe(said(log, 0)["webhook"])
        notion.control.verify(said(log, 1)["verification_token"])
        services.daemon()
        services.webserver(0)
        self._tell("started")

    def _live_through(self, notion: RunningEmulator, services: Services) -> None:
        began = time.monotonic()

        def until(share: float) -> None:
            time.sleep(max(0.0, began + share * self._seconds - time.monotonic()))

        until(RESTARTS[0])
        notion.restart(AWAY_S)
        self._tell("Notion restarted")
        until(KILLED)
        services.kill("daemon")
        time.sleep(5)
        services.daemon()
        self._tell("daemon killed and started")
        until(RESTARTS[1])
        notion.restart(AWAY_S)
        self._tell("Notion restarted")
        until(1.0)

    def _wait_until_quiet(self, notion: RunningEmulator, instance: dg.DagsterInstance) -> None:
        """Wait until nothing is on its way: no delivery, event, batch or run, for some time on end."""
        end, quiet_since = time.monotonic() + _PATIENCE_S, None
        while quiet_since is None or time.monotonic() - quiet_since < _QUIET_S:
            if time.monotonic() > end:
                raise TimeoutError(f"not quiet: {self._under_way(notion, instance)}")
            busy = self._under_way(notion, instance)
            quiet_since = None if any(busy.values()) else quiet_since or time.monotonic()
            time.sleep(1)

    def _under_way(self, notion: RunningEmulator, instance: dg.DagsterInstance) -> dict[str, int]:
        with contextlib.closing(WebhookDatabase(self._root / "state" / "webhooks")) as database:
            counts = BatchBook(database).counts()
        return {
            "deliveries": notion.control.webhooks()["waiting"],
            "events": self._query("SELECT count(*) FROM events WHERE content IS NOT NULL"),
            "batches": counts["waiting"] + counts["requested"],
            "runs": instance.get_runs_count(dg.RunsFilter(statuses=UNFINISHED)),
        }

    def _reconcile(self, services: Services, instance: dg.DagsterInstance) -> None:
        config = orjson.dumps(_RECONCILE).decode()
        command = ("job", "launch", "-w", "workspace.yaml", "-j", "export_job", "--config-json", config)
        services.run(program("dagster"), *command)
        _wait(lambda: not instance.get_runs_count(dg.RunsFilter(statuses=UNFINISHED)))

    def _compared(self, notion: RunningEmulator, name: str) -> dict[str, Any]:
        """Compare with a fresh export of the same state, and with what the oracle says there is."""
        notion.control.configure(fault_rate=0.0)
        fresh = self._folder / f"fresh-{name}"
        variables = self._variables(notion.url, fresh) | {"DAGSTER_HOME": ""}
        Services(self._folder, variables).run(program("notion-sync"), "export", "--quiet")
        notion.control.configure(fault_rate=WORLD.fault_rate)
        ours, theirs = rendered(self._root), rendered(fresh)
        differing = sorted(path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path))
        return {
            "files": len(theirs),
            "differing": differing[:50],
            "pages": len(present_pages(LocalStorage(self._root))),
            "pages_of_the_oracle": len(notion.control.oracle_ids("page")),
            "same_pages": present_pages(LocalStorage(self._root)) == set(notion.control.oracle_ids("page")),
        }

    def _events(self, notion: RunningEmulator) -> dict[str, Any]:
        deliveries = notion.control.webhooks()["deliveries"]
        sent = {each["id"] for each in deliveries}
        known = self._query("SELECT count(*) FROM events")
        with contextlib.closing(WebhookDatabase(self._root / "state" / "webhooks")) as database:
            batches = BatchBook(database).counts()
        return {"deliveries": len(deliveries), "sent": len(sent), "known": known, "batches": batches}

    def _query(self, sql: str) -> int:
        path = self._root / "state" / "webhooks" / "queue.sqlite"
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as db:
            return int(db.execute(sql).fetchone()[0])

    def _variables(self, url: str, root: Path) -> dict[str, str]:
        return {
            "DAGSTER_HOME": str(self._folder / "home"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "NOTION_TOKEN": "secret_soak",
            "NOTION_BASE_URL": url,
            "NOTION_SYNC_OUTPUT__PATH": str(root),
            "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": str(WORLD.limit),
            "NOTION_SYNC_NOTION__TIMEOUT_SECONDS": "10",
            "NOTION_SYNC_LIMITER__FOLDER": str(self._folder / "limiter"),
        }

    def _tell(self, what: str) -> None:
        self._log.append(f"{time.strftime('%H:%M:%S')} {what}")
        print(self._log[-1], flush=True)


def runs(instance: dg.DagsterInstance) -> dict[str, Any]:
    """Return the runs by job and end, those asked for twice, and those that ended badly and were not made good."""
    every = instance.get_runs()
    ended: Counter[str] = Counter(f"{run.job_name} {run.status.value}" for run in every)
    keys = Counter(run.tags[_RUN_KEY] for run in every if _RUN_KEY in run.tags and _PARENT not in run.tags)
    batches = Counter(
        run.tags[BATCH_TAG] for run in every if BATCH_TAG in run.tags and _PARENT not in run.tags
    )
    return {
        "by_job_and_end": dict(sorted(ended.items())),
        "webhook_batches": len(batches),
        "doubled": sorted(key for key, count in (keys + batches).items() if count > 1 and ":" in key),
        "unfinished": sum(run.status in UNFINISHED for run in every),
    }


def page_events(instance: dg.DagsterInstance, storage: LocalStorage) -> dict[str, int]:
    """Return the committed changes of pages, how many of them the event log lacks, and how many it has twice."""
    committed = Counter(
        (key[-32:], str(event.seq), event.object_id)
        for key in Commits(storage).committed_scopes()
        for commit in Commits(storage).history(key)
        for event in outbox.events_of(storage, commit)
        if event.object == "page"
    )
    logged: Counter[tuple[str, str, str]] = Counter()
    cursor, more = None, True
    while more:
        key = dg.AssetKey(["notion", "page_versions"])
        answer = instance.fetch_materializations(key, limit=1000, cursor=cursor)
        for record in answer.records:
            event = record.asset_materialization
            assert event is not None
            tags = event.tags or {}
            logged[tags[SCOPE_TAG], tags[SEQ_TAG], str(event.partition)] += 1
        cursor, more = answer.cursor, answer.has_more
    wanted = {(scope, seq, page.replace("-", "")) for scope, seq, page in committed}
    found = {(scope, seq, page.replace("-", "")) for scope, seq, page in logged}
    twice = sum(count > 1 for count in logged.values())
    return {
        "committed": len(wanted),
        "missing": len(wanted - found),
        "unknown": len(found - wanted),
        "twice": twice,
    }


def present_pages(storage: LocalStorage) -> set[str]:
    """Return the ids of all pages that the newest manifests show."""
    found: set[str] = set()
    for key in Commits(storage).committed_scopes():
        view = snapshot(storage, key)
        found.update(row.page_id for row in (view.rows() if view else ()) if row.present)
    return found


def held(seen: dict[str, Any]) -> bool:
    """Tell whether everything is as promised; what webhooks alone brought is told beside it."""
    events, made = seen["events"], seen["runs"]
    right = all(not each["differing"] and each["same_pages"] for each in (seen["after_a_reconcile"],))
    queue = events["sent"] == events["known"] and not events["batches"]["given_up"]
    one_each = not made["doubled"] and not made["unfinished"]
    published = not any(seen["page_events"][name] for name in ("missing", "unknown", "twice"))
    flat = all(each["flat"] for each in seen["memory"].values())
    return right and queue and one_each and published and flat


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
