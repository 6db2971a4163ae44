import pytest

from notion_sync_assets.core.notion.errors import (
    InvalidRequestError,
    NotOfferedError,
    ObjectNotFoundError,
    UnauthorizedError,
    UnexpectedAnswerError,
)
from notion_sync_assets.core.sync.databases import DatabaseDirectory, read_views
from notion_sync_assets_tests.core.sync.worlds import COMPOST, HEAP

LINKED = {"id": "linked", "title": [{"plain_text": "Linked"}], "data_sources": []}
OWNER = {"id": "owner", "parent": {"type": "page_id", "page_id": "p"}, "data_sources": [{"id": "s"}]}


class Notion:
    """Databases, views and errors by id; counts the reads of databases."""

    def __init__(self, **known):
        self.known = known
        self.asked = []

    async def database(self, identifier):
        self.asked.append(identifier)
        return self._found(identifier)

    async def views(self, *, database_id=None, data_source_id=None, cursor=None):  # noqa: ARG002 - the client's signature
        return {"results": self._found(f"views_{database_id or data_source_id}"), "has_more": False}

    async def view(self, identifier):
        return self._found(identifier)

    def _found(self, name):
        found = self.known.get(name, [])
        if isinstance(found, Exception):
            raise found
        return found


async def test_a_database_is_asked_for_once_however_many_pages_show_it():
    notion = Notion(
        linked=LINKED,
        views_linked=[{"id": "v2"}, {"id": "v1"}],
        v1={"id": "v1"},
        v2=InvalidRequestError("x", code="feed"),
    )
    directory = DatabaseDirectory(notion, ["known"])
    for _ in range(2):
        found = await directory.describe("linked")
        assert found["database"] == LINKED
        assert found["views"] == [{"id": "v1"}, {"object": "view", "id": "v2", "error": "feed"}]
    assert await directory.describe("known") is None
    assert notion.asked == ["linked"]
    assert directory.verdicts() == {"linked": "linked"}


async def test_data_sources_of_an_unknown_database_are_noted():
    directory = DatabaseDirectory(Notion(owner=OWNER), [])
    assert await directory.describe("owner") is None
    assert (directory.found_sources, directory.verdicts()) == ({"s": "owner"}, {})
    assert directory.owns("owner")


async def test_a_refused_database_is_described_by_its_error():
    directory = DatabaseDirectory(Notion(hidden=ObjectNotFoundError("x", code="object_not_found")), [])
    assert await directory.describe("hidden") == {"error": "object_not_found"}
    assert directory.verdicts() == {"hidden": "not_shared"}


async def test_errors_of_another_kind_are_nobody_s_verdict():
    directory = DatabaseDirectory(Notion(odd=UnexpectedAnswerError("x")), [])
    with pytest.raises(UnexpectedAnswerError):
        await directory.describe("odd")
    assert directory.verdicts() == {}


async def test_the_parent_is_the_one_of_now_and_a_refused_owner_owns_no_more():
    refused = ObjectNotFoundError("x", code="object_not_found")
    directory = DatabaseDirectory(
        Notion(owner=OWNER, bin={**OWNER, "in_trash": True}, gone=refused), ["owner", "bin", "gone"]
    )
    found = [await directory.parent(name) for name in ("owner", "bin", "gone")]
    assert found == [("page_id", "p"), None, None]
    assert [directory.owns(name) for name in ("owner", "bin", "gone")] == [True, True, False]
    assert await directory.describe("gone") == {"error": "object_not_found"}


@pytest.mark.parametrize("error", [InvalidRequestError("x"), NotOfferedError("x", status=404)])
async def test_a_server_without_views_has_none_to_show(error):
    assert await read_views(Notion(views_s=error), source_id="s") == []


async def test_an_address_where_nothing_answers_for_a_database_is_nobody_s_verdict():
    directory = DatabaseDirectory(Notion(odd=NotOfferedError("x", status=404)), [])
    with pytest.raises(NotOfferedError):
        await directory.describe("odd")
    assert directory.verdicts() == {}


@pytest.mark.parametrize("name", ["views_s", "v"])
async def test_a_refused_token_is_raised(name):
    known = {"views_s": [{"id": "v"}], name: UnauthorizedError("x")}
    with pytest.raises(UnauthorizedError):
        await read_views(Notion(**known), source_id="s")


@pytest.mark.parametrize(
    ("error", "state"), [(UnexpectedAnswerError("x", code="odd"), "failed"), (ObjectNotFoundError("x"), None)]
)
async def test_a_page_found_by_the_walk_that_cannot_be_read_costs_itself_only(
    notion, export, monkeypatch, error, state
):
    world = notion.engine.workspace.world
    world.marks = type(world.marks)(unlisted=frozenset({HEAP}))
    await export.indexer.search()

    async def refused(_page_id):
        raise error

    monkeypatch.setattr(export.client, "page", refused)
    result = await export.sync(export.scope(COMPOST))
    rows = {row.page_id: row for row in export.state(result.commit.scope).rows()}
    assert rows[COMPOST].state == "exported"
    assert (rows[HEAP].state if HEAP in rows else None) == state
