"""Every page finds its scope, whatever search leaves out and whatever stands above it."""

import dataclasses
import datetime as dt

import pytest

from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    InvalidRequestError,
    NothingSharedError,
    NotOfferedError,
    ObjectNotFoundError,
    OutputFolderError,
    RestrictedError,
)
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.emulator.blocks import paragraph, place, toggle
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.objects import person
from notion_sync_assets.emulator.richtext import mention_page, mention_user
from notion_sync_assets_tests.core.sync.exporting import Export, facts, tree
from notion_sync_assets_tests.core.sync.worlds import (
    COMPOST,
    DATABASE,
    DIARY,
    FERN,
    GARDEN,
    HEAP,
    PLANTS,
    SHED,
    SOURCE,
    garden,
    new_draft,
    serve,
)


def page(name):
    return named_id("page", name)


async def exported(start, draft, root, **options):
    """Export a world twice: its files afterwards are the same both times."""
    notion = serve(start, draft.finish(), **options)
    async with Export(notion.url, root) as export:
        report = await export.run()
        assert report.errors == {}
        before = tree(root)
        again = await export.run(run_id="again")
        assert again.changed == set()
        after = tree(root)
        assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == set()
        index = Index.load(export.storage)
        index.close()
        return (
            {row.page_id: key_root(export, row.page_id) for row in export.rows().values()},
            index.state,
            notion,
        )


def pages_of(export):
    return {root: found[2] for root, found in facts(export).items()}


def key_root(export, page_id):
    for key in export.commits.committed_scopes():
        if any(row.page_id == page_id and row.state != "gone" for row in export.state(key).rows()):
            return export.commits.head(key).root_id
    return None


async def test_the_garden_has_three_scopes(export):
    found = await export.indexer.search()
    assert {(scope.root_id, scope.kind) for scope in found.scopes} == {
        (GARDEN, "page_tree"), (COMPOST, "page_tree"), (SOURCE, "data_source"),
    }  # fmt: skip
    assert sorted(found.due) == sorted(scope.key for scope in found.scopes)
    assert found.probes == 0


async def test_a_page_in_a_toggle_is_placed_by_the_walk_and_by_later_indexes(export):
    await export.indexer.search()
    index = Index.load(export.storage)
    assert index.pages.get(SHED).root is None
    index.close()
    await export.run()
    index = Index.load(export.storage)
    assert index.pages.get(SHED).root == GARDEN
    assert index.pages.get(DIARY).root == SOURCE
    index.close()


@pytest.mark.parametrize(
    "unlisted", [[HEAP], [COMPOST], [SHED], [FERN], [DIARY], [SOURCE], [GARDEN, SHED], [SOURCE, FERN]]
)
async def test_what_search_leaves_out_is_exported_all_the_same(start_emulator, tmp_path, unlisted):
    notion = serve(start_emulator, garden())
    async with Export(notion.url, tmp_path / "a") as export, Export(notion.url, tmp_path / "b") as expected:
        await expected.run()
        world = notion.engine.workspace.world
        world.marks = dataclasses.replace(world.marks, unlisted=frozenset(unlisted))
        report = await export.run()
        assert report.errors == {}
        assert export.rows().keys() == expected.rows().keys()
        assert pages_of(export) == pages_of(expected)
        before = tree(tmp_path / "a")
        assert (await export.run(run_id="again")).changed == set()
        assert tree(tmp_path / "a") == before


async def test_children_of_a_hidden_page_are_roots(start_emulator, tmp_path):
    draft = new_draft()
    draft.page("child", "Child", [paragraph("x")])
    draft.page("other", "Other")
    draft.page("hidden", "Hidden", [place(page("child")), toggle("t", place(page("other")))])
    draft.mark("unshared", page("hidden"))
    draft.mark("granted", page("child"))
    draft.mark("granted", page("other"))
    roots, state, _ = await exported(start_emulator, draft, tmp_path)
    assert roots == {page("child"): page("child"), page("other"): page("other")}
    assert state.verdicts[page("hidden")]["state"] == "not_shared"


async def test_a_parent_search_left_out_is_read_and_becomes_the_root(start_emulator, tmp_path):
    draft = new_draft()
    draft.page("child", "Child")
    draft.page("middle", "Middle", [place(page("child"))])
    draft.page("top", "Top", [place(page("middle"))])
    draft.mark("unlisted", page("top"))
    draft.mark("unlisted", page("middle"))
    roots, _, _ = await exported(start_emulator, draft, tmp_path)
    assert set(roots.values()) == {page("top")}


async def test_pages_that_hang_on_each_other_are_not_lost(start_emulator, tmp_path):
    draft = new_draft()
    draft.page("a", "A")
    draft.page("b", "B", [place(page("a"))])
    draft.body(page("a"), [place(page("b"))])
    draft.page("top", "Top")
    roots, _, _ = await exported(start_emulator, draft, tmp_path)
    assert set(roots) == {page("a"), page("b"), page("top")}


async def test_mentioned_pages_and_people_are_read_once_and_kept(start_emulator, tmp_path):
    draft = new_draft()
    guest = named_id("user", "guest")
    draft.user(person(guest, "Guest", "g@x.example"), listed=False)
    draft.page("far", "Far away", [paragraph("x")])
    draft.page("secret", "Secret")
    mentions = [mention_page(page("far"), "Far away"), mention_page(page("secret"), "Secret")]
    draft.page("top", "Top", [paragraph(mentions), paragraph([mention_user(draft.world.get("user", guest))])])
    draft.mark("unlisted", page("far"))
    draft.mark("unshared", page("secret"))
    roots, state, notion = await exported(start_emulator, draft, tmp_path)
    assert roots == {page("top"): page("top"), page("far"): page("far")}
    assert state.verdicts[page("secret")]["state"] == "not_shared"
    assert guest in {user["id"] for user in state.users}
    log = notion.control.stats()["by_route"]
    assert sum(log["GET /v1/users/{id}"].values()) == 1


async def test_a_database_of_two_sources_gives_two_scopes(start_emulator, tmp_path):
    draft = new_draft()
    draft.database("store", "Store", {"Parts": PLANTS, "People": PLANTS})
    draft.row("bolt", "store", "Parts", PLANTS, {"Name": "Bolt"})
    draft.row("ann", "store", "People", PLANTS, {"Name": "Ann"})
    roots, state, _ = await exported(start_emulator, draft, tmp_path)
    assert roots == {
        page("bolt"): draft.source_id("store", "Parts"),
        page("ann"): draft.source_id("store", "People"),
    }
    assert set(state.sources.values()) == {named_id("database", "store")}


async def test_nothing_shared_is_told(start_emulator, tmp_path):
    notion = serve(start_emulator, new_draft().finish())
    async with Export(notion.url, tmp_path) as export:
        with pytest.raises(NothingSharedError):
            await export.indexer.search()


async def test_a_search_that_notion_cut_is_no_index(export, monkeypatch):
    async def cut(**_options):
        return {"results": [], "has_more": False, "request_status": {"type": "incomplete"}}

    monkeypatch.setattr(export.client, "search", cut)
    with pytest.raises(IncompleteListingError):
        await export.indexer.search()
    assert not export.storage.exists("state/index/current.json")


async def test_both_ways_ask_twice_and_find_the_same(export, notion):
    once = await export.indexer.search()
    notion.control.reset()
    twice = await export.indexer.search(both_ways=True)
    assert twice.scopes == once.scopes
    assert sum(notion.control.stats()["by_route"]["POST /v1/search"].values()) == 2


@pytest.mark.parametrize("kind", [RestrictedError, ObjectNotFoundError, InvalidRequestError, NotOfferedError])
async def test_without_a_list_of_users_there_are_no_users(export, monkeypatch, kind):
    async def refused(_cursor=None):
        raise kind("no")

    monkeypatch.setattr(export.client, "users", refused)
    await export.indexer.search()
    index = Index.load(export.storage)
    index.close()
    assert index.state.users == []


async def test_the_folder_of_another_workspace_is_refused(export):
    await export.indexer.search()
    with pytest.raises(OutputFolderError, match="another workspace"):
        await export.indexer.search({"id": "other", "bot": {"workspace_id": "w", "workspace_name": "W"}})


async def test_committed_pages_of_an_old_index_are_read_one_by_one(notion, tmp_path):
    now = dt.datetime.now(dt.UTC)
    async with Export(notion.url, tmp_path, clock=lambda: now) as export:
        await export.run()
        notion.control.change("trash", object_id=HEAP)
        export.clock = lambda: now + dt.timedelta(minutes=16)
        await export.sync(export.scope(COMPOST))
        assert (export.row(HEAP).state, export.row(HEAP).reason) == ("gone", "trashed")
        notion.control.change("restore", object_id=HEAP)
        await export.sync(export.scope(COMPOST))
        assert export.row(HEAP).state == "exported"


async def test_a_long_first_sync_exports_what_it_searched_and_the_next_one_finds_what_has_changed(
    notion, tmp_path
):
    now = dt.datetime.now(dt.UTC)
    async with Export(notion.url, tmp_path, clock=lambda: now) as export:
        await export.indexer.search()
        notion.control.change("trash", object_id=HEAP)
        notion.control.change("rename", object_id=COMPOST, title="Renamed meanwhile")
        export.clock = lambda: now + dt.timedelta(hours=2)
        result = await export.sync(export.scope(COMPOST))
        assert result.counts["new"] == 2
        assert (export.row(HEAP).state, export.row(COMPOST).title) == ("exported", "Compost")
        await export.run()
        assert (export.row(HEAP).state, export.row(HEAP).reason) == ("gone", "trashed")
        assert export.row(COMPOST).title == "Renamed meanwhile"


async def test_a_trashed_search_result_is_noted_and_no_page(export, notion):
    notion.control.configure(search_lag=1000)
    notion.control.change("trash", object_id=HEAP)
    await export.indexer.search()
    index = Index.load(export.storage)
    index.close()
    assert index.state.trashed == {HEAP: "page"}
    assert DATABASE in index.state.sources.values()


def verdicts(export):
    index = Index.load(export.storage)
    index.close()
    return {identifier: each["state"] for identifier, each in index.state.verdicts.items()}


def mentioning():
    """A page that mentions a page, a database and a guest."""
    draft = new_draft()
    guest = named_id("user", "guest")
    draft.user(person(guest, "Guest", "g@x.example"), listed=False)
    draft.page("secret", "Secret", [paragraph("s")])
    draft.database("plants", "Plants", {"Plants": PLANTS})
    said = [mention_page(page("secret"), "Secret"), mention_user(draft.world.get("user", guest))]
    draft.page("top", "Top", [paragraph(said), place(DATABASE)])
    return draft


async def test_what_was_refused_once_and_is_listed_later_is_no_longer_told_as_not_shared(
    start_emulator, tmp_path
):
    draft = mentioning()
    draft.mark("unshared", page("secret"))
    notion = serve(start_emulator, draft.finish())
    async with Export(notion.url, tmp_path) as export:
        await export.run()
        assert verdicts(export)[page("secret")] == "not_shared"
        notion.control.change("share", object_id=page("secret"))
        await export.run()
        assert page("secret") not in verdicts(export)
        assert page("secret") in export.rows()


async def test_a_reconcile_asks_again_for_what_was_refused_and_search_leaves_out(start_emulator, tmp_path):
    draft = mentioning()
    for mark in ("unshared", "unlisted"):
        draft.mark(mark, page("secret"))
    notion = serve(start_emulator, draft.finish())
    async with Export(notion.url, tmp_path) as export:
        await export.run()
        notion.control.change("share", object_id=page("secret"))
        await export.run()
        assert page("secret") not in export.rows()
        found = await export.indexer.search(both_ways=True)
        assert page("secret") in {scope.root_id for scope in found.scopes}
        assert page("secret") not in verdicts(export)


async def test_a_reconcile_that_learns_nothing_changes_no_file_of_the_index(start_emulator, tmp_path):
    draft = mentioning()
    draft.mark("unshared", page("secret"))
    notion = serve(start_emulator, draft.finish())
    async with Export(notion.url, tmp_path) as export:
        await export.run()
        before = tree(tmp_path)
        await export.indexer.search(both_ways=True)
        assert tree(tmp_path) == before


async def test_guests_are_read_again_in_a_reconcile_and_keep_their_name_when_they_leave(
    start_emulator, tmp_path
):
    guest = named_id("user", "guest")
    notion = serve(start_emulator, mentioning().finish())

    def name(export):
        index = Index.load(export.storage)
        index.close()
        return next(user["name"] for user in index.state.users if user["id"] == guest)

    async with Export(notion.url, tmp_path) as export:
        await export.run()
        notion.control.change("rename_user", user_id=guest, name="Guest of honour")
        await export.indexer.search()
        assert name(export) == "Guest"
        await export.indexer.search(both_ways=True)
        assert name(export) == "Guest of honour"
        notion.engine.workspace.deleted.add(guest)
        await export.indexer.search(both_ways=True)
        assert name(export) == "Guest of honour"


async def test_pages_that_search_gives_as_ids_alone_are_read_and_found_where_they_belong(
    start_emulator, tmp_path
):
    notion = serve(start_emulator, garden())
    async with Export(notion.url, tmp_path / "whole") as export:
        await export.run()
        expected = pages_of(export)
    async with Export(notion.url, tmp_path / "ids") as export:
        search = export.client.search

        async def withheld(**options):
            answer = await search(**options)
            stubs = [{"object": each["object"], "id": each["id"]} for each in answer["results"]]
            return {**answer, "results": stubs}

        export.client.search = withheld
        report = await export.run()
        assert report.errors == {}
        assert pages_of(export) == expected
