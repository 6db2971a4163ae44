"""The demo workspace: Pebble Robotics, a small maker of garden robots, with everything Notion can hold in it.

Each module writes one part; this one says in which order. Parts know each other by the ids of `named_id`.
"""

from notion_sync_assets.emulator.demo.company import write_company
from notion_sync_assets.emulator.demo.every_block import write_every_block
from notion_sync_assets.emulator.demo.every_mention import write_every_mention
from notion_sync_assets.emulator.demo.hostile import write_hostile
from notion_sync_assets.emulator.demo.library import write_library
from notion_sync_assets.emulator.demo.people import write_people
from notion_sync_assets.emulator.demo.projects import write_filtered_view, write_projects
from notion_sync_assets.emulator.demo.wiki import write_wiki
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.world import StoredWorld


def build_demo(seed: int) -> StoredWorld:
    """The demo; the seed moves edit times, omissions and short pages, not the content."""
    draft = Draft(seed)
    write_people(draft)
    write_company(draft)
    write_wiki(draft)
    write_projects(draft)
    write_library(draft)
    write_every_block(draft)
    write_every_mention(draft)
    write_hostile(draft)
    write_filtered_view(draft)
    return draft.finish()
