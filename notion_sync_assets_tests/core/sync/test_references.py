"""Which mentioned ids an index still has to look for."""

from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.references import referenced
from notion_sync_assets_tests.corpus_objects import document, identifier, mention, page, paragraph
from notion_sync_assets_tests.corpus_scopes import make_scope


def linking(name):
    link = mention("page", {"id": identifier(name)}, name)
    return document(page("Linking"), [paragraph(link, name=name)])


def test_what_is_committed_while_references_are_followed_is_left_for_the_next_time(tmp_path):
    storage = LocalStorage(tmp_path)
    key = make_scope(storage, [linking("first")]).commit.scope
    make_scope(storage, [linking("second")])

    now = {found for _, found in referenced(storage, {}, {key: 1})}
    later = {found for _, found in referenced(storage, {key: 1}, {key: 2})}

    assert identifier("first") in now
    assert identifier("second") not in now
    assert identifier("second") in later
    assert identifier("first") not in later
