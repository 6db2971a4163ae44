"""The webhook sensor: each event leads to one run of one scope, whatever breaks on the way, and no tick asks Notion."""

import shutil
import time

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context

from notion_sync_assets import webhook_sensor
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets.partitions import add_keys
from notion_sync_assets.webhook_folder import webhook_folder
from notion_sync_assets.webhook_sensor import BATCH_TAG
from notion_sync_assets_tests.deployment import SMALL_WORLD, Deployment, deployment
from notion_sync_assets_tests.webhook_events import event, opened_queue


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """A workspace that was exported once; tests change it, and leave it exported."""
    formats = {"output.formats": ["json"], "sync.verify_requests": 0}
    config = EmulatorConfig(**{"limit": 0, **SMALL_WORLD})
    folder = tmp_path_factory.mktemp("webhooks") / "export"
    with running_emulator(config) as emulator, deployment(emulator, folder, **formats) as made:
        made.index()
        made.batch()
        yield made


@pytest.fixture
def dagster(synced):
    """The same export under an instance that has run nothing, with an empty queue."""
    with dg.DagsterInstance.ephemeral() as instance:
        made = Deployment(synced.emulator, synced.runtime, instance)
        add_keys(instance, made.names.scopes, synced.keys)
        made.requests()
        yield made
        shutil.rmtree(webhook_folder(made.runtime.settings), ignore_errors=True)


def queue(deployed, *events):
    with opened_queue(deployed.runtime.settings) as (events_queue, _):
        events_queue.add(events, time.time())


def batches(deployed):
    with opened_queue(deployed.runtime.settings) as (_, book):
        return book.counts()


def tick(deployed):
    """One tick, its requests resolved as the daemon has it made."""
    found = deployed.defs.resolve_sensor_def("webhook_sensor")
    resources = {key: deployed.defs.resources[key] for key in found.required_resource_keys}
    with (
        partition_loading_context(dynamic_partitions_store=deployed.instance),
        dg.build_sensor_context(
            instance=deployed.instance, definitions=deployed.defs, resources=resources
        ) as context,
    ):
        return found.evaluate_tick(context)


def start(deployed, request, **options):
    """What the daemon does with a run request, in this process."""
    job = deployed.defs.resolve_job_def(request.job_name)
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    return job.execute_in_process(
        instance=deployed.instance, run_config={**quiet, **request.run_config}, tags=request.tags, **options
    )


def report(deployed, request, status):
    """A run of the request that ended so, without its work."""
    run = deployed.instance.create_run_for_job(
        deployed.defs.resolve_job_def(request.job_name),
        run_config=request.run_config,
        tags=request.tags,
        status=dg.DagsterRunStatus.NOT_STARTED,
    )
    if status is dg.DagsterRunStatus.FAILURE:
        deployed.instance.report_run_failed(run)
    return run


def page_of(deployed, key):
    return min(row.page_id for row in deployed.runtime.snapshot(key).rows() if row.present)


def objects(request):
    (op,) = request.run_config["ops"].values()
    return op["config"].get("objects", op["config"].get("pages"))


def test_it_is_stopped_until_somebody_starts_it_and_says_how_events_come(dagster):
    found = dagster.defs.resolve_sensor_def("webhook_sensor")
    assert found.default_status is dg.DefaultSensorStatus.STOPPED
    assert "notion-sync serve" in tick(dagster).skip_message


def test_an_event_of_a_known_page_asks_for_one_run_of_its_scope_without_asking_notion(dagster):
    key = dagster.key("table-0")
    page = page_of(dagster, key)
    queue(dagster, event(entity=page))
    (request,) = tick(dagster).run_requests
    assert request.job_name == "refresh_scope"
    assert request.run_config["ops"]["refresh_objects"]["config"] == {"scope": key, "objects": [page]}
    assert dagster.requests() == {}


def test_an_edit_is_in_the_export_after_that_run(dagster):
    key = dagster.key("table-0")
    page = page_of(dagster, key)
    dagster.emulator.control.change("rename", object_id=page, title="Told by a webhook", bump=False)
    queue(dagster, event(entity=page))
    (request,) = tick(dagster).run_requests
    assert start(dagster, request).success
    root = dagster.runtime.storage.root
    assert any(b"Told by a webhook" in path.read_bytes() for path in (root / "json").rglob("*.json"))
    assert dagster.requests()["GET /v1/pages/{id}"] == 1
    assert "No event waits" in tick(dagster).skip_message
    assert batches(dagster) == {"waiting": 0, "requested": 0, "done": 1, "given_up": 0}


def test_a_comment_makes_the_comments_of_its_page_be_read_again(dagster):
    key = next(each for each in dagster.keys if not each.startswith("table"))
    page = page_of(dagster, key)
    dagster.emulator.control.change("add_comment", owner_id=page, text="Only a webhook tells of this")
    queue(dagster, event("comment.created", data={"page_id": page, "parent": {"id": page, "type": "page"}}))
    (request,) = tick(dagster).run_requests
    assert start(dagster, request).success
    found = dagster.requests()
    assert found["GET /v1/comments"] == 1
    files = (dagster.runtime.storage.root / "json").rglob("*.json")
    assert any(b"Only a webhook tells of this" in path.read_bytes() for path in files)


def test_events_of_one_scope_share_a_run_and_those_of_two_scopes_do_not(dagster):
    first, second = dagster.key("table-0"), dagster.key("table-1")
    pages = sorted(row.page_id for row in dagster.runtime.snapshot(first).rows())[:2]
    queue(dagster, *(event(entity=page) for page in pages), event(entity=page_of(dagster, second)))
    requests = tick(dagster).run_requests
    assert [objects(request) for request in requests] == [pages, [page_of(dagster, second)]]


def test_while_a_run_of_the_scope_is_under_way_further_events_wait_for_it_in_one_batch(dagster):
    page = page_of(dagster, dagster.key("table-0"))
    queue(dagster, event(entity=page))
    (first,) = tick(dagster).run_requests
    report(dagster, first, dg.DagsterRunStatus.NOT_STARTED)
    queue(dagster, event(entity=page), event(entity=page))
    assert tick(dagster).run_requests == []
    assert batches(dagster)["waiting"] == 1
    start(dagster, first)
    (second,) = tick(dagster).run_requests
    assert second.run_key != first.run_key


def test_a_tick_that_was_broken_off_asks_again_under_the_same_key(dagster):
    queue(dagster, event(entity=page_of(dagster, dagster.key("table-0"))))
    (first,) = tick(dagster).run_requests
    (again,) = tick(dagster).run_requests
    assert (again.run_key, again.run_config) == (first.run_key, first.run_config)


def test_a_failed_run_is_asked_for_again_three_times_in_all(dagster):
    queue(dagster, event(entity=page_of(dagster, dagster.key("table-0"))))
    keys = []
    while found := tick(dagster).run_requests:
        (request,) = found
        keys.append(request.run_key)
        report(dagster, request, dg.DagsterRunStatus.FAILURE)
    assert keys == ["webhook:1:1", "webhook:1:2", "webhook:1:3"]
    assert batches(dagster)["given_up"] == 1


def test_a_killed_run_that_dagster_starts_again_by_itself_is_not_doubled(dagster):
    queue(dagster, event(entity=page_of(dagster, dagster.key("table-0"))))
    (request,) = tick(dagster).run_requests
    run = report(dagster, request, dg.DagsterRunStatus.FAILURE)
    dagster.instance.add_run_tags(run.run_id, {"dagster/will_retry": "true"})
    assert tick(dagster).run_requests == []
    report(dagster, request, dg.DagsterRunStatus.NOT_STARTED)
    assert tick(dagster).run_requests == []
    start(dagster, request)
    assert tick(dagster).run_requests == []
    assert batches(dagster)["done"] == 1


def test_a_page_nobody_knows_asks_the_workspace_and_finds_it_before_search_does(dagster):
    dagster.emulator.control.configure(search_lag=3600)
    made = dagster.emulator.control.change("add_page", parent_id=None, title="Brand new", texts=["Hello"])
    queue(dagster, event("page.created", made["id"]))
    (request,) = tick(dagster).run_requests
    assert (request.job_name, objects(request)) == ("export_job", [made["id"]])
    assert request.tags[BATCH_TAG] == "1-1"
    assert start(dagster, request).success
    assert any(key.startswith("brand-new") for key in dagster.keys)
    assert made["id"].replace("-", "") in dagster.pages_of(dagster.key("brand-new"))


def test_a_new_page_under_a_known_one_needs_only_the_scope_of_that_one(dagster):
    key = next(each for each in dagster.keys if not each.startswith("table"))
    above = page_of(dagster, key)
    made = dagster.emulator.control.change("add_page", parent_id=above, title="Below", texts=["Hello"])
    queue(dagster, event("page.created", made["id"], data={"parent": {"id": above, "type": "page"}}))
    (request,) = tick(dagster).run_requests
    assert sorted(objects(request)) == sorted([made["id"], above])
    assert start(dagster, request).success
    assert made["id"].replace("-", "") in dagster.pages_of(key)


def test_a_new_row_and_a_row_in_the_trash_need_only_their_scope(dagster):
    key = dagster.key("table-0")
    (scope,) = dagster.runtime.known_scopes([key])
    gone = page_of(dagster, key)
    made = dagster.emulator.control.change("add_row", data_source_id=scope.root_id, title="New row")
    dagster.emulator.control.change("trash", object_id=gone)
    parent = {"id": "0" * 32, "type": "database", "data_source_id": scope.root_id}
    queue(
        dagster,
        event("page.created", made["id"], data={"parent": parent}),
        event("page.deleted", gone, data={"parent": parent}),
    )
    (request,) = tick(dagster).run_requests
    assert start(dagster, request).success
    pages = dagster.pages_of(key)
    assert made["id"].replace("-", "") in pages
    assert gone.replace("-", "") not in pages


def test_a_changed_schema_makes_the_data_source_be_read_again(dagster):
    key = dagster.key("table-0")
    (scope,) = dagster.runtime.known_scopes([key])
    dagster.emulator.control.change(
        "add_property", data_source_id=scope.root_id, name="Told of", kind="checkbox"
    )
    queue(dagster, event("data_source.schema_updated", scope.root_id))
    (request,) = tick(dagster).run_requests
    assert objects(request) == [scope.root_id]
    assert start(dagster, request).success
    head = dagster.runtime.commits.head(key).head
    assert "Told of" in DocumentStore(dagster.runtime.storage).read(head)["data_source"]["properties"]


def test_a_moved_page_is_found_in_its_new_scope(dagster):
    source, target = dagster.key("table-0"), dagster.key("table-1")
    (into,) = dagster.runtime.known_scopes([target])
    page = page_of(dagster, source)
    dagster.emulator.control.change("move_page", page_id=page, parent_id=into.root_id)
    queue(dagster, event("page.moved", page))
    (request,) = tick(dagster).run_requests
    assert request.job_name == "export_job"
    assert start(dagster, request).success
    compact = page.replace("-", "")
    assert (compact in dagster.pages_of(source), compact in dagster.pages_of(target)) == (False, True)


def test_uploads_and_pages_that_settings_leave_out_start_nothing(dagster):
    (left_out,) = dagster.runtime.known_scopes([dagster.key("table-0")])
    folder = dagster.runtime.storage.root
    with deployment(dagster.emulator, folder, **{"output.exclude": [left_out.root_id]}) as made:
        source = {"parent": {"id": left_out.root_id, "type": "data_source"}}
        queue(made, event("file_upload.completed"), event("page.created", data=source))
        assert "No event waits" in tick(made).skip_message
        with opened_queue(made.runtime.settings) as (events, _):
            assert events.state().pending == 0


def test_a_tick_asks_for_no_more_runs_than_its_limit_and_the_next_goes_on(dagster, monkeypatch):
    monkeypatch.setattr(webhook_sensor, "RUNS_PER_TICK", 2)
    queue(dagster, *(event(entity=page_of(dagster, key)) for key in dagster.keys))
    first = tick(dagster).run_requests
    for request in first:
        report(dagster, request, dg.DagsterRunStatus.NOT_STARTED)
    second = tick(dagster).run_requests
    assert (len(first), len(second)) == (2, 1)
    assert len({request.run_key for request in [*first, *second]}) == 3
