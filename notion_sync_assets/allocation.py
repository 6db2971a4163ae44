"""How this process allocates memory: few heaps, so that what is freed can be used again or goes back.

Arrow's own allocator keeps tens of megabytes it once needed, and glibc opens a heap for every thread. Called by our own
entry points only, the allocator before Arrow is imported: importing the package changes nothing in somebody else's process.
"""

import atexit
import contextlib
import ctypes
import gc
import sys
import time
from collections.abc import Iterator

from notion_sync_assets.settings import prefer_variable

# malloc.h
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_ARENAS = 2
_LARGE_BYTES = 256 * 1024
_SECONDS_BETWEEN = 1.0


def keep_heaps_small() -> None:
    """Let Arrow use the system's allocator, unless the operator chose one, and glibc two heaps for all threads."""
    prefer_variable("ARROW_DEFAULT_MEMORY_POOL", "system")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
        # Left alone, glibc takes ever larger buffers from its heaps, between small blocks that stay.
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _LARGE_BYTES)


class _Memory:
    """What is no longer in use, and who still holds it: Python objects that refer to each other, glibc's heaps."""

    def __init__(self) -> None:
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
        self._given_back_at = -_SECONDS_BETWEEN
        self._imports_frozen = False

    def give_back(self) -> None:
        """Return it to the system; a call that comes within a second of another does nothing.

        Milliseconds, once imports are frozen; before, the collector is not asked: it would go through all of them.
        """
        now = time.monotonic()
        if now - self._given_back_at < _SECONDS_BETWEEN:
            return
        self._given_back_at = now
        if self._imports_frozen:
            gc.collect()
        if self._trim is not None:
            self._trim(0)

    def freeze_imports(self) -> None:
        """Let the collector pass over what is there now, some 700,000 objects of modules that live as long as the process.

        It looks at all of them each time otherwise, and waits with that until a quarter as much garbage has gathered.
        Once in a process: what is in use later is not of the modules.
        """
        if self._imports_frozen:
            return
        self._imports_frozen = True
        gc.collect()
        gc.freeze()
        # At the end of the process extension modules look whether everything of theirs is gone.
        atexit.register(gc.unfreeze)


_memory = _Memory()
give_back = _memory.give_back
"""Return unused memory to the system, after work that needed much of it: a scope's commit, its rendering."""
freeze_imports = _memory.freeze_imports


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Import without the collector: it would go through what was imported before again and again, for a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
