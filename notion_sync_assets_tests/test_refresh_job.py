"""The job that reads named pages again: what it reads, what it leaves alone, how it fails."""

import dagster as dg
import pytest

from notion_sync_assets import failures
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.sync import engine
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.deployment import QUIET, SMALL_WORLD, deployment


@pytest.fixture(scope="module")
def dagster(tmp_path_factory):
    """A workspace that was exported once."""
    formats = {"output.formats": ["markdown"], "sync.verify_requests": 0}
    folder = tmp_path_factory.mktemp("refresh") / "export"
    with (
        running_emulator(EmulatorConfig(limit=0, **SMALL_WORLD)) as emulator,
        deployment(emulator, folder, **formats) as made,
    ):
        made.run("export_job")
        made.requests()
        yield made


def refresh(deployed, scope, *objects):
    config = {"ops": {"refresh_objects": {"config": {"scope": scope, "objects": list(objects)}}}}
    job = deployed.defs.resolve_job_def("refresh_scope")
    return job.execute_in_process(instance=deployed.instance, run_config={**QUIET, **config})


def pages(deployed, key):
    return sorted(row.page_id for row in deployed.runtime.snapshot(key).rows() if row.present)


def tree(deployed):
    return next(key for key in deployed.keys if not key.startswith("table"))


def test_an_address_will_do_and_one_page_is_read(dagster):
    page = pages(dagster, tree(dagster))[0]
    assert refresh(dagster, tree(dagster), f"https://www.notion.so/{page.replace('-', '')}").success
    assert dagster.requests()["GET /v1/pages/{id}"] == 1


def test_a_page_of_another_scope_is_not_brought_in(dagster):
    stranger = pages(dagster, dagster.key("table-0"))[0]
    before = pages(dagster, tree(dagster))
    assert refresh(dagster, tree(dagster), stranger).success
    assert pages(dagster, tree(dagster)) == before
    assert stranger in pages(dagster, dagster.key("table-0"))


def test_a_page_that_has_moved_away_stays_until_its_new_scope_has_it(dagster):
    source, target = dagster.key("table-0"), dagster.key("table-1")
    (into,) = dagster.runtime.known_scopes([target])
    page = pages(dagster, source)[0]
    dagster.emulator.control.change("move_page", page_id=page, parent_id=into.root_id)
    assert refresh(dagster, source, page).success
    assert page in pages(dagster, source)
    assert refresh(dagster, target, page).success
    assert refresh(dagster, source, page).success
    assert (page in pages(dagster, source), page in pages(dagster, target)) == (False, True)


def test_a_page_that_cannot_be_seen_any_more_is_left_to_the_next_reconcile(dagster):
    page = pages(dagster, tree(dagster))[-1]
    dagster.emulator.control.change("unshare", object_id=page)
    assert refresh(dagster, tree(dagster), page).success
    assert page in pages(dagster, tree(dagster))
    dagster.emulator.control.change("share", object_id=page)


def test_a_renamed_page_is_rendered_under_its_new_name(dagster):
    row = pages(dagster, dagster.key("table-1"))[0]
    dagster.emulator.control.change("rename", object_id=row, title="Renamed and rendered", bump=False)
    assert refresh(dagster, dagster.key("table-1"), row).success
    root = dagster.runtime.storage.root / "markdown"
    assert any("Renamed and rendered" in path.name for path in root.rglob("*.md"))


@pytest.mark.parametrize(
    ("scope", "named", "said"),
    [(None, "no id at all", "neither an id nor an address"), ("unknown-" + "0" * 32, "", "no scope")],
)
def test_what_is_wrong_with_the_configuration_is_told(dagster, scope, named, said):
    with pytest.raises(dg.Failure, match=said):
        refresh(dagster, scope or tree(dagster), *([named] if named else []))


def test_what_was_said_after_an_interrupted_read_is_not_taken_from_its_journal(dagster, monkeypatch):
    """A comment moves no time, so a journal line looks as good as ever: only the event tells that it is not."""
    key = dagster.key("table-1")
    row, other = pages(dagster, key)[-2:]
    dagster.emulator.control.change("rename", object_id=other, title="Something to commit", bump=False)
    with monkeypatch.context() as patch:
        patch.setattr(failures, "_WORTH_ANOTHER_ATTEMPT", ())
        patch.setattr(engine, "commit_scope", interrupted)
        with pytest.raises(dg.Failure):
            refresh(dagster, key, row, other)
    dagster.emulator.control.change("add_comment", owner_id=row, text="Said in between")
    assert refresh(dagster, key, row, other).success
    view = dagster.runtime.snapshot(key)
    (shown,) = [document for each, document in view.pages() if each.page_id == row]
    assert "Said in between" in str(shown.to_json())


def interrupted(*_):
    raise StorageError("the disk is away")
