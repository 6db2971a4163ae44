"""Whether a scope's output in a format is up to date with what is committed, for checks that run at any time.

Here: that question. Not here: rendering (``core.render``). What is behind the commits is not wrong: the next render
brings it up, so a check counts it apart.
"""

from functools import cache

from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.publish import input_hash
from notion_sync_assets.core.render.render_state import RenderState
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import snapshot


class Freshness:
    """Answers for one look at an export; each is worked out once."""

    def __init__(self, storage: Storage, options: RenderOptions) -> None:
        self._storage = storage
        self._options = options
        self.current = cache(self._current)

    def _current(self, form: str, key: str) -> bool:
        """Tell whether the output was finished from what is committed now."""
        record = RenderState(self._storage, form, key).settled()
        view = snapshot(self._storage, key)
        if record is None or view is None:
            return False
        try:
            with open_slice(self._storage, key) as links:
                wanted = input_hash(view, links, FORMATS[form], self._options)
        except FileNotFoundError:
            return False
        return bool(record["input"] == wanted)
