"""A sync that ends anywhere leaves nothing that hinders the next one, and little to do again (promise 4)."""

import asyncio
import dataclasses

import pytest

from notion_sync_assets_tests.core.sync.exporting import Export, facts, tree
from notion_sync_assets_tests.core.sync.worlds import GARDEN, SOURCE

AT_ONCE = 2


class StopHereError(BaseException):
    """Nothing in the engine may catch it, as nothing catches a kill."""


class Stop:
    """Ends a sync at the n-th passing of a step."""

    def __init__(self, step, number=1):
        self.step = step
        self.left = number

    def __call__(self, step):
        self.left -= step == self.step
        if step == self.step and self.left == 0:
            raise StopHereError


@pytest.fixture(scope="session")
def whole(untouched_garden, tmp_path_factory):
    """An export that nothing interrupted: its facts, its files outside state/, the requests it took."""
    root = tmp_path_factory.mktemp("whole")
    untouched_garden.control.reset()

    async def exported():
        async with Export(untouched_garden.url, root) as export:
            await export.run()
            return facts(export)

    found = asyncio.run(exported())
    return found, tree(root, without=("state", "receipts", ".scratch")), page_requests(untouched_garden)


def page_requests(notion):
    routes = notion.control.stats()["by_route"]
    return sum(sum(count.values()) for route, count in routes.items() if "/children" in route)


STOPS = [
    *((step, 1) for step in ("lease", "listing", "work", "outbox", "tables", "manifest", "commit")),
    *(("page", number) for number in (1, 2, 4, 7)),
]


@pytest.mark.parametrize(("step", "number"), STOPS)
async def test_the_next_sync_ends_as_if_nothing_had_happened(untouched_garden, tmp_path, whole, step, number):
    untouched_garden.control.reset()
    for root_id in (SOURCE, GARDEN):
        async with Export(untouched_garden.url, tmp_path, pages_at_once=AT_ONCE) as stopped:
            await stopped.indexer.search()
            with pytest.raises(StopHereError):
                await stopped.sync(stopped.scope(root_id), Stop(step, number))
    async with Export(untouched_garden.url, tmp_path, pages_at_once=AT_ONCE) as export:
        report = await export.run()
        assert report.errors == {}
        expected, files, requests = whole
        assert facts(export) == expected
        assert tree(tmp_path, without=("state", "receipts", ".scratch")) == files
        assert page_requests(untouched_garden) <= requests + 2 * (AT_ONCE + 1)
        assert [len(list(export.commits.history(key))) for key in export.commits.committed_scopes()] == [
            1,
            1,
            1,
        ]
        assert not [path for path in tree(tmp_path) if "/journal/" in path or "/lease/" in path]


async def test_a_resumed_page_costs_no_request_and_is_counted_as_resumed(untouched_garden, tmp_path):
    async with Export(untouched_garden.url, tmp_path, pages_at_once=1) as stopped:
        await stopped.indexer.search()
        with pytest.raises(StopHereError):
            await stopped.sync(stopped.scope(SOURCE), Stop("work"))
    async with Export(untouched_garden.url, tmp_path) as export:
        untouched_garden.control.reset()
        result = await export.sync(export.scope(SOURCE))
        assert result.counts["resumed"] == 7
        assert page_requests(untouched_garden) == 0


async def test_another_fingerprint_takes_nothing_from_the_journal(untouched_garden, tmp_path):
    async with Export(untouched_garden.url, tmp_path) as stopped:
        await stopped.indexer.search()
        with pytest.raises(StopHereError):
            await stopped.sync(stopped.scope(SOURCE), Stop("work"))
    async with Export(untouched_garden.url, tmp_path, fingerprint="others") as export:
        result = await export.sync(export.scope(SOURCE))
        assert result.counts["resumed"] == 0
        assert result.commit.fingerprint == "others"


async def test_resumed_documents_are_flushed_before_the_commit_that_names_them(
    untouched_garden, tmp_path, monkeypatch
):
    async with Export(untouched_garden.url, tmp_path) as stopped:
        await stopped.indexer.search()
        with pytest.raises(StopHereError):
            await stopped.sync(stopped.scope(SOURCE), Stop("page", 7))
    async with Export(untouched_garden.url, tmp_path) as export:
        flushed = []
        original = export.storage.make_durable

        def make_durable(paths):
            paths = list(paths)
            flushed.extend(paths)
            original(paths)

        monkeypatch.setattr(export.storage, "make_durable", make_durable)
        result = await export.sync(export.scope(SOURCE))
        named = {
            f"state/documents/{row.document[:2]}/{row.document}.json.zst"
            for row in export.state(result.commit.scope).rows()
        }
        assert result.counts["resumed"] >= 6
        assert named <= set(flushed)


async def test_a_document_that_a_crash_damaged_is_read_and_written_again(untouched_garden, tmp_path):
    async with Export(untouched_garden.url, tmp_path) as stopped:
        await stopped.indexer.search()
        with pytest.raises(StopHereError):
            await stopped.sync(stopped.scope(SOURCE), Stop("work"))
        for path in stopped.storage.walk("state/documents"):
            stopped.storage.path(path).write_bytes(b"")
    async with Export(untouched_garden.url, tmp_path) as export:
        result = await export.sync(export.scope(SOURCE))
        assert result.counts["resumed"] == 0
        assert len([document for _, document in export.state(result.commit.scope).pages()]) == 7


async def test_the_files_of_a_number_that_was_committed_by_another_are_collected(untouched_garden, tmp_path):
    async with Export(untouched_garden.url, tmp_path) as stopped:
        await stopped.indexer.search()
        with pytest.raises(StopHereError):
            await stopped.sync(stopped.scope(SOURCE), Stop("manifest"))
    async with Export(untouched_garden.url, tmp_path) as export:
        result = await export.sync(export.scope(SOURCE))
        commit = dataclasses.asdict(result.commit)
        key = result.commit.scope
        assert [
            name for name in export.storage.names(f"state/scopes/{key}") if name.startswith("manifest")
        ] == [commit["manifest"].rsplit("/", 1)[-1]]
        assert export.storage.names(f"state/scopes/{key}/tables") == [commit["tables"].rsplit("/", 1)[-1]]
        assert export.storage.names(f"state/events/{key}") == [commit["outbox"].rsplit("/", 1)[-1]]
