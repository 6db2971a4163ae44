"""The code location: definitions built from the settings of this process, nothing else."""

from notion_sync_assets.allocation import freeze_imports, keep_heaps_small

keep_heaps_small()

from notion_sync_assets.build import build_definitions  # noqa: E402 - Arrow chooses its allocator when imported
from notion_sync_assets.settings import load_settings  # noqa: E402

defs = build_definitions(load_settings())
freeze_imports()
