"""Log lines: one JSON object each, with the run, scope and page they are about, and never a secret."""

import io
import json
import logging

import pytest
import structlog

from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets.log_format import PACKAGE, configure_logging
from notion_sync_assets.settings import load_settings
from notion_sync_assets.webhook_folder import webhook_folder

SECRETS = {
    "notion.token": "planted-token-0001",
    "output.storage_options": {"key": "PLANTEDKEY0002", "secret": "planted/secret+0003"},
    "limiter.dsn": "postgresql://planted_user:planted-password-0004@host/database",
}
PLANTED = ("planted-token-0001", "PLANTEDKEY0002", "planted/secret+0003", "planted-password-0004")
WEBHOOK_SECRET = "planted-webhook-secret-0005"


@pytest.fixture
def logged(tmp_path):
    """Log in a format with every secret planted; returns the logger and where its lines go."""
    root, package = logging.getLogger(), logging.getLogger(PACKAGE)
    before = root.handlers[:], root.level, package.level

    def configure(form):
        overrides = {"output.path": str(tmp_path / "export"), "logging.format": form, **SECRETS}
        settings = load_settings(overrides, environ={}, cwd=tmp_path)
        WebhookSecret(webhook_folder(settings)).keep(WEBHOOK_SECRET)
        stream = io.StringIO()
        configure_logging(settings, stream)
        return logging.getLogger(f"{PACKAGE}.somewhere"), stream

    yield configure
    root.handlers[:], root.level = before[:2]
    package.setLevel(before[2])


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_message_cannot_forge_a_line(logged, form):
    log, stream = logged(form)
    log.warning("page %s could not be read", "x\nERROR forged\u2028line\x1b[2J")
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


def test_a_line_is_an_object_that_says_what_it_is_about(logged):
    log, stream = logged("json")
    with structlog.contextvars.bound_contextvars(run_id="r1", scope="table-1", page_id="p1"):
        log.warning("page %s could not be read", "p1")
    log.info("done")
    about, plain = lines(stream)
    assert about.pop("timestamp").endswith("Z")
    assert about == {
        "event": "page p1 could not be read",
        "level": "warning",
        "logger": f"{PACKAGE}.somewhere",
        "run_id": "r1",
        "scope": "table-1",
        "page_id": "p1",
    }
    assert "scope" not in plain


def test_a_traceback_stays_on_its_line(logged):
    log, stream = logged("json")
    log.error("it broke", exc_info=ValueError("broken\nin two lines"))
    (line,) = lines(stream)
    assert "ValueError: broken" in line["exception"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_is_in_a_line_wherever_it_came_from(logged, form):
    log, stream = logged(form)
    for secret in (*PLANTED, WEBHOOK_SECRET, "ntn_ofsomebodyelse12345", "secret_VpE1aJ9q0ofnotion"):
        log.warning("refused %s", secret, extra={"secret": secret})
        log.error("error", exc_info=ValueError(secret))
    found = stream.getvalue()
    assert [secret for secret in (*PLANTED, WEBHOOK_SECRET) if secret in found] == []
    assert "somebodyelse" not in found
    assert "ofnotion" not in found
    assert found.count("refused ********") == 7


def test_libraries_are_heard_only_when_they_warn(logged):
    _, stream = logged("json")
    logging.getLogger("httpx").info("GET https://api.notion.com/v1/pages/secret-page")
    assert stream.getvalue() == ""
