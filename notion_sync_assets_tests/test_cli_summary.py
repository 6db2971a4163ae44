"""The line about requests at the end of an export."""

import pytest

from notion_sync_assets.cli_summary import summary

QUIET = {
    "made": 40,
    "rejected": 0,
    "retries": {},
    "overloaded": 0,
    "outages": 0,
    "outage_seconds": 0.0,
}
LIMITED = {"limit_per_window": 180, "utilisation": 0.985, "waited_seconds": 61.2}
TROUBLED = {
    "rejected": 2,
    "retries": {"429": 2, "503": 3},
    "overloaded": 1,
    "outages": 1,
    "outage_seconds": 604.4,
}


def _line(requests):
    receipt = {
        "workspace": {"workspace_name": "Acme"},
        "status": "complete",
        "run_id": "run",
        "counts": {},
        "content": {},
        "selection": {"partial": False},
        "omitted": {},
        "errors": [],
        "objects": [],
        "requests": requests,
    }
    return summary(receipt).splitlines()[-1].split(maxsplit=1)[1]


@pytest.mark.parametrize(
    ("requests", "told"),
    [
        (QUIET, "40 made, 0 rejected"),
        (
            QUIET | LIMITED,
            "40 made, 0 rejected, 98.5% of the limit used, 61.2 s waited for it (sum of all requests)",
        ),
        (
            QUIET | TROUBLED,
            "40 made, 2 rejected, 5 retried, 1 while overloaded, 1 outage(s) (604 s)",
        ),
    ],
    ids=["nothing to tell", "with a limit", "in trouble"],
)
def test_the_requests_are_told_with_what_went_wrong_and_how_much_of_the_limit_was_used(requests, told):
    assert _line(requests) == told
