"""How this process allocates memory: few heaps, so that what is freed can be used again or goes back.

Arrow's own allocator keeps tens of megabytes it once needed, and glibc opens a heap for every thread. Called by our own
entry points only, before Arrow is imported: importing the package changes nothing in somebody else's process.
"""

import ctypes
import sys

from notion_sync_assets.settings import prefer_variable

_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 2


def keep_heaps_small() -> None:
    """Let Arrow use the system's allocator, unless the operator chose one, and glibc two heaps for all threads."""
    prefer_variable("ARROW_DEFAULT_MEMORY_POOL", "system")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
