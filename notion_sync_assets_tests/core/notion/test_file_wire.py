"""Redirects: followed to allowed addresses only, hop by hop."""

import pytest

from notion_sync_assets.core.notion.file_errors import FileRefusedError, FileUnavailableError
from notion_sync_assets.core.notion.file_policy import FilePolicy
from notion_sync_assets.core.notion.file_wire import FileWire
from notion_sync_assets_tests.core.notion.storage_host import Redirect, Status, running_storage_host


@pytest.fixture(scope="module")
def hosts():
    with running_storage_host() as allowed, running_storage_host() as forbidden:
        yield allowed, forbidden


@pytest.fixture
def host(hosts):
    for host in hosts:
        host.forget()
    return hosts[0]


@pytest.fixture
def forbidden(hosts):
    return hosts[1]


@pytest.fixture
async def read(host):
    wire = FileWire(FilePolicy(host.origin), concurrency=1)

    async def run(address):
        async with wire.get(address, {}) as response:
            return await response.aread()

    yield run
    await wire.aclose()


def chain(host, length):
    """An address that redirects so many times before it gives a file."""
    address = host.put("/s/f/end.txt", b"there")
    for number in range(length):
        address = host.put(f"/s/f/{number}.txt", b"", Redirect(address))
    return address


async def test_three_redirects_are_followed(host, read):
    assert await read(chain(host, 3)) == b"there"


async def test_a_fourth_is_not(host, read):
    with pytest.raises(FileRefusedError, match="after 3 redirects"):
        await read(chain(host, 4))
    assert len(host.asked) == 4


async def test_a_relative_redirect_stays_on_its_host(host, read):
    target = host.put("/s/f/end.txt", b"there")
    assert await read(host.put("/s/f/a.txt", b"", Redirect(target.removeprefix(host.origin)))) == b"there"


async def test_a_redirect_to_another_origin_is_not_followed(host, forbidden, read):
    trap = forbidden.put("/trap", b"caught")
    with pytest.raises(FileRefusedError, match=r"host '127\.0\.0\.1'"):
        await read(host.put("/s/f/a.txt", b"", Redirect(trap)))
    assert forbidden.asked == []


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/a", "file:///etc/passwd", "http://[", "http://h:x/", "http://127.0.0.1:1/"],
)
async def test_a_redirect_to_anywhere_else_is_refused(host, read, target):
    with pytest.raises(FileRefusedError):
        await read(host.put("/s/f/a.txt", b"", Status(302, headers={"Location": target})))


async def test_a_redirect_to_nowhere_is_an_unavailable_file(host, read):
    with pytest.raises(FileUnavailableError, match="to nowhere"):
        await read(host.put("/s/f/a.txt", b"", Status(307)))
