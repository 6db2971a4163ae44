"""The readable summary of a receipt, for the end of ``export`` and for ``status``.

Here: text from a receipt's JSON. Not here: the receipt (``core.sync.receipt``).
"""

from collections.abc import Iterator

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.terminal import one_line

_ORDER = ("page", "data_source", "database", "user", "block", "comment", "unknown")
_SAMPLES = 5


def summary(receipt: Json) -> str:
    """Return the receipt in a few lines: what is in which state, what is missing and why, what it cost."""
    return "\n".join(_lines(receipt))


def is_failed_page(item: Json) -> bool:
    """Tell whether an object of a receipt is a page that failed: of all the objects a summary needs these."""
    return bool(item["state"] == "failed" and item["object"] == "page")


def _lines(receipt: Json) -> Iterator[str]:
    name = one_line(receipt["workspace"].get("workspace_name") or "workspace")
    yield f"{name}: export {receipt['status']} (run {receipt['run_id']})"
    for kind in sorted(
        receipt["counts"], key=lambda each: _ORDER.index(each) if each in _ORDER else len(_ORDER)
    ):
        states = receipt["counts"][kind]
        yield f"  {kind.replace('_', ' ') + 's':14} " + ", ".join(
            f"{count} {state.replace('_', ' ')}" for state, count in sorted(states.items())
        )
    content = receipt["content"]
    yield f"  content        {content.get('blocks', 0)} blocks, {content.get('files', 0)} files"
    yield from _partial(receipt["selection"])
    yield from _omitted(receipt)
    yield from _failures(receipt)
    yield f"  requests       {_requests(receipt['requests'])}"


def _partial(selection: Json) -> Iterator[str]:
    """Say what was not asked for, so that a part is never taken for the whole."""
    if not selection["partial"]:
        return
    told = [
        f"without {name}" for name in ("blocks", "properties", "comments", "files") if not selection[name]
    ]
    told += [f"only {len(selection[name])} {name}" for name in ("databases", "pages") if selection[name]]
    if selection["exclude"]:
        told.append(f"{len(selection['exclude'])} excluded")
    if selection["max_file_size_bytes"]:
        told.append(f"files up to {selection['max_file_size_bytes']} bytes")
    yield "  partial        " + ", ".join(told)


def _omitted(receipt: Json) -> Iterator[str]:
    if receipt["omitted"]:
        reasons = ", ".join(
            f"{count} {reason.replace('_', ' ')}" for reason, count in receipt["omitted"].items()
        )
        yield f"  omitted        {reasons}"


def _failures(receipt: Json) -> Iterator[str]:
    for each in receipt["errors"][:_SAMPLES]:
        yield f"  FAILED scope {each['scope']}: {one_line(each['error'])}"
    failed = [item for item in receipt["objects"] if is_failed_page(item)]
    for item in failed[:_SAMPLES]:
        yield f"  FAILED page {item['id']}: {one_line(item.get('reason', ''))}"
    if len(failed) > _SAMPLES:
        yield f"  … and {len(failed) - _SAMPLES} more; all are in the receipt"


def _requests(report: Json) -> str:
    told = [f"{report['made']} made", f"{report['rejected']} rejected"]
    retried = sum(report["retries"].values())
    told += [f"{retried} retried"] if retried else []
    told += [f"{report['overloaded']} while overloaded"] if report["overloaded"] else []
    told += [f"{report['outages']} outage(s) ({report['outage_seconds']:.0f} s)"] if report["outages"] else []
    if report.get("limit_per_window"):
        told.append(f"{report['utilisation']:.1%} of the limit used")
        told.append(f"{report['waited_seconds']} s waited for it (sum of all requests)")
    return ", ".join(told)
