"""No renderer loses a word: the text of every block is seen once, in order, and the same bytes come out again."""

import pytest

from notion_sync_assets_tests.core.render.conformance.documents import planted_documents, written_documents
from notion_sync_assets_tests.core.render.conformance.expected import assert_all_in_order, assert_once
from notion_sync_assets_tests.core.render.conformance.renderers import READABLE, RENDERERS
from notion_sync_assets_tests.corpus_recorded import NEEDS_RECORDINGS, recorded_documents

every_renderer = pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.name)
every_readable = pytest.mark.parametrize("renderer", READABLE, ids=lambda renderer: renderer.name)


def seen(renderer, document, links):
    words = renderer.read(renderer.render(document, links))
    assert_all_in_order(document, words)
    return words


@every_readable
def test_the_text_of_every_block_is_seen_in_order(renderer, known):
    for document in written_documents():
        seen(renderer, document, known())


@every_readable
def test_what_the_engine_reads_from_the_emulator_is_seen_once_and_in_order(renderer, known):
    links = known()
    for document in planted_documents():
        assert_once(document, seen(renderer, document, links))


@NEEDS_RECORDINGS
@every_readable
def test_what_was_recorded_is_seen_in_order(renderer, known):
    links = known()
    for document in recorded_documents():
        seen(renderer, document, links)


@every_renderer
def test_the_same_document_gives_the_same_bytes(renderer, known):
    for document in (*written_documents(), *planted_documents()):
        assert renderer.render(document, known()) == renderer.render(document, known())
