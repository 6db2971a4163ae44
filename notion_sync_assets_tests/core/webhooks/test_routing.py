"""Routing: from the stored index alone to the scope of an event."""

import pytest

from notion_sync_assets.core.sync.index import Index, IndexState, PageTable
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.webhooks.batches import WORKSPACE, Route
from notion_sync_assets.core.webhooks.routing import Router
from notion_sync_assets_tests.webhook_events import event


def identifier(number):
    return f"{number:08d}-0000-0000-0000-000000000000"


TOP, INSIDE, ROW, SOURCE, DATABASE, TWIN, NEW = map(identifier, range(1, 8))
TREE_KEY, TABLE_KEY, TWIN_KEY = "tree", "table", "twin"


@pytest.fixture
def index():
    scopes = [
        Scope(TREE_KEY, "page_tree", TOP, "Tree"),
        Scope(TABLE_KEY, "data_source", SOURCE, "Table"),
        Scope(TWIN_KEY, "data_source", TWIN, "Twin"),
    ]
    state = IndexState(scopes=scopes, sources={SOURCE: DATABASE, TWIN: DATABASE})
    table = PageTable()
    for page, root in ((TOP, TOP), (INSIDE, TOP), (ROW, SOURCE)):
        table.connection.execute("INSERT INTO pages(page_id, root) VALUES(?, ?)", (page, root))
    made = Index(state, table)
    yield made
    made.close()


def routes(index, kind, entity, **data):
    parent = data.pop("parent", {"id": identifier(99), "type": "space"})
    found = event(kind, entity, data={"parent": parent, **data})
    return Router(index, index.state.scopes).routes(found)


@pytest.mark.parametrize(
    ("kind", "entity", "data", "expected"),
    [
        ("page.content_updated", INSIDE, {}, (TREE_KEY, {INSIDE})),
        ("page.properties_updated", ROW, {}, (TABLE_KEY, {ROW})),
        ("page.locked", TOP, {}, (TREE_KEY, {TOP})),
        ("page.deleted", INSIDE, {"parent": {"id": TOP, "type": "page"}}, (TREE_KEY, {INSIDE, TOP})),
        ("page.created", NEW, {"parent": {"id": TOP, "type": "page"}}, (TREE_KEY, {NEW, TOP})),
        (
            "page.created",
            NEW,
            {"parent": {"id": DATABASE, "type": "database", "data_source_id": SOURCE}},
            (TABLE_KEY, {NEW}),
        ),
        ("comment.created", identifier(50), {"page_id": ROW}, (TABLE_KEY, {ROW})),
        ("comment.deleted", identifier(50), {"parent": {"id": TOP, "type": "page"}}, (TREE_KEY, {TOP})),
        ("data_source.schema_updated", SOURCE, {}, (TABLE_KEY, {SOURCE})),
        ("view.updated", identifier(51), {"parent": {"id": TWIN, "type": "data_source"}}, (TWIN_KEY, {TWIN})),
        ("page.created", NEW, {}, (WORKSPACE, {NEW})),
        ("page.moved", INSIDE, {}, (WORKSPACE, {INSIDE})),
        ("data_source.created", NEW, {}, (WORKSPACE, set())),
        ("database.created", NEW, {}, (WORKSPACE, set())),
        ("hologram.projected", NEW, {}, (WORKSPACE, set())),
    ],
)
def test_an_event_leads_to_one_scope(index, kind, entity, data, expected):
    (found,) = routes(index, kind, entity, **data)
    assert (found.scope, found.objects) == expected


def test_a_database_with_two_data_sources_leads_to_both(index):
    found = routes(index, "database.content_updated", DATABASE)
    assert found == [Route(TABLE_KEY, frozenset({SOURCE})), Route(TWIN_KEY, frozenset({TWIN}))]


def test_an_upload_leads_nowhere(index):
    assert routes(index, "file_upload.completed", NEW) == []


def test_a_page_of_a_scope_that_is_not_asked_for_leads_nowhere(index):
    chosen = [scope for scope in index.state.scopes if scope.key != TREE_KEY]
    assert Router(index, chosen).routes(event(entity=INSIDE)) == []
