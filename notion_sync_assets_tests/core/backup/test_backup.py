"""A backup: everything that cannot be made again, there and back; whatever is wrong with an archive, nothing is placed."""

import datetime as dt
import hashlib
import io
import tarfile

import orjson
import pytest
import zstandard

from notion_sync_assets.core.backup import form
from notion_sync_assets.core.backup.archive import known_backups, write_backup
from notion_sync_assets.core.backup.unpacking import Limits, check, unpack
from notion_sync_assets.core.notion.errors import ConfigurationError, StorageError
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.storage.objects import ObjectStorage
from notion_sync_assets_tests.core.sync.exporting import Export, held, tree
from notion_sync_assets_tests.core.sync.worlds import HEAP

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
LIMITS = Limits(10_000, 1 << 30)
NOT_IN_IT = {"state/backups.json"}


@pytest.fixture
async def export(export, notion):
    await export.run()
    notion.control.change("rename", object_id=HEAP, title="Pile")
    await export.run()
    return export


def packed(members, *, listed=True):
    """An archive of (name or header, bytes), with a true list of its files."""
    sink, lines = io.BytesIO(), b""
    with (
        zstandard.ZstdCompressor(write_checksum=True).stream_writer(sink, closefd=False) as stream,
        tarfile.open(fileobj=stream, mode="w|") as archive,
    ):
        for member, data in members:
            header = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
            if header.name != form.HEAD:
                lines += form.line(header.name, hashlib.sha256(data).hexdigest(), len(data))
        if listed:
            trailer = tarfile.TarInfo(form.LIST)
            trailer.size = len(lines)
            archive.addfile(trailer, io.BytesIO(lines))
    return sink.getvalue()


HEAD = (form.HEAD, orjson.dumps({"format": form.BACKUP_FORMAT}))


def link(name, target, kind):
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, target
    return header


async def test_there_and_back_nothing_is_lost_and_the_next_export_goes_on(export, notion, tmp_path):
    made = write_backup(export.storage, tmp_path / "backup", NOW)
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600
    before = held(export.storage)
    back = LocalStorage(tmp_path / "back")
    head = unpack(tmp_path / "backup", back, LIMITS)
    assert (
        head["heads"] == made.heads == {key: export.commits.head_seq(key) for key in export.commits.scopes()}
    )
    assert held(back) == {path: data for path, data in before.items() if path not in NOT_IN_IT}
    assert {path.stat().st_mode & 0o777 for path in back.root.rglob("*") if path.is_file()} == {0o600}
    async with Export(notion.url, back) as restored:
        notion.control.reset()
        assert (await restored.run()).changed == set()
    # The page edited a moment ago, and nothing else.
    assert notion.control.stats()["by_route"]["GET /v1/blocks/{id}/children"] == {"200": 1}


async def test_what_other_processes_hold_and_what_can_be_made_again_is_left_out(export, tmp_path):
    for path in (
        "state/renders/json/garden.json",
        "state/links/x.parquet",
        "state/site.json",
        "state/lease/000001.json",
        "json/x/y.json",
        f"state/scopes/{export.commits.scopes()[0]}/lease/000001.json",
        f"state/scopes/{export.commits.scopes()[0]}/journal/1/lines.jsonl",
        f"state/events/{export.commits.scopes()[0]}/published_through.json",
    ):
        export.storage.write(path, b"{}")
    export.storage.write("_removed/markdown/Old 12345678.md", b"kept")
    write_backup(export.storage, tmp_path / "backup", NOW)
    back = LocalStorage(tmp_path / "back")
    unpack(tmp_path / "backup", back, LIMITS)
    paths = held(back)
    assert not [path for path in paths if "lease" in path or "journal" in path or "published" in path]
    assert {path.split("/")[0] for path in paths} == {"state", "receipts", "files", "_removed"}
    assert not [path for path in paths if path.startswith(("state/renders", "state/links", "state/site"))]


async def test_backups_are_noted_and_never_overwritten(export, tmp_path):
    made = write_backup(export.storage, tmp_path / "one", NOW)
    with pytest.raises(StorageError, match="is there already"):
        write_backup(export.storage, tmp_path / "one", NOW)
    write_backup(export.storage, tmp_path / "two", NOW)
    assert [each.file for each in known_backups(export.storage)] == [
        str(tmp_path / "one"),
        str(tmp_path / "two"),
    ]
    assert known_backups(export.storage)[0] == made


@pytest.mark.system
async def test_an_export_on_an_object_store_has_backups_too(export, tmp_path, object_store):
    write_backup(export.storage, tmp_path / "backup", NOW)
    bucket = ObjectStorage(f"{object_store.bucket()}/notion", object_store.options, tmp_path / "scratch")
    unpack(tmp_path / "backup", bucket, LIMITS)
    assert held(bucket) == {
        path: data for path, data in held(export.storage).items() if path not in NOT_IN_IT
    }
    write_backup(bucket, tmp_path / "again", NOW)
    back = LocalStorage(tmp_path / "back")
    unpack(tmp_path / "again", back, LIMITS)
    assert held(back) == {path: data for path, data in held(bucket).items() if path not in NOT_IN_IT}


def flip(whole, place, bit, folder):
    """Unpack an archive with one bit flipped. Returns the files placed; ``None`` where it was refused, nothing placed.

    Zstandard writes a few bits that may have either value and mean the same (the window's size, some codes): what comes
    out is then the same too, and the caller says so.
    """
    (folder / "bad").write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
    back = folder / f"back-{place}-{bit}"
    try:
        unpack(folder / "bad", LocalStorage(back), LIMITS)
    except StorageError:
        assert not back.exists()
        return None
    return tree(back)


@pytest.mark.system
async def test_every_flipped_bit_is_found_and_nothing_placed(export, tmp_path):
    write_backup(export.storage, tmp_path / "backup", NOW)
    whole = (tmp_path / "backup").read_bytes()
    unpack(tmp_path / "backup", LocalStorage(tmp_path / "good"), LIMITS)
    good = tree(tmp_path / "good")
    # The ends are of the compression and of the tape: what comes after the list counts as much as what is in it.
    places = {*range(0, len(whole), len(whole) // 40), *range(6), *range(len(whole) - 40, len(whole))}
    found = [flip(whole, place, 2, tmp_path) for place in sorted(places)]
    assert [each for each in found if each is not None] == [good] * (len(found) - found.count(None))
    assert found.count(None) > 0.9 * len(found)
    assert found[-4:] == [None] * 4  # the checksum itself


def test_no_flipped_bit_changes_what_is_placed(tmp_path):
    whole = packed([HEAD, ("state/identity.json", bytes(range(256)) * 40), ("files/a", b"a" * 3000)])
    (tmp_path / "backup").write_bytes(whole)
    unpack(tmp_path / "backup", LocalStorage(tmp_path / "good"), LIMITS)
    good = tree(tmp_path / "good")
    found = [flip(whole, place, bit, tmp_path) for place in range(len(whole)) for bit in range(8)]
    assert all(each in (None, good) for each in found)
    assert found.count(None) > 0.9 * len(found)


@pytest.mark.system
@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999, -1])
async def test_a_truncated_backup_is_refused(export, tmp_path, share):
    write_backup(export.storage, tmp_path / "backup", NOW)
    whole = (tmp_path / "backup").read_bytes()
    (tmp_path / "bad").write_bytes(whole[: int(len(whole) * share) if share >= 0 else share])
    with pytest.raises(StorageError):
        unpack(tmp_path / "bad", LocalStorage(tmp_path / "back"), LIMITS)
    assert not (tmp_path / "back").exists()


GOOD = ("state/identity.json", b"{}")


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([HEAD, ("/etc/passwd", b"x")], "refused path"),
        ([HEAD, ("state/../../up", b"x")], "refused path"),
        ([HEAD, ("state/\\up", b"x")], "refused path"),
        ([HEAD, ("elsewhere/file", b"x")], "no part of an export"),
        ([HEAD, (".dagster/dagster.yaml", b"x")], "no part of an export"),
        ([HEAD, (link("state/link", "/etc/passwd", tarfile.SYMTYPE), b"")], "only regular files"),
        ([HEAD, (link("state/link", "state/x", tarfile.LNKTYPE), b"")], "only regular files"),
        ([HEAD, (link("state/dev", "", tarfile.CHRTYPE), b"")], "only regular files"),
        ([HEAD, (link("state/dir", "", tarfile.DIRTYPE), b"")], "only regular files"),
        ([HEAD, GOOD, GOOD], "twice"),
        ([HEAD, GOOD, ("state/Identity.json", b"{}")], "twice"),
        ([GOOD], "no backup"),
        ([(form.HEAD, b'{"format": 9}'), GOOD], "format"),
        ([(form.HEAD, b"[]"), GOOD], "format"),
        ([(form.HEAD, b"{"), GOOD], "damaged"),
        ([], "no backup.json"),
    ],
)
def test_an_archive_somebody_else_made_places_nothing(tmp_path, members, words):
    (tmp_path / "bad").write_bytes(packed(members))
    with pytest.raises(StorageError, match=words):
        unpack(tmp_path / "bad", LocalStorage(tmp_path / "back"), LIMITS)
    assert not (tmp_path / "back").exists()
    assert not list(tmp_path.glob("up"))


@pytest.mark.parametrize("limits", [Limits(2, 1 << 30), Limits(10, 1 << 20)])
def test_size_and_number_are_limited_whatever_the_compression_promises(tmp_path, limits):
    bomb = [HEAD, *((f"files/{number}", bytes(1 << 19)) for number in range(4))]
    (tmp_path / "bomb").write_bytes(packed(bomb))
    assert (tmp_path / "bomb").stat().st_size < 10_000
    check(tmp_path / "bomb", LIMITS)
    with pytest.raises(StorageError, match="more than is allowed"):
        unpack(tmp_path / "bomb", LocalStorage(tmp_path / "back"), limits)
    assert not (tmp_path / "back").exists()


def test_an_archive_without_its_list_is_refused(tmp_path):
    (tmp_path / "bad").write_bytes(packed([HEAD, GOOD], listed=False))
    with pytest.raises(StorageError, match="end is missing"):
        check(tmp_path / "bad", LIMITS)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (packed([GOOD], listed=False), "goes on"),
        (zstandard.ZstdCompressor().compress(bytes(1 << 20)), "goes on"),
        (b"more", "damaged"),
    ],
    ids=["another archive", "padding without end", "what is not compressed"],
)
def test_what_goes_on_after_its_end_is_refused(tmp_path, more, words):
    (tmp_path / "bad").write_bytes(packed([HEAD, GOOD]) + more)
    with pytest.raises(StorageError, match=words):
        check(tmp_path / "bad", LIMITS)


def test_a_file_after_the_list_is_refused(tmp_path):
    line = form.line(GOOD[0], hashlib.sha256(GOOD[1]).hexdigest(), len(GOOD[1]))
    (tmp_path / "bad").write_bytes(
        packed([HEAD, GOOD, (form.LIST, line), ("files/late", b"x")], listed=False)
    )
    with pytest.raises(StorageError, match="comes after"):
        check(tmp_path / "bad", LIMITS)


def test_a_file_that_is_no_backup_or_not_there_is_refused(tmp_path):
    (tmp_path / "bad").write_bytes(b"PK\x03\x04")
    with pytest.raises(StorageError, match="damaged"):
        check(tmp_path / "bad", LIMITS)
    with pytest.raises(ConfigurationError, match="no file"):
        check(tmp_path / "none", LIMITS)


def test_a_place_that_holds_something_stays_as_it_is(tmp_path):
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "mine").write_text("mine")
    (tmp_path / "good").write_bytes(packed([HEAD, GOOD]))
    with pytest.raises(ConfigurationError, match="not empty"):
        unpack(tmp_path / "good", LocalStorage(tmp_path / "back"), LIMITS)
    assert tree(tmp_path / "back") == {"mine": b"mine"}
