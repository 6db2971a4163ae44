"""The code location: definitions built from the settings of this process, nothing else."""

from notion_sync_assets.build import build_definitions
from notion_sync_assets.settings import load_settings

defs = build_definitions(load_settings())
