"""The scope assets: one partition, one step, four materializations, one check."""

import json

import dagster as dg
import pytest

from notion_sync_assets import failures
from notion_sync_assets.assets.scope_events import COMPLETENESS, OUTPUTS
from notion_sync_assets.core.notion.errors import (
    ConfigurationError,
    IncompleteListingError,
    LeaseHeldError,
    MassDisappearanceError,
    TransientNotionError,
    UnauthorizedError,
)
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets.emulator.demo.hostile import TITLES
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.deployment import SMALL_WORLD, TOKEN, deployment, refuse_persistently


@pytest.fixture
def no_pause(monkeypatch):
    monkeypatch.setattr(failures, "_FIRST_PAUSE_S", 0.0)


def failing(monkeypatch, runtime, *errors):
    """Let the next syncs of a runtime raise these errors, then work; return how often it was called."""
    pending, calls, sync = list(errors), [], runtime.sync

    def attempt(scopes, run_id, mode):
        calls.append(run_id)
        if pending:
            raise pending.pop(0)
        return sync(scopes, run_id, mode)

    monkeypatch.setattr(runtime, "sync", attempt)
    return calls


def version(event):
    return event.tags["dagster/data_version"]


def test_a_data_source_becomes_four_materializations_with_their_facts(dagster):
    key = dagster.key("table-0")
    result = dagster.sync(key)
    found = {
        event.asset_key.path[-1]: event.materialization for event in result.get_asset_materialization_events()
    }
    assert set(found) == set(OUTPUTS)
    commit = dagster.runtime.commits.head(key)
    for event in found.values():
        assert event.partition == key
        assert event.metadata["title"].value == "Table 0"
        assert event.metadata["notion"].url == f"https://www.notion.so/{key[-32:]}"
        assert event.metadata["manifest"].path == commit.manifest
        assert (dagster.runtime.storage.root / event.metadata["manifest"].path).is_file()
        assert event.metadata["sequence"].value == 1
    counts = {name: found[name].metadata["dagster/partition_row_count"].value for name in OUTPUTS}
    assert counts == {
        "databases": 3,
        "pages": 3,
        "blocks": commit.counts["blocks"],
        "files": commit.counts["files"],
    }
    assert found["pages"].metadata["pages_new"].value == 3
    assert found["pages"].metadata["requests_made"].value == dagster.emulator.control.stats()["requests"]


def test_the_columns_of_a_data_source_are_shown(demo):
    demo.sync(demo.key("reading-list"))
    (event,) = demo.events("databases")
    columns = {column.name: column.type for column in event.metadata["dagster/column_schema"].schema.columns}
    assert columns == {
        "Title": "title",
        "Genre": "select",
        "Score": "number",
        "Link": "url",
        "Finished": "date",
        "Cover": "files",
        "Progress": "status",
    }
    assert event.metadata["views"].value == 1


def test_a_page_tree_has_a_databases_output_of_no_rows(dagster):
    dagster.sync(dagster.key("page-000000"))
    (event,) = dagster.events("databases")
    assert event.metadata["dagster/partition_row_count"].value == 0
    assert "dagster/column_schema" not in event.metadata


def test_an_unchanged_scope_keeps_its_data_version_and_a_changed_one_does_not(dagster):
    key = dagster.key("table-0")
    dagster.sync(key)
    dagster.sync(key)
    dagster.emulator.control.change(
        "add_row", data_source_id=dagster.runtime.known_scopes([key])[0].root_id, title="New"
    )
    dagster.sync(key)
    for output in OUTPUTS:
        first, again, changed = map(version, dagster.events(output))
        assert first == again != changed


def test_full_reads_every_page_again_and_still_changes_nothing(dagster):
    key = dagster.key("table-0")
    dagster.sync(key)
    dagster.requests()
    dagster.sync(key)
    assert "GET /v1/comments" not in dagster.requests()
    dagster.sync(key, {"full": True})
    assert dagster.requests()["GET /v1/comments"] == 3
    assert len({version(event) for event in dagster.events("pages")}) == 1


def test_two_partitions_of_a_backfill_are_both_materialized(dagster):
    keys = [dagster.key("table-0"), dagster.key("table-1")]
    for key in keys:
        assert dagster.sync(key, tags={"dagster/backfill": "both"}).success
    for output in OUTPUTS:
        done = dagster.instance.get_materialized_partitions(dagster.names.notion(output))
        assert done == set(keys)


def test_a_complete_scope_passes_its_check(dagster):
    dagster.sync(dagster.key("table-0"))
    outcome = dagster.outcome("pages", COMPLETENESS)
    assert outcome.passed
    assert {name: value.value for name, value in outcome.metadata.items()} == {"failed_pages": 0}


def test_odd_blocks_fail_the_check_with_samples_and_cost_nothing_else(demo, monkeypatch):
    odd = [named_id("page", f"hostile {title}") for title in (TITLES[6], TITLES[-1])]
    refuse_persistently(monkeypatch, *(f"/v1/blocks/{page_id}/children" for page_id in odd))
    key = demo.key("hostile-titles")
    assert demo.sync(key).success
    outcome = demo.outcome("pages", COMPLETENESS)
    assert not outcome.passed
    assert outcome.severity is dg.AssetCheckSeverity.ERROR
    assert outcome.metadata["failed_pages"].value == 2
    assert "`<script>alert('garden')</script>`" in outcome.metadata["samples"].value
    assert "`[link](javascript:alert(1))`" in outcome.metadata["samples"].value
    assert "`validation_error`" in outcome.metadata["samples"].value
    assert "materialize this partition again" in outcome.metadata["repair"].value
    view = demo.runtime.snapshot(key)
    states = {row.title: row.state for row in view.rows() if row.state != "gone"}
    assert {title for title, state in states.items() if state == "failed"} == {TITLES[6], TITLES[-1]}
    assert len(states) == len(TITLES) + 1
    monkeypatch.undo()
    demo.sync(key)
    assert demo.outcome("pages", COMPLETENESS).passed


def test_a_failure_that_is_still_there_keeps_the_check_failed(demo, monkeypatch):
    odd = named_id("page", f"hostile {TITLES[0]}")
    refuse_persistently(monkeypatch, f"/v1/blocks/{odd}/children")
    key = demo.key("hostile-titles")
    demo.sync(key)
    demo.sync(key)
    outcome = demo.outcome("pages", COMPLETENESS)
    assert (outcome.passed, outcome.metadata["failed_pages"].value) == (False, 1)


@pytest.mark.usefixtures("no_pause")
def test_a_transient_error_is_tried_again_in_the_same_run(dagster, monkeypatch):
    calls = failing(monkeypatch, dagster.runtime, TransientNotionError("busy"), TransientNotionError("busy"))
    key = dagster.key("table-0")
    assert dagster.sync(key).success
    assert len(calls) == 3
    assert len(dagster.events("pages")) == 1


@pytest.mark.usefixtures("no_pause")
def test_after_three_attempts_the_step_fails_with_the_last_words(dagster, monkeypatch):
    calls = failing(monkeypatch, dagster.runtime, *[TransientNotionError("busy")] * 3)
    result = dagster.sync(dagster.key("table-0"), raise_on_error=False)
    assert not result.success
    assert len(calls) == 3
    failure = result.failure_data_for_node(result.all_node_events[0].node_name)
    assert failure.user_failure_data.description == f"busy\n{TransientNotionError.hint}"


@pytest.mark.parametrize("kind", [UnauthorizedError, ConfigurationError, MassDisappearanceError])
def test_what_will_not_pass_is_not_tried_again(dagster, monkeypatch, kind):
    calls = failing(monkeypatch, dagster.runtime, kind("no"))
    with pytest.raises(dg.Failure, match=kind("no").hint.split(":")[0]) as caught:
        dagster.sync(dagster.key("table-0"))
    assert isinstance(caught.value.__cause__, kind)
    assert len(calls) == 1


def test_a_cancelled_run_is_not_started_again(dagster, monkeypatch):
    calls = failing(monkeypatch, dagster.runtime, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        dagster.sync(dagster.key("table-0"))
    assert len(calls) == 1


def test_a_partition_that_the_index_does_not_know_is_a_clear_failure(dagster):
    stray = f"stray-{'0' * 32}"
    dagster.instance.add_dynamic_partitions("notion_scopes", [stray])
    with pytest.raises(dg.Failure, match="Materialize workspace_index first"):
        dagster.sync(stray)


@pytest.mark.usefixtures("no_pause")
def test_a_scope_that_another_run_works_on_says_who_does(dagster):
    key = dagster.key("table-0")
    other = LeaseKeeper(20.0)
    other.take(dagster.runtime.storage, layout.lease(key), "the other run")
    try:
        result = dagster.sync(key, raise_on_error=False)
    finally:
        other.close()
    failure = result.failure_data_for_node(result.all_node_events[0].node_name)
    assert "run the other run" in failure.user_failure_data.description
    assert LeaseHeldError.hint in failure.user_failure_data.description
    assert dagster.sync(key).success


@pytest.mark.usefixtures("no_pause")
def test_a_listing_that_notion_cuts_short_leaves_the_committed_state(dagster, monkeypatch):
    key = dagster.key("table-0")
    dagster.sync(key)
    failing(monkeypatch, dagster.runtime, *[IncompleteListingError("the rows were cut short")] * 3)
    result = dagster.sync(key, raise_on_error=False)
    failure = result.failure_data_for_node(result.all_node_events[0].node_name)
    assert failure.user_failure_data.description == f"the rows were cut short\n{IncompleteListingError.hint}"
    assert dagster.runtime.commits.head_seq(key) == 1


def test_rows_that_vanish_by_the_dozen_stop_the_scope_before_the_commit(start_emulator, tmp_path):
    guard = {"sync.mass_disappearance_minimum": 1, "sync.mass_disappearance_share": 0.1}
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export", **guard) as dagster:
        dagster.index()
        key = dagster.key("table-0")
        dagster.sync(key)
        for row in dagster.runtime.snapshot(key).rows():
            dagster.emulator.control.change("delete", object_id=row.page_id)
        with pytest.raises(dg.Failure, match="nothing was recorded as deleted") as caught:
            dagster.sync(key)
        assert MassDisappearanceError.hint in caught.value.description
        assert dagster.runtime.commits.head_seq(key) == 1


def test_a_scope_that_is_not_shared_any_more_has_nothing_to_show_and_still_succeeds(dagster):
    key = dagster.key("table-0")
    (scope,) = dagster.runtime.known_scopes([key])
    database = dagster.runtime.index_state().sources[scope.root_id]
    dagster.emulator.control.change("unshare", object_id=database)
    assert dagster.sync(key).success
    (event,) = dagster.events("pages")
    assert event.metadata["sequence"].value == 0
    assert "manifest" not in event.metadata
    assert version(event) == "0"


def test_the_token_is_nowhere_in_the_event_log(dagster):
    dagster.sync(dagster.key("table-0"))
    dagster.batch()
    for run in dagster.instance.get_runs():
        logged = dagster.instance.all_logs(run.run_id)
        assert logged
        assert TOKEN not in json.dumps([record.to_json() for record in logged])
    assert all(TOKEN not in repr(event) for event in dagster.events("page_versions"))
