"""Hosted files: signatures, expiry, ranges, and content that is what its name says."""

import io
import zipfile
from urllib.parse import urlsplit

import httpx
import pytest

from notion_sync_assets.emulator.file_content import content, content_type
from notion_sync_assets.emulator.ids import named_id

EVERY_BLOCK = named_id("page", "every block")


@pytest.fixture
def addresses(api):
    blocks = api.all(f"/blocks/{EVERY_BLOCK}/children")
    media = [b[b["type"]] for b in blocks if b["type"] in ("image", "video", "pdf", "audio", "file")]
    return [m["file"]["url"] for m in media if m["type"] == "file"]


def test_every_hosted_file_of_the_demo_can_be_read(addresses):
    assert len(addresses) >= 10
    for address in addresses:
        answer = httpx.get(address)
        assert answer.status_code == 200
        assert answer.headers["etag"]
        assert len(answer.content) == int(answer.headers["content-length"])


def test_the_path_names_the_file_and_the_query_signs_it(api, addresses):
    first, second = urlsplit(addresses[0]), urlsplit(addresses[1])
    assert first.path != second.path
    assert first.path.startswith("/files/")
    assert "X-Amz-Signature=" in first.query


def test_a_part_of_a_file_can_be_asked_for(addresses):
    whole = httpx.get(addresses[0]).content
    part = httpx.get(addresses[0], headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.content) == (206, whole[3:10])
    assert part.headers["content-range"] == f"bytes 3-9/{len(whole)}"
    assert httpx.get(addresses[0], headers={"Range": "bytes=10-"}).content == whole[10:]


def test_a_token_beside_the_signature_is_refused(addresses):
    answer = httpx.get(addresses[0], headers={"Authorization": "Bearer secret"})
    assert (answer.status_code, "InvalidArgument" in answer.text) == (400, True)
    assert answer.headers["content-type"].startswith("application/xml")


@pytest.mark.parametrize(
    "damage", [lambda u: u[:-1] + ("0" if u[-1] != "0" else "1"), lambda u: u.split("?")[0]]
)
def test_a_wrong_signature_is_refused(addresses, damage):
    answer = httpx.get(damage(addresses[0]))
    assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (403, True)


def test_an_address_expires_and_a_new_read_gives_a_new_one(start, connect):
    emulator = start(file_ttl=10)
    api = connect(emulator.url)
    page = api.get(f"/pages/{EVERY_BLOCK}")
    url = page["icon"]["file"]["url"]
    assert httpx.get(url).status_code == 200
    emulator.control.clock(advance=11)
    assert "Request has expired" in httpx.get(url).text
    assert httpx.get(api.get(f"/pages/{EVERY_BLOCK}")["icon"]["file"]["url"]).status_code == 200


def test_reading_files_costs_no_request_of_the_budget(start, connect):
    emulator = start(limit=1)
    url = connect(emulator.url).get(f"/pages/{EVERY_BLOCK}")["icon"]["file"]["url"]
    assert {httpx.get(url).status_code for _ in range(5)} == {200}
    stats = emulator.control.stats()
    assert (stats["requests"], stats["files"], stats["file_bytes"] > 0) == (1, 5, True)


def test_public_pictures_need_no_signature(api):
    assert httpx.get(api.get("/custom_emojis")["results"][0]["url"]).content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.png", b"\x89PNG"), ("a.jpg", b"\xff\xd8\xff"), ("a.gif", b"GIF89a"), ("a.svg", b"<svg"), ("a.pdf", b"%PDF"),
     ("a.mp3", b"ID3"), ("a.mp4", b"\0\0\0\x18ftyp"), ("a.html", b"<!doctype html>"), ("a.csv", b"part,"), ("a.txt", b"A file")],
)  # fmt: skip
def test_a_file_starts_as_its_name_says(name, start):
    assert content("id", name).startswith(start)
    assert content("id", name) == content("id", name) != content("other", name)


def test_an_archive_can_be_opened():
    with zipfile.ZipFile(io.BytesIO(content("id", "a.zip"))) as archive:
        assert archive.read("contents.txt") == b"id"


def test_a_big_file_has_the_asked_size():
    assert len(content("id", "big.bin", 300_000)) == 300_000
    assert content_type("big.bin") == "application/octet-stream"
