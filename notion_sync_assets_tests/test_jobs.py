"""The jobs: many scopes in one run, with the events one partition would have logged, and what ends a run."""

import threading

import dagster as dg
import pyarrow as pa
import pytest

from notion_sync_assets import jobs
from notion_sync_assets.assets.scope_events import COMPLETENESS, OUTPUTS
from notion_sync_assets.checks import FAILED_SCOPES
from notion_sync_assets.core.notion.errors import ConfigurationError, UnauthorizedError
from notion_sync_assets.core.render import json_pages
from notion_sync_assets.core.render.link_slice import open_slice, slice_path
from notion_sync_assets.failures import cause_of
from notion_sync_assets.names import WORKSPACE_TAG
from notion_sync_assets_tests.deployment import SMALL_WORLD, STILL_DEMO, deployment, refuse_persistently


@pytest.fixture
def dagster(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export") as made:
        made.index()
        yield made


REQUEST_FACTS = {"requests_made", "requests_rejected", "requests_retried", "outages"}


def told(event):
    """What an event says, but for what no two syncs share: the manifest's name and the requests made until then."""
    own = {"manifest", *REQUEST_FACTS}
    facts = {name: value for name, value in event.metadata.items() if name not in own}
    return event.asset_key, event.partition, facts


def test_one_run_tells_of_many_scopes_what_single_partitions_would_have_told(start_emulator, tmp_path):
    emulator = start_emulator(**SMALL_WORLD)
    with (
        deployment(emulator, tmp_path / "batch") as batch,
        deployment(emulator, tmp_path / "single") as single,
    ):
        batch.index()
        single.index()
        batch.batch()
        for key in single.keys:
            single.sync(key)
        for output in OUTPUTS:
            together, apart = (
                {event.partition: told(event) for event in each.events(output)} for each in (batch, single)
            )
            assert len(together) == 3
            assert together == apart
        assert len(batch.events("page_versions")) == len(single.events("page_versions")) == 12
        assert batch.outcome("pages", COMPLETENESS).metadata == single.outcome("pages", COMPLETENESS).metadata


def test_the_batch_gives_its_events_the_version_of_the_commit(dagster):
    dagster.batch()
    for key in dagster.keys:
        commit = dagster.runtime.commits.head(key)
        versions = {
            event.tags["dagster/data_version"] for output in OUTPUTS for event in dagster.events(output, key)
        }
        assert versions == {f"{commit.seq}-{commit.sync_id}"}


def test_only_changed_scopes_are_told_again(dagster):
    dagster.batch()
    key = dagster.key("table-0")
    page = next(iter(dagster.runtime.snapshot(key).rows())).page_id
    dagster.emulator.control.change("rename", object_id=page, title="Renamed")
    dagster.batch()
    for output in OUTPUTS:
        partitions = [event.partition for event in dagster.events(output)]
        assert partitions.count(key) == 2
        assert len(partitions) == 4


def test_full_reads_every_page_again(dagster):
    dagster.batch()
    dagster.requests()
    dagster.batch()
    assert "GET /v1/comments" not in dagster.requests()
    dagster.batch(full=True)
    assert dagster.requests()["GET /v1/comments"] == 12


def test_a_batch_fails_neither_for_an_odd_page_nor_for_an_odd_scope(start_emulator, tmp_path, monkeypatch):
    with deployment(start_emulator(**STILL_DEMO), tmp_path / "export") as demo:
        demo.index()
        page, source = demo.key("work-"), demo.key("reading-list")
        odd_page, odd_source = (scope.root_id for scope in demo.runtime.known_scopes([page, source]))
        refuse_persistently(
            monkeypatch, f"/v1/blocks/{odd_page}/children", f"/v1/data_sources/{odd_source}/query"
        )
        assert demo.batch([page, source, demo.key("contacts")]).success
        assert {event.partition for event in demo.events("pages")} == {page, demo.key("contacts")}
        outcome = demo.outcome("workspace_index", FAILED_SCOPES)
        assert not outcome.passed
        assert outcome.metadata["failed_scopes"].value == 1
        assert outcome.metadata["failed_pages"].value == 1
        assert outcome.metadata["stopped_scopes"].value == 1
        assert outcome.metadata["never_synced"].value == len(demo.keys) - 3
        assert f"scope `{source}`: " in outcome.metadata["samples"].value


def test_a_scope_nobody_knows_is_a_clear_failure_before_any_work(dagster):
    dagster.requests()
    with pytest.raises(dg.Failure, match="no scope 'stray' is known") as caught:
        dagster.batch([*dagster.keys, "stray"])
    assert isinstance(cause_of(caught.value), ConfigurationError)
    assert dagster.requests() == {}


def test_a_refused_token_ends_the_run_with_its_hint_and_keeps_what_was_committed(dagster):
    dagster.batch([dagster.key("table-0")])
    dagster.emulator.control.configure(token="another")
    with pytest.raises(dg.Failure, match="Check NOTION_TOKEN") as caught:
        dagster.batch()
    assert isinstance(cause_of(caught.value), UnauthorizedError)
    assert caught.value.allow_retries is False
    assert dagster.runtime.commits.committed_scopes() == [dagster.key("table-0")]
    (failed,) = dagster.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
    events = dagster.instance.all_logs(failed.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    assert "Check NOTION_TOKEN" in events[0].dagster_event.step_failure_data.user_failure_data.description


def test_an_error_while_events_are_logged_ends_the_crawl_with_the_run(dagster, monkeypatch):
    """The error holds on to the frame, and the frame to the stream of results: it is closed explicitly."""
    dagster.emulator.control.configure(latency_ms=30)
    running = []
    start = dagster.runtime.loop.start

    def noted(coroutine):
        running.append(start(coroutine))
        return running[-1]

    def broken(_event):
        raise OSError("disk full")

    monkeypatch.setattr(dagster.runtime.loop, "start", noted)
    monkeypatch.setattr(dagster.instance, "report_runless_asset_event", broken)
    with pytest.raises(OSError, match="disk full") as caught:
        dagster.batch()
    assert caught.value.__traceback__
    assert running[-1].done()


def test_a_batch_leaves_no_thread_of_its_own(dagster):
    dagster.batch()
    before = threading.active_count()
    dagster.batch()
    assert threading.active_count() <= before


def rendered(deployed, form):
    key = deployed.names.export(form)
    return [
        (record.asset_materialization.partition, record.asset_materialization.metadata["sequence"].value)
        for record in deployed.instance.fetch_materializations(key, limit=100).records
    ]


def test_a_render_batch_tells_of_what_it_rendered_and_of_nothing_else(dagster):
    everything = {"scopes": dagster.keys, "formats": ["json", "csv"]}
    dagster.batch()
    dagster.run("refresh_links")
    dagster.run("render_batch", everything)
    dagster.run("render_batch", everything)
    assert sorted(rendered(dagster, "json")) == [(key, 1) for key in dagster.keys]
    tables = [key for key in dagster.keys if key.startswith("table")]
    assert sorted(rendered(dagster, "csv")) == [(key, 1) for key in tables]
    assert rendered(dagster, "parquet") == []


def test_what_a_killed_run_rendered_and_did_not_log_the_next_one_logs_once(dagster, monkeypatch):
    everything = {"scopes": dagster.keys, "formats": ["json", "csv"]}
    dagster.batch()
    dagster.run("refresh_links")

    def killed(_context, _events):
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "log_step_events", killed)
        with pytest.raises(OSError, match="killed"):
            dagster.run("render_batch", everything)
    assert rendered(dagster, "json") == rendered(dagster, "csv") == []
    for _ in range(2):
        dagster.run("render_batch", everything)
        assert sorted(rendered(dagster, "json")) == [(key, 1) for key in dagster.keys]
    assert len(rendered(dagster, "csv")) == len(dagster.keys) - 1


def test_a_batch_does_not_repeat_what_a_single_partition_told(dagster):
    key = dagster.key("table-0")
    dagster.batch()
    dagster.run("refresh_links")
    dagster.run("render_scope", partition_key=key)
    dagster.run("render_batch", {"scopes": [key], "formats": ["json"]})
    assert rendered(dagster, "json") == [(key, 1)]


def test_a_scope_that_cannot_be_rendered_costs_no_other(dagster, monkeypatch):
    odd, *others = dagster.keys
    dagster.batch()
    dagster.run("refresh_links")
    whole = json_pages._page
    with open_slice(dagster.runtime.storage, odd) as links:
        folder = links.folder

    def refusing(links, document):
        if links.folder == folder:
            raise ValueError("odd")
        return whole(links, document)

    monkeypatch.setattr(json_pages, "_page", refusing)
    with pytest.raises(ValueError, match="odd"):
        dagster.run("render_batch", {"scopes": dagster.keys, "formats": ["json", "markdown"]})
    assert sorted(rendered(dagster, "json")) == [(key, 1) for key in others]
    assert sorted(rendered(dagster, "markdown")) == [(key, 1) for key in dagster.keys]


def test_a_scope_whose_links_cannot_be_read_costs_no_other(dagster):
    odd, *others = dagster.keys
    dagster.batch()
    dagster.run("refresh_links")
    dagster.runtime.storage.write(slice_path(odd), b"damaged")
    with pytest.raises(pa.ArrowInvalid, match="Parquet"):
        dagster.run("render_batch", {"scopes": dagster.keys, "formats": ["json", "markdown"]})
    for form in ("json", "markdown"):
        assert sorted(rendered(dagster, form)) == [(key, 1) for key in others]


def test_a_render_batch_passes_over_scopes_without_a_commit(dagster):
    dagster.batch([dagster.key("table-0")])
    dagster.run("refresh_links")
    dagster.run("render_batch", {"scopes": dagster.keys, "formats": ["json"]})
    assert rendered(dagster, "json") == [(dagster.key("table-0"), 1)]


@pytest.mark.parametrize("job", ["refresh_index", "sync_scope", "sync_batch", "render_batch", "export_job"])
def test_every_field_of_a_jobs_configuration_is_described_for_the_launchpad(dagster, job):
    definition = dagster.defs.resolve_job_def(job)
    node = definition.get_node_named(dagster.configured_op(job))
    fields = node.definition.config_schema.config_type.fields
    assert fields
    assert all(field.description.endswith(".") for field in fields.values())


def test_every_job_says_whose_it_is_so_that_its_failures_are_told(dagster):
    repository = dagster.defs.get_repository_def()
    ours = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    assert len(ours) >= 13
    assert all(job.tags.get(WORKSPACE_TAG) == "notion" for job in ours)


@pytest.mark.parametrize(
    "job", ["export_job", "export_request", "sync_failed", "publish_export", "refresh_scope"]
)
def test_what_needs_the_whole_export_waits_in_one_queue_for_it(dagster, job):
    """Its lease alone is waited for 30 s; whoever holds it may be waiting out an outage of Notion."""
    first = dagster.defs.resolve_job_def(job).nodes_in_topological_order[0]
    assert first.definition.pool == dagster.names.notion_pool
