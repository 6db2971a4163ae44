"""The command line of the emulator: `python -m notion_sync_assets.emulator --help`.

Prints `{"url": …, "pid": …}` on one line of stdout when it serves, nothing else; ends on SIGTERM and SIGINT.
"""

import argparse
import dataclasses
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from notion_sync_assets.emulator.config import FAULT_KINDS, EmulatorConfig

DEFAULTS = EmulatorConfig()
NUMBERS: tuple[tuple[str, type, str], ...] = (
    ("port", int, "port on loopback, 0 takes a free one"),
    ("pages", int, "generated world: standalone pages"),
    ("rows", int, "generated world: rows of all databases together"),
    ("databases", int, "generated world: databases"),
    ("depth", int, "generated world: levels of the page tree"),
    ("crowd", int, "generated world: rows of the first database made in one minute"),
    ("seed", int, "the same seed gives the same workspace, faults and bad habits"),
    ("limit", int, "requests per window and token, 0 for no limit"),
    ("window", float, "seconds of a window"),
    ("latency_ms", float, "milliseconds added to every request"),
    ("fault_rate", float, "share of requests that meet a fault"),
    ("hang_seconds", float, "how long a timeout fault stays silent"),
    ("search_lag", float, "seconds until search knows of a change"),
    ("search_omit_rate", float, "share of reachable pages search never lists"),
    ("short_page_rate", float, "share of list pages that come short"),
    ("search_cursor_ttl", float, "seconds a search cursor lives"),
    ("cursor_ttl", float, "seconds any other cursor lives, 0 for ever"),
    ("file_ttl", float, "seconds a file address lives"),
    ("result_cap", int, "results of one query"),
    ("search_cap", int, "results of one search, 0 for no cap"),
    ("webhook_delay", float, "seconds an event is sent late at most"),
    ("webhook_retry", float, "seconds until a failed event is sent again, then twice as long"),
    ("webhook_duplicate_rate", float, "share of events that are sent twice"),
)


def parser() -> argparse.ArgumentParser:
    """The options, with the defaults of `EmulatorConfig`."""
    made = argparse.ArgumentParser(prog="notion-emulator", description=__doc__)
    for name, kind, about in NUMBERS:
        flag = f"--{name.replace('_', '-')}"
        made.add_argument(
            flag, type=kind, default=getattr(DEFAULTS, name), help=f"{about} (default: %(default)s)"
        )
    made.add_argument(
        "--world", choices=("demo", "generated"), default=DEFAULTS.world, help="which workspace"
    )
    made.add_argument("--window-mode", choices=("fixed", "sliding"), default=DEFAULTS.window_mode)
    made.add_argument("--fault-kinds", default=",".join(FAULT_KINDS), help="kinds, separated by commas")
    made.add_argument("--token", default=None, help="the only token accepted (default: any)")
    made.add_argument(
        "--data", type=Path, default=None, help="serve the recorded objects of this folder instead"
    )
    made.add_argument("--exit-with-parent", action="store_true", help="end when stdin is closed")
    return made


def config_of(arguments: argparse.Namespace) -> EmulatorConfig:
    """The settings behind parsed options."""
    names = {field.name for field in dataclasses.fields(EmulatorConfig)}
    values = {name: value for name, value in vars(arguments).items() if name in names}
    values["fault_kinds"] = tuple(kind for kind in arguments.fault_kinds.split(",") if kind)
    return EmulatorConfig(**values)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to end; 2 when the options contradict themselves."""
    arguments = parser().parse_args(argv)
    try:
        config = config_of(arguments)
    except ValueError as error:
        sys.stderr.write(f"notion-emulator: {error}\n")
        return 2
    if arguments.exit_with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    from notion_sync_assets.emulator.server import serve

    serve(config, _announce)
    return 0


def _announce(url: str) -> None:
    sys.stdout.write(json.dumps({"url": url, "pid": os.getpid()}) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """The parent holds the other end of stdin: its end is ours."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    raise SystemExit(main())
