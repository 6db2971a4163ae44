"""The fetcher against a real server on loopback: what is stored, shared, retried, and never said."""

import asyncio
import hashlib
import logging
import tracemalloc
from unittest.mock import AsyncMock

import httpx
import pytest

from notion_sync_assets.core.notion import files as files_module
from notion_sync_assets.core.notion.errors import StorageError, TransientNotionError
from notion_sync_assets.core.notion.file_errors import (
    FileRefusedError,
    FileTooLargeError,
    FileUnavailableError,
)
from notion_sync_assets.core.notion.files import FileFetcher, file_name
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.core.notion.storage_host import (
    Cut,
    Redirect,
    Stall,
    Status,
    running_storage_host,
)

MIB = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture(scope="module")
def running_host():
    with running_storage_host() as host:
        yield host


@pytest.fixture
def host(running_host):
    running_host.forget()
    return running_host


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path / "export")


@pytest.fixture
def waits():
    return []


@pytest.fixture
def fetcher_of(storage, host, waits):
    async def sleep(seconds):
        waits.append(seconds)

    def build(**settings):
        return FileFetcher(storage, **{"api_base_url": host.origin, "sleep": sleep} | settings)

    return build


@pytest.fixture
async def fetcher(fetcher_of):
    async with fetcher_of() as fetcher:
        yield fetcher


async def no_refresh():
    pytest.fail("the signature is still good")


def content_of(size):
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


def unfinished(storage):
    return list(storage.scratch().iterdir())


async def test_a_file_is_stored_under_the_hash_of_its_content(host, storage, fetcher):
    stored = await fetcher.fetch(
        host.put("/space/id/Logo%20v2.png", PNG, content_type="image/png"), refresh=no_refresh
    )
    sha256 = hashlib.sha256(PNG).hexdigest()
    assert stored.to_json() == {
        "sha256": sha256,
        "size": 108,
        "media_type": "image/png",
        "extension": "png",
        "name": "Logo v2.png",
    }
    assert stored.path == f"files/{sha256[:2]}/{sha256}.png"
    assert storage.read(stored.path) == PNG
    assert unfinished(storage) == []


async def test_an_empty_file_is_a_file(host, storage, fetcher):
    stored = await fetcher.fetch(host.put("/s/f/notes.md", b""), refresh=no_refresh)
    assert (stored.size, stored.extension, storage.read(stored.path)) == (0, "md", b"")


async def test_equal_content_is_not_written_again(host, storage, fetcher):
    first = await fetcher.fetch(host.put("/s/one/a.png", PNG), refresh=no_refresh)
    before = storage.path(first.path).stat()
    second = await fetcher.fetch(host.put("/s/two/b.png", PNG), refresh=no_refresh)
    after = storage.path(second.path).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert (first.name, second.name) == ("a.png", "b.png")
    assert unfinished(storage) == []


async def test_callers_at_one_time_share_one_download(host, fetcher):
    host.put("/s/f/a.png", PNG)
    host.delay_s = 0.05
    results = await asyncio.gather(
        *(fetcher.fetch(host.signed("/s/f/a.png"), refresh=no_refresh) for _ in range(20))
    )
    assert len(set(results)) == 1
    assert len(host.asked) == 1


async def test_a_later_caller_is_answered_without_a_request(host, fetcher):
    first = await fetcher.fetch(host.put("/s/f/a.png", PNG), refresh=no_refresh)
    again = await fetcher.fetch(host.signed("/s/f/a.png"), refresh=no_refresh)
    assert again == first
    assert len(host.asked) == 1


async def test_a_file_that_was_removed_from_the_storage_is_fetched_again(host, storage, fetcher):
    stored = await fetcher.fetch(host.put("/s/f/a.png", PNG), refresh=no_refresh)
    storage.delete(stored.path)
    await fetcher.fetch(host.signed("/s/f/a.png"), refresh=no_refresh)
    assert storage.read(stored.path) == PNG
    assert len(host.asked) == 2


async def test_only_the_latest_results_are_remembered(host, fetcher, monkeypatch):
    monkeypatch.setattr(files_module, "REMEMBERED", 2)
    for number in (1, 2, 1, 3, 1, 2):
        await fetcher.fetch(host.put(f"/s/{number}/a.png", PNG), refresh=no_refresh)
    assert [request.url.path for request in host.asked] == [
        "/s/1/a.png",
        "/s/2/a.png",
        "/s/3/a.png",
        "/s/2/a.png",
    ]


async def test_no_more_transfers_run_at_one_time_than_allowed(host, fetcher_of):
    host.delay_s = 0.15
    urls = [host.put(f"/s/{number}/a.png", PNG) for number in range(4)]
    async with fetcher_of(concurrency=2) as fetcher:
        running = asyncio.gather(*(fetcher.fetch(url, refresh=no_refresh) for url in urls))
        await asyncio.sleep(0.1)
        assert len(host.asked) == 2
        await running
    assert len(host.asked) == 4


async def test_a_failure_is_not_remembered(host, fetcher):
    url = host.put("/s/f/a.png", PNG, Status(404))
    with pytest.raises(FileUnavailableError):
        await fetcher.fetch(url, refresh=no_refresh)
    assert (await fetcher.fetch(url, refresh=no_refresh)).size == len(PNG)


async def test_one_caller_that_gives_up_does_not_stop_the_others(host, fetcher):
    url = host.put("/s/f/a.png", PNG)
    host.delay_s = 0.1
    first = asyncio.create_task(fetcher.fetch(url, refresh=no_refresh))
    second = asyncio.create_task(fetcher.fetch(url, refresh=no_refresh))
    await asyncio.sleep(0.02)
    first.cancel()
    assert (await second).size == len(PNG)
    assert first.cancelled()
    assert len(host.asked) == 1


async def until_something_is_unfinished(storage):
    async with asyncio.timeout(5):
        while not any(place.stat().st_size for place in unfinished(storage)):  # noqa: ASYNC110 - another thread's work
            await asyncio.sleep(0.005)


async def test_a_cancelled_download_leaves_nothing_and_can_be_asked_for_again(host, storage, fetcher):
    url = host.put("/s/f/a.bin", content_of(3 * MIB), Stall(2 * MIB))
    task = asyncio.create_task(fetcher.fetch(url, refresh=no_refresh))
    await until_something_is_unfinished(storage)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert unfinished(storage) == []
    assert list(storage.walk("files")) == []
    assert (await fetcher.fetch(url, refresh=no_refresh)).size == 3 * MIB


async def test_who_asks_while_a_download_is_given_up_gets_a_new_one(host, fetcher):
    url = host.put("/s/f/a.png", PNG)
    host.delay_s = 0.05
    first = asyncio.create_task(fetcher.fetch(url, refresh=no_refresh))
    await asyncio.sleep(0.02)
    first.cancel()
    second = asyncio.create_task(fetcher.fetch(url, refresh=no_refresh))
    assert (await second).size == len(PNG)
    assert first.cancelled()


async def test_closing_the_fetcher_ends_what_still_runs(host, storage, fetcher_of):
    url = host.put("/s/f/a.bin", content_of(3 * MIB), Stall(2 * MIB))
    async with fetcher_of() as fetcher:
        task = asyncio.create_task(fetcher.fetch(url, refresh=no_refresh))
        await until_something_is_unfinished(storage)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert unfinished(storage) == []


async def test_a_download_that_is_cut_and_expires_goes_on_where_it_stopped(host, storage, fetcher, waits):
    content = content_of(3 * MIB)
    url = host.put("/s/f/film.bin", content, Cut(2 * MIB + 5))

    async def refresh():
        return host.signed("/s/f/film.bin")

    async def expire_when_cut(seconds):
        waits.append(seconds)
        host.expire_all()

    fetcher._sleep = expire_when_cut
    stored = await fetcher.fetch(url, refresh=refresh)
    assert storage.read(stored.path) == content
    rest = f"bytes={2 * MIB}-"
    assert [request.headers.get("range") for request in host.asked] == [None, rest, rest]
    assert len(waits) == 1


async def test_a_big_file_needs_no_more_memory_than_a_few_chunks(host, fetcher, storage):
    content = content_of(30 * MIB)
    url = host.put("/s/f/film.bin", content)
    tracemalloc.start()
    try:
        stored = await fetcher.fetch(url, refresh=no_refresh)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert storage.path(stored.path).stat().st_size == 30 * MIB
    assert peak < 10 * MIB


async def test_a_file_above_the_limit_is_not_begun(host, storage, fetcher_of):
    async with fetcher_of(max_bytes=1000) as fetcher:
        with pytest.raises(FileTooLargeError, match="1001 bytes; the limit is 1000"):
            await fetcher.fetch(host.put("/s/f/a.bin", bytes(1001)), refresh=no_refresh)
        assert (await fetcher.fetch(host.put("/s/f/b.bin", bytes(1000)), refresh=no_refresh)).size == 1000
    assert unfinished(storage) == []


async def test_a_full_disk_is_said_to_be_one(host, storage, fetcher, monkeypatch):
    class FullDisk(files_module.FileIO):
        def write(self, _data):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files_module, "FileIO", FullDisk)
    with pytest.raises(StorageError, match="No space left on device"):
        await fetcher.fetch(host.put("/s/f/a.png", PNG), refresh=no_refresh)
    assert unfinished(storage) == []


async def test_neither_token_nor_cookie_nor_netrc_reaches_the_host(host, fetcher, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password hidden\n")
    monkeypatch.setenv("NETRC", str(netrc))
    target = host.put("/s/f/target.png", PNG)
    await fetcher.fetch(host.put("/s/f/a.png", PNG, Redirect(target)), refresh=no_refresh)
    await fetcher.fetch(host.put("/s/f/b.png", PNG), refresh=no_refresh)
    assert len(host.asked) == 3
    allowed = {"host", "user-agent", "accept", "accept-encoding"}
    assert [set(request.headers) for request in host.asked] == [allowed] * 3


async def test_signatures_are_neither_logged_nor_in_errors(host, fetcher_of, caplog):
    caplog.set_level(logging.DEBUG)
    addresses = [
        host.put("/s/f/ok.png", PNG, Redirect(host.put("/s/f/there.png", PNG))),
        host.put("/s/f/gone.png", PNG, Status(404)),
        host.put("/s/f/broken.bin", content_of(MIB), *[Cut(10)] * 10),
        host.put("/s/f/away.png", PNG, Redirect("https://evil.example/x?X-Amz-Signature=secret99")),
        "https://evil.example/x?X-Amz-Signature=secret98",
    ]
    async with fetcher_of() as fetcher:
        results = [
            await asyncio.gather(
                fetcher.fetch(address, refresh=AsyncMock(return_value=address)), return_exceptions=True
            )
            for address in addresses
        ]
    errors = [result for (result,) in results if isinstance(result, Exception)]
    assert [type(error) for error in errors] == [
        FileUnavailableError,
        TransientNotionError,
        FileRefusedError,
        FileRefusedError,
    ]
    told = [str(error) + error.hint + str(error.__cause__) for error in errors]
    logged = [r.getMessage() for r in caplog.records if not r.name.startswith(("uvicorn", "asyncio"))]
    assert any("connect_tcp" in message for message in logged)
    assert "secret" not in "".join(told + logged)


async def test_what_others_log_at_the_wire_stays_visible(host, fetcher, caplog):
    caplog.set_level(logging.DEBUG, logger="httpcore.http11")
    async with httpx.AsyncClient() as client:
        await client.get(host.put("/s/f/a.png", PNG))
    assert any("receive_response_headers" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h/s/f/Jahres%C3%BCbersicht%202026.pdf?X-Amz-Signature=s", "Jahresübersicht 2026.pdf"),
        ("https://h/s/f/a%0D%0Ab%00.txt", "ab.txt"),
        ("https://h/s/f/photo%E2%80%AEgpj.exe", "photogpj.exe"),
        ("https://h/s/f/..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("https://h/s/f/%FF.png", "\ufffd.png"),
        ("https://h/", ""),
    ],
)
def test_the_name_is_readable_and_harmless_to_show(url, name):
    assert file_name(url) == name


def test_a_long_name_is_cut_between_characters():
    name = file_name("https://h/" + "%E6%96%87" * 200 + ".pdf")
    assert name == "文" * 85
