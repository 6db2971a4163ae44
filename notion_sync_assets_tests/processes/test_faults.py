"""A first export while every fifth answer is a fault of some kind: nothing is lost, nothing differs, all is told."""

from collections import Counter

import pytest

from notion_sync_assets.emulator.config import FAULT_KINDS
from notion_sync_assets_tests.processes.evidence import catalog, rendered
from notion_sync_assets_tests.processes.exporter import Exporter

STATUSES = [kind for kind in FAULT_KINDS if kind.isdigit()]
BROKEN_OFF = {"ReadError", "RemoteProtocolError", "WriteError"}
# A call whose tries are used up is begun again as a whole, which is no retry; that is rare.
BEGUN_AGAIN = 3
# Shorter than the emulator's silence, so that it is the client that gives up; longer than a busy machine delays an answer,
# since a rejection that came too late would be told as a time-out.
SETTINGS = {"NOTION__TIMEOUT_SECONDS": 3, "NOTION__REQUESTS_PER_MINUTE": 100_000}


def _exports(start_emulator, tmp_path, seed, formats, **size):
    """An export without faults, one with them, what the server did to the second, and its outcome."""
    emulator = start_emulator(world="generated", seed=seed, hang_seconds=9.0, **size)
    settings = {**SETTINGS, "OUTPUT__FORMATS": formats}
    clean = Exporter(tmp_path / "clean", emulator.url, settings=settings)
    assert clean.call("export", "--quiet").code == 0
    emulator.control.reset()
    emulator.control.configure(fault_rate=0.2, fault_kinds=list(FAULT_KINDS))
    hit = Exporter(tmp_path / "hit", emulator.url, settings=settings)
    finished = hit.call("export", "--quiet", "--json")
    return clean, hit, emulator.control.stats(), finished


def _check(clean, hit, stats, finished):
    assert finished.code == 0, finished.err
    assert not [states for states in hit.receipt["counts"].values() if "failed" in states]
    assert hit.receipt["counts"] == clean.receipt["counts"]
    assert rendered(hit.folder) == rendered(clean.folder)
    assert catalog(hit.folder) == catalog(clean.folder)
    _check_report(hit.receipt["requests"], stats)


def _check_report(told, stats):
    faults, retries = Counter(stats["faults"]), Counter(told["retries"])
    assert set(faults) == set(FAULT_KINDS)
    assert told["made"] == stats["requests"]
    assert (told["rejected"], told["overloaded"]) == (faults["429"], faults["529"])
    assert told["rejected_by_reason"] == {"public_api_space_request_rate_limit": faults["429"]}
    for kind in STATUSES:
        _check_retries(retries[kind], faults[kind])
    _check_retries(sum(retries[error] for error in BROKEN_OFF), faults["reset"] + faults["truncate"])
    # A machine that is busy elsewhere lets an answer without a fault come too late, as well.
    assert retries["ReadTimeout"] >= faults["timeout"] - BEGUN_AGAIN
    assert set(retries) <= {*STATUSES, *BROKEN_OFF, "ReadTimeout"}


def _check_retries(retried, faults):
    assert max(1, faults - BEGUN_AGAIN) <= retried <= faults


@pytest.mark.system
def test_a_small_workspace_comes_out_the_same_through_faults_of_every_kind(start_emulator, tmp_path):
    size = {"pages": 30, "rows": 20, "databases": 1}
    _check(*_exports(start_emulator, tmp_path, seed=1, formats="json,csv", **size))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_workspace_comes_out_the_same_through_faults_of_every_kind(start_emulator, tmp_path, seed):
    size = {"pages": 60, "rows": 150, "databases": 3}
    _check(*_exports(start_emulator, tmp_path, seed=seed, formats="json,markdown,html,csv,parquet", **size))
