"""The corpus: documents that every renderer must do justice to.

Here: the documents written by hand, those of the planted workspace as the engine reads it from the emulator, those
built of really recorded objects. Not here: how they are rendered (``renderers``), what a reader must find
(``expected``).
"""

import asyncio
import tempfile
from functools import cache
from pathlib import Path

from notion_sync_assets.core.documents import Document
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.core.sync.exporting import Export, ReadOptions
from notion_sync_assets_tests.core.sync.worlds import CALM, serve
from notion_sync_assets_tests.corpus import every_block_document, every_mention_document, every_property_page
from notion_sync_assets_tests.corpus_recorded import recorded_documents
from notion_sync_assets_tests.fidelity.planted_world import planted_world


def written_documents() -> list[Document]:
    """Return the documents written by hand."""
    return [every_block_document(), every_mention_document(), every_property_page()]


@cache
def planted_documents() -> list[Document]:
    """Return every page of the planted workspace, read over HTTP."""
    world, _ = planted_world()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_emulator(EmulatorConfig(limit=0, **CALM)) as emulator,
    ):
        serve(lambda **_: emulator, world)
        return asyncio.run(_read(emulator.url, Path(folder)))


async def _read(url: str, folder: Path) -> list[Document]:
    async with Export(url, folder, read=ReadOptions(block_comments=True)) as export:
        await export.run()
        states = [export.state(key) for key in export.commits.committed_scopes()]
        return [document for state in states for _, document in state.pages()]


def corpus() -> list[Document]:
    """Return all documents there are on this machine."""
    return [*written_documents(), *planted_documents(), *recorded_documents()]
