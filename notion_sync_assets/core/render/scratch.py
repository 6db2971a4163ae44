"""Files on their way into the storage.

Here: a temporary file that is gone afterwards, whether it was moved away or not. Not here: moving it.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_file(folder: Path) -> Iterator[Path]:
    """Hand out an empty file in ``folder``; on leaving, remove it if it is still there."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix="render-")
    os.close(descriptor)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
