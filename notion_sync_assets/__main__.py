"""``python -m notion_sync_assets``: the same as ``notion-sync``."""

from notion_sync_assets.cli import main

main()
