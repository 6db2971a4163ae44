"""`python -m benchmarks.peers [--rounds 3] [--pages 180] [--large 3000] [--only NAME]… [--limit 180]`: us and others.

Every round runs every peer once, each on a fresh emulator with the same workspace: without a limit one after the other,
with Notion's limit at the same time (each has a budget of its own, and waiting is most of it). Reported are the medians
of the rounds. Once more without a limit on a larger workspace, where starting up weighs less: every peer that would be
done with it before its patience ends, going by the rounds before. Content is judged once, on a workspace of planted
markers. Not here: who they are (``catalogue``).
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.peers.catalogue import NAMES, OURS, PEERS, Peer
from benchmarks.peers.environments import Environment, NotInstalledError, environment
from benchmarks.peers.judge import judge
from benchmarks.peers.local_notion import local_notion
from benchmarks.peers.measure import run
from benchmarks.peers.worlds import generated, planted
from benchmarks.results import keep

Json = dict[str, Any]
# Comments on blocks cost a request a block; they are off unless asked for.
_EVERYTHING = {"NOTION_SYNC_OUTPUT__BLOCK_COMMENTS": "true"}
_MEDIANS = ("seconds", "cpu_seconds", "peak_megabytes", "requests", "duplicates", "rejected", "failed")


def main() -> None:
    """Install, measure, judge, and keep the result."""
    chosen = _arguments()
    peers = [peer for peer in PEERS if peer.name in (chosen.only or NAMES)]
    found: dict[str, Json] = {peer.name: _about(peer) for peer in peers}
    ready = dict(_installed(peers, found))
    for peer, at in ready.items():
        found[peer.name]["content"] = _content(peer, at, chosen.patience)
    for name, limit in (("unlimited", 0), ("limited", chosen.limit)):
        if name == "limited" and not limit:
            continue
        rounds = [_round(ready, chosen.pages, limit, chosen.patience) for _ in range(chosen.rounds)]
        for peer in ready:
            found[peer.name][name] = _summary([one[peer.name] for one in rounds])
    if chosen.large:
        for name, ran in _round(_quick(ready, found, chosen), chosen.large, 0, chosen.patience).items():
            found[name]["large"] = _summary([ran])
    settings = {name: getattr(chosen, name) for name in ("pages", "rounds", "limit", "large", "patience")}
    keep("peers" if not chosen.only else "peers-some", {"settings": settings, "peers": found})


def _about(peer: Peer) -> Json:
    return {"registry": peer.registry, "does": peer.does, "pointed": peer.pointed}


def _installed(peers: Sequence[Peer], found: dict[str, Json]) -> Iterable[tuple[Peer, Environment]]:
    for peer in peers:
        try:
            at = environment(peer)
        except NotInstalledError as error:
            found[peer.name]["not_installed"] = str(error)
            continue
        found[peer.name] |= {"version": at.version, "remark": at.remark}
        yield peer, at


def _content(peer: Peer, at: Environment, patience_s: float) -> Json:
    config, world, markers = planted()
    with tempfile.TemporaryDirectory() as folder, local_notion(config, world) as notion:
        ran = run(peer, at, notion, Path(folder), patience_s, {**_limit(0), **_EVERYTHING})
        _say("content", peer, ran)
        return {**judge(peer, markers, Path(folder) / "output"), "complaint": ran["complaint"]}


def _quick(
    ready: dict[Peer, Environment], found: dict[str, Json], chosen: argparse.Namespace
) -> dict[Peer, Environment]:
    """Return the peers that would be done with the large workspace in time if they took as long for each page of it."""
    times = chosen.large / chosen.pages
    return {
        peer: at
        for peer, at in ready.items()
        if found[peer.name]["unlimited"]["seconds"] * times <= chosen.patience
    }


def _round(ready: dict[Peer, Environment], pages: int, limit: int, patience_s: float) -> dict[str, Json]:
    def once(peer: Peer) -> Json:
        config = generated(pages, limit)
        with tempfile.TemporaryDirectory() as folder, local_notion(config) as notion:
            ran = run(peer, ready[peer], notion, Path(folder), patience_s, _limit(limit))
        _say("limited" if limit else "unlimited", peer, ran)
        return ran

    return dict(zip([peer.name for peer in ready], _each(once, ready, together=bool(limit)), strict=True))


def _each(once: Callable[[Peer], Json], peers: Iterable[Peer], *, together: bool) -> list[Json]:
    if not together:
        return list(map(once, peers))
    with ThreadPoolExecutor(len(PEERS)) as pool:
        return list(pool.map(once, peers))


def _limit(limit: int) -> dict[str, str]:
    return {"NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": str(limit)}


def _summary(runs: Sequence[Json]) -> Json:
    """Medians of the rounds, the lowest and highest time, and what was said when one failed."""
    medians = {name: statistics.median(one[name] for one in runs) for name in _MEDIANS}
    seconds = [one["seconds"] for one in runs]
    return {
        **medians,
        "seconds_between": [min(seconds), max(seconds)],
        "needed": runs[0]["needed"],
        "made_over_needed": round(medians["requests"] / runs[0]["needed"], 3),
        "exit_codes": [one["exit_code"] for one in runs],
        "complaint": next((one["complaint"] for one in runs if one["complaint"]), ""),
    }


def _say(what: str, peer: Peer, ran: Json) -> None:
    print(
        f"{what} {peer.name}: {ran['seconds']} s, {ran['requests']} requests {ran['complaint']}",
        file=sys.stderr,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=180)
    parser.add_argument(
        "--large", type=int, default=3000, help="pages of the larger workspace; 0 leaves it out"
    )
    parser.add_argument("--limit", type=int, default=180, help="requests a minute; 0 leaves these rounds out")
    parser.add_argument("--patience", type=float, default=900, help="seconds until a run is stopped")
    parser.add_argument("--only", action="append", choices=NAMES, help=f"some peers only, e.g. {OURS.name}")
    return parser.parse_args()


if __name__ == "__main__":
    main()
