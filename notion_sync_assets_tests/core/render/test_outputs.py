from contextlib import closing
from pathlib import Path

import pytest

from notion_sync_assets.core.render.outputs import open_outputs
from notion_sync_assets.core.render.render_state import RenderState, untold
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.temporary_rows import temporary_rows


@pytest.fixture
def state(storage):
    return RenderState(storage, "json", "scope-key")


def write(outputs, made):
    for each in made:
        outputs.add(each)
    outputs.flush()


class WatchedStorage(LocalStorage):
    """Tells at each write whether the path was claimed before."""

    def write(self, path, data, *, durable=True):
        if path.startswith("json/"):
            assert path.encode() in self.read("state/renders/json/scope-key.claims")
        super().write(path, data, durable=durable)


def test_a_path_is_claimed_before_it_is_written(tmp_path):
    storage = WatchedStorage(tmp_path)
    with closing(temporary_rows()) as rows:
        outputs = open_outputs(rows, storage, RenderState(storage, "json", "scope-key"))
        write(outputs, ((f"json/a/{number}.json", b"") for number in range(200)))

        assert outputs.tally.written == 200


def test_a_large_batch_is_written_before_more_is_read(storage, state):
    def produced():
        yield "json/a/1.json", bytes(9 * 1024 * 1024)
        assert storage.exists("json/a/1.json")
        yield "json/a/2.json", b""

    with closing(temporary_rows()) as rows:
        outputs = open_outputs(rows, storage, state)
        write(outputs, produced())

    assert storage.exists("json/a/2.json")


def test_a_file_is_moved_before_its_exporter_goes_on(storage, state, tmp_path):
    def produced():
        file = tmp_path / "made"
        file.write_bytes(b"content")
        yield "json/a/1.json", file
        assert not file.exists()

    with closing(temporary_rows()) as rows:
        outputs = open_outputs(rows, storage, state)
        write(outputs, produced())

    assert storage.read("json/a/1.json") == b"content"


@pytest.mark.parametrize(
    ("old", "moved"), [(b"same", 0), (b"sam", 1), (b"same and more", 1), (b"else", 1), (None, 1)]
)
@pytest.mark.parametrize("kind", [bytes, Path])
def test_only_what_differs_is_written(storage, state, tmp_path, kind, old, moved):
    if old is not None:
        storage.write("json/a/1.json", old)
    content = b"same"
    if kind is Path:
        content = tmp_path / "made"
        content.write_bytes(b"same")

    with closing(temporary_rows()) as rows:
        outputs = open_outputs(rows, storage, state)
        write(outputs, [("json/a/1.json", content)])

        assert outputs.tally.written == moved
    assert storage.read("json/a/1.json") == b"same"


def test_a_claim_cut_short_names_no_file(storage, state):
    state.claim(["json/a/1.json"])
    storage.append("state/renders/json/scope-key.claims", b'\n"json/a', durable=True)
    state.claim(["json/a/2.json"])

    assert list(state.known()) == ["json/a/1.json", "json/a/2.json"]


def test_a_claim_outside_the_format_is_never_followed(storage, state):
    state.claim(["state/identity.json", "json/a/1.json"])

    assert list(state.known()) == ["json/a/1.json"]


def test_a_record_counts_only_when_nothing_is_claimed(storage, state):
    assert state.settled() is None
    state.finish([], {"input": "hash"})
    assert state.settled()["input"] == "hash"
    state.claim([])
    assert state.settled() is None


def test_a_render_is_untold_until_somebody_was_told(storage, state):
    state.finish([], {"input": "hash"})
    record = untold(state.settled())
    assert record == {"input": "hash"}
    state.told(record)
    assert state.settled() == record
    assert untold(state.settled()) is None
