"""Observations of what changed beside pages: heads and columns of data sources, files, comments.

Here: which asset tells of which kind, and one observation per commit and kind. Not here: single events: those are in the
outbox and in the catalog's ``events``; an observation has the counts and the first of them, since an event takes
2 KB of the log.
"""

from collections import Counter
from dataclasses import dataclass, field

import dagster as dg

from notion_sync_assets.assets.scope_events import data_version
from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.sync.commits import Commit
from notion_sync_assets.core.sync.events import Event, EventObject
from notion_sync_assets.names import DATA_VERSION_TAG, OBJECT_TAG, SCOPE_TAG, SEQ_TAG

DETAIL_ASSETS = {"data_source": "databases", "property": "databases", "file": "files", "comment": "pages"}
_SAMPLES = 20


@dataclass(slots=True)
class DetailSummary:
    """What the events of one kind in one commit come to."""

    kind: EventObject
    counts: Counter[str] = field(default_factory=Counter)
    samples: list[Json] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Count an event; the first ones are kept."""
        self.counts[event.change] += 1
        if len(self.samples) < _SAMPLES:
            told = {
                "id": event.object_id,
                "title": event.title,
                "change": event.change,
                "page": event.page_id,
            }
            self.samples.append({name: value for name, value in told.items() if value})

    def observation(self, asset_key: dg.AssetKey, commit: Commit) -> dg.AssetObservation:
        """Return the observation; its data version is the commit."""
        return dg.AssetObservation(
            asset_key=asset_key,
            partition=commit.scope,
            metadata={
                **{change: dg.MetadataValue.int(count) for change, count in sorted(self.counts.items())},
                "first": dg.MetadataValue.json(self.samples),
                "committed_at": dg.MetadataValue.text(commit.committed_at),
            },
            tags={
                SCOPE_TAG: commit.scope[-32:],
                SEQ_TAG: str(commit.seq),
                OBJECT_TAG: self.kind,
                DATA_VERSION_TAG: data_version(commit),
            },
        )
