"""What a scope knows beside its commits: when it was last listed, and which young pages were found settled.

Here: the file. Not here: what it is used for (``plan.need``, ``delta``). It may be lost: then young pages are read
once more, and the next delta lists the scope whole.
"""

from dataclasses import asdict, dataclass, field

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage


@dataclass(frozen=True, slots=True)
class Watermark:
    """``listed_at``: start of the last listing that ended: a delta asks for what was edited since.

    ``confirmed``: page id → time of a read without change. ``source_hash``: what search showed of the data source when
    its head was last read. ``seq``: the commit it belongs to.
    """

    seq: int = 0
    listed_at: str | None = None
    confirmed: dict[str, str] = field(default_factory=dict)
    source_hash: str | None = None


def read_watermark(storage: Storage, key: str, seq: int) -> Watermark:
    """Return the watermark that belongs to commit ``seq``, an empty one otherwise."""
    try:
        found = Watermark(**orjson.loads(storage.read(layout.watermark(key))))
    except (FileNotFoundError, ValueError, TypeError):
        return Watermark(seq)
    return found if found.seq == seq else Watermark(seq, found.listed_at)


def write_watermark(storage: Storage, key: str, watermark: Watermark) -> None:
    """Store the watermark."""
    storage.write(layout.watermark(key), canonical_bytes(asdict(watermark)), durable=False)
