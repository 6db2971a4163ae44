"""Failed runs are told to one address: counts and ids, nothing people wrote, and never to another address."""

import json
import logging
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import dagster as dg
import pytest

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.notifications import FailedRun, NotificationError, notify
from notion_sync_assets.settings import MASK, load_settings
from notion_sync_assets.settings_model import NotificationSettings
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment, refuse_persistently

SECRET_PATH = "/services/T0/B0/secret-of-the-hook"
FAILED = FailedRun("notion", "export_job", "a-run", None, None, 2, 1, 0)


class Hook:
    """A server that takes messages; ``answers`` are the statuses it gives first, then 200."""

    def __init__(self, answers=(), location=None):
        self.answers = list(answers)
        self.location = location
        self.taken = []


@contextmanager
def running_hook(*answers, location=None):
    hook = Hook(answers, location)

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.taken.append((self.path, json.loads(body)))
            self.send_response(hook.answers.pop(0) if hook.answers else 200)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hook.url = f"http://127.0.0.1:{server.server_port}{SECRET_PATH}"
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def told(hook, **chosen):
    notify(NotificationSettings(url=hook.url, **chosen), FAILED, pause_s=0.0)
    return [body for _path, body in hook.taken]


def test_the_facts_are_posted_as_json(start_emulator):
    with running_hook() as hook:
        assert told(hook) == [
            {
                "event": "run_failed",
                "workspace": "notion",
                "job": "export_job",
                "run_id": "a-run",
                "scope": None,
                "error": None,
                "failed_pages": 2,
                "failed_scopes": 1,
                "stopped_scopes": 0,
            }
        ]
        assert hook.taken[0][0] == SECRET_PATH


def test_slack_gets_one_sentence():
    with running_hook() as hook:
        ((_, body),) = [(told(hook, form="slack"), hook.taken[0][1])]
        assert list(body) == ["text"]
        assert "run a-run of export_job failed" in body["text"]
        assert "2 failed pages" in body["text"]


def test_a_busy_service_is_asked_again_up_to_three_times():
    with running_hook(503, 429) as hook:
        assert len(told(hook)) == 3
    with running_hook(500, 500, 500) as hook:
        with pytest.raises(NotificationError, match="answered 500"):
            told(hook)
        assert len(hook.taken) == 3


def test_a_redirect_is_followed_nowhere():
    with running_hook() as elsewhere, running_hook(307, location=elsewhere.url) as hook:
        with pytest.raises(NotificationError, match="answered 307"):
            told(hook)
        assert elsewhere.taken == []
        assert len(hook.taken) == 1


@pytest.mark.parametrize("status", [307, 404, 500])
def test_the_address_is_in_no_error_and_in_no_log(status, caplog):
    caplog.set_level(logging.DEBUG)
    with running_hook(*[status] * 3) as hook, pytest.raises(NotificationError) as failure:
        told(hook)
    text = "".join([str(failure.value), *(record.getMessage() for record in caplog.records)])
    assert "secret-of-the-hook" not in text


def test_a_service_that_is_gone_is_named_by_its_host_only():
    with running_hook() as hook:
        address = hook.url
    with pytest.raises(NotificationError, match=r"127\.0\.0\.1 cannot be reached: ConnectError") as failure:
        notify(NotificationSettings(url=address), FAILED, pause_s=0.0)
    assert "secret" not in str(failure.value)


def test_the_address_is_a_secret_setting_and_never_in_the_clear(tmp_path):
    secret = "https://hooks.example.com/services/secret"
    settings = load_settings({"notifications.url": secret}, environ={}, cwd=tmp_path)
    assert "secret" not in str(settings.notifications)
    with pytest.raises(ConfigurationError, match="https address") as refused:
        load_settings({"notifications.url": "http://example.com/secret"}, environ={}, cwd=tmp_path)
    assert MASK in str(refused.value)
    assert "example.com" not in str(refused.value)


def sensor(deployed):
    return deployed.defs.resolve_sensor_def(deployed.names.automation("run_failure_sensor"))


def report(deployed, result):
    """What the sensor makes of a failed run."""
    event = next(event for event in result.all_events if event.event_type_value == "PIPELINE_FAILURE")
    context = dg.build_run_status_sensor_context(
        sensor_name="run_failure_sensor",
        dagster_event=event,
        dagster_instance=deployed.instance,
        dagster_run=deployed.instance.get_run_by_id(result.run_id),
    ).for_run_failure()
    return sensor(deployed)(context)


def test_the_sensor_runs_as_soon_as_there_is_an_address(start_emulator, tmp_path):
    emulator = start_emulator(**SMALL_WORLD)
    with deployment(emulator, tmp_path / "one") as silent:
        assert sensor(silent).default_status is dg.DefaultSensorStatus.STOPPED
    hooked = {"notifications.url": "https://hooks.example.com/services/secret"}
    with deployment(emulator, tmp_path / "two", **hooked) as speaking:
        assert sensor(speaking).default_status is dg.DefaultSensorStatus.RUNNING


def test_a_failed_export_is_told_with_counts_and_without_what_people_wrote(
    start_emulator, tmp_path, monkeypatch
):
    with (
        running_hook() as hook,
        deployment(
            start_emulator(**SMALL_WORLD), tmp_path / "export", **{"notifications.url": hook.url}
        ) as made,
    ):
        refuse_persistently(monkeypatch, "/children")
        result = made.run("export_job", raise_on_error=False)
        assert not result.success
        made.requests()
        report(made, result)
        assert made.requests() == {}
        ((_, body),) = hook.taken
        titles = {row.title for key in made.keys for row in made.runtime.snapshot(key).rows()}
    assert body["run_id"] == result.run_id
    assert body["failed_pages"] > 0
    assert body["failed_scopes"] > 0
    assert not any(title in json.dumps(body) for title in titles if title)


def test_the_scope_of_a_failed_partition_is_told_by_its_id(start_emulator, tmp_path, monkeypatch):
    with (
        running_hook() as hook,
        deployment(
            start_emulator(**SMALL_WORLD), tmp_path / "export", **{"notifications.url": hook.url}
        ) as made,
    ):
        made.index()
        key = made.key("table-0")
        refuse_persistently(monkeypatch, f"/v1/data_sources/{key[-32:-24]}")
        job = made.defs.resolve_job_def("sync_scope")
        result = job.execute_in_process(instance=made.instance, partition_key=key, raise_on_error=False)
        assert not result.success
        report(made, result)
        ((_, body),) = hook.taken
    assert body["scope"] == key[-32:]
    assert body["error"]
    assert body["stopped_scopes"] == 1


def test_the_runs_of_other_people_are_left_to_them(start_emulator, tmp_path):
    @dg.op
    def odd():
        raise ValueError("theirs")

    @dg.job
    def theirs():
        odd()

    with (
        running_hook() as hook,
        deployment(
            start_emulator(**SMALL_WORLD), tmp_path / "export", **{"notifications.url": hook.url}
        ) as made,
    ):
        result = theirs.execute_in_process(instance=made.instance, raise_on_error=False)
        report(made, result)
        assert hook.taken == []
