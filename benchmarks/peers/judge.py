"""How much of the planted workspace is in what a peer wrote.

A marker counts as found when it stands anywhere in the peer's files, visible or not, an address or not: more lenient
than the judge of our own formats (``notion_sync_assets_tests.fidelity.reading``). Not here: what a peer is judged on.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.catalogue import Peer
from notion_sync_assets_tests.fidelity.markers import Marker

_TEXTS = (".md", ".yaml", ".json", ".jsonl")
_JSON = (".json", ".jsonl")
# Folders of an export of ours that are not for people to read.
_OURS = ("state", "receipts", ".dagster")


def judge(peer: Peer, markers: Sequence[Marker], output: Path) -> dict[str, Any]:
    """Return how many of the markers a peer is judged on come out, and the kinds of which some do not."""
    judged = [marker for marker in markers if peer.judged_on(marker.area, marker.kind)]
    text = "\n".join(_texts(output))
    lost = [marker for marker in judged if not _found(marker, text)]
    missing = Counter(f"{marker.area}: {marker.kind}" for marker in lost)
    return {
        "judged": len(judged),
        "found": len(judged) - len(lost),
        "planted": len(markers),
        "missing": dict(sorted(missing.items())),
    }


def _found(marker: Marker, text: str) -> bool:
    return marker.token in text or (bool(marker.told_as) and marker.told_as in text)


def _texts(output: Path) -> Iterator[str]:
    for path in sorted(output.rglob("*")):
        if path.suffix not in _TEXTS or any(part in _OURS for part in path.relative_to(output).parts):
            continue
        held = path.read_text(encoding="utf-8", errors="replace")
        documents = held.splitlines() if path.suffix == ".jsonl" else [held]
        yield _unescaped(documents) if path.suffix in _JSON else held


def _unescaped(documents: Iterable[str]) -> str:
    """JSON with its escapes resolved: what stands in it as characters, not as codes."""
    return "\n".join(json.dumps(json.loads(document), ensure_ascii=False) for document in documents)
