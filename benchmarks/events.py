"""`python -m benchmarks.events`: what an event costs Dagster's log on SQLite, singly and in batches.

Singly by Dagster's storage as it is, and with its files kept open as the command line has it; in batches as an export logs
pages. All ways write the same number of page events into new instances, taking turns; CPU milliseconds per event, the median
of the rounds.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from benchmarks.results import keep
from notion_sync_assets.assets.publishing import page_materialization
from notion_sync_assets.core.sync.events import Event
from notion_sync_assets.event_batch import log_runless_events
from notion_sync_assets.instance_storage import with_files_kept_open

_KEY = dg.AssetKey(["notion", "page_versions"])
_BATCH = 200
Way = Callable[[dg.DagsterInstance, Sequence[dg.AssetMaterialization]], None]


def _singly(instance: dg.DagsterInstance, events: Sequence[dg.AssetMaterialization]) -> None:
    for event in events:
        instance.report_runless_asset_event(event)


def _in_batches(instance: dg.DagsterInstance, events: Sequence[dg.AssetMaterialization]) -> None:
    for start in range(0, len(events), _BATCH):
        log_runless_events(instance, events[start : start + _BATCH])


def _events(number: int) -> list[dg.AssetMaterialization]:
    made = []
    for each in range(number):
        event = Event(
            scope="workspace",
            seq=1,
            object="page",
            object_id=f"{each:032x}",
            change="created",
            title=f"Page {each}",
            document=f"{each:064x}",
            committed_at="2026-11-01T00:00:00+00:00",
            url=f"https://www.notion.so/{each:032x}",
        )
        made.append(page_materialization(_KEY, event, "00000000-0000-0000-0000-000000000000"))
    return made


def cost(way: Way, number: int, *, kept_open: bool = False) -> float:
    """Return the CPU milliseconds per event of one way, in a new instance that is warmed up."""
    events = _events(number + 1)
    with tempfile.TemporaryDirectory() as folder:
        ref = InstanceRef.from_dir(folder)
        instance = dg.DagsterInstance.from_ref(with_files_kept_open(ref) if kept_open else ref)
        try:
            way(instance, events[:1])
            began = time.process_time()
            way(instance, events[1:])
            return (time.process_time() - began) * 1000 / number
        finally:
            instance.dispose()


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    rounds = [
        (
            cost(_singly, chosen.events),
            cost(_singly, chosen.events, kept_open=True),
            cost(_in_batches, chosen.events),
        )
        for _ in range(chosen.rounds)
    ]
    singly, kept_open, together = (statistics.median(column) for column in zip(*rounds, strict=True))
    keep(
        "events",
        {
            "events": chosen.events,
            "rounds": chosen.rounds,
            "cpu_ms_per_event_singly": round(singly, 3),
            "cpu_ms_per_event_kept_open": round(kept_open, 3),
            "cpu_ms_per_event_in_batches": round(together, 3),
            "ratio": round(singly / together, 1),
        },
    )


if __name__ == "__main__":
    main()
