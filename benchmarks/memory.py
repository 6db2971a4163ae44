"""The resident memory of a process and all its children together, in mebibytes, as the system tells it.

Here: one reading. Not here: how often it is taken, and what it is compared with.
"""

import psutil

_MEGABYTE = 1024 * 1024


def tree_megabytes(pid: int) -> float:
    """Return the sum over a process and its descendants; 0 when it has ended."""
    try:
        top = psutil.Process(pid)
        return sum(_resident(each) for each in (top, *top.children(recursive=True))) / _MEGABYTE
    except psutil.NoSuchProcess:
        return 0.0


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
