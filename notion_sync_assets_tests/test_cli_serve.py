"""The commands of the server: handshake at a terminal, reset, one look at health, logs without secrets."""

import json

import httpx
import pytest
from click.testing import CliRunner

from notion_sync_assets.cli import cli
from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets_tests.processes.server import ServeProcess, serving
from notion_sync_assets_tests.webhook_events import SECRET

HANDSHAKE = {"verification_token": SECRET}


def run(*arguments, **variables):
    return CliRunner().invoke(cli, arguments, env=variables)


def secret_of(folder):
    return WebhookSecret(folder / "state" / "webhooks")


@pytest.mark.system
def test_the_operator_sees_the_token_once_and_no_log_has_it(tmp_path):
    folder = tmp_path / "export"
    server = ServeProcess(folder, "--await-verification", "--log-format", "json")
    assert server.url.startswith("http://127.0.0.1:")
    assert [httpx.post(f"{server.url}/webhooks/notion", json=HANDSHAKE).status_code for _ in range(2)] == [
        200,
        200,
    ]
    assert server.line() == HANDSHAKE
    assert httpx.post(f"{server.url}/webhooks/notion", json={"id": SECRET}).status_code == 401
    assert server.stop() == 0
    logged = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert [line["event"] for line in logged] == ["webhook refused: bad_signature"]
    assert SECRET not in server.log.read_text()
    assert secret_of(folder).read() == SECRET


@pytest.mark.system
def test_the_server_ends_in_order_and_a_port_in_use_is_a_clear_error(tmp_path):
    with serving(tmp_path / "export") as server:
        port = server.url.rpartition(":")[2]
        answer = run("serve", "--output", str(tmp_path / "other"), "--port", port)
        assert answer.exit_code == 2
        assert f"cannot listen on 127.0.0.1 port {port}" in answer.stderr
        assert server.stop() == 0


def test_a_second_handshake_needs_a_reset(tmp_path):
    folder = tmp_path / "export"
    secret_of(folder).keep(SECRET)
    refused = run("serve", "--output", str(folder), "--port", "0", "--await-verification")
    assert refused.exit_code == 2
    assert "webhook reset" in refused.stderr
    assert "is forgotten" in run("webhook", "reset", "--output", str(folder)).stdout
    assert secret_of(folder).read() is None
    assert "no secret" in run("webhook", "reset", "--output", str(folder)).stdout


def test_an_export_in_an_object_store_needs_a_local_folder_for_the_queue():
    answer = run("webhook", "reset", "--output", "s3://bucket/export")
    assert (answer.exit_code, "state_dir" in answer.stderr) == (2, True)


def test_one_look_at_health_tells_every_part_and_its_exit_code_the_worst(tmp_path, start_emulator):
    notion = start_emulator(world="generated", pages=1)
    output = ("--output", str(tmp_path / "export"))
    good = run("health", *output, "--json", NOTION_TOKEN="secret_planted_0815", NOTION_BASE_URL=notion.url)
    assert good.exit_code == 0, good.output
    assert json.loads(good.stdout)["components"]["api"]["status"] == "healthy"
    bad = run("health", *output)
    assert bad.exit_code == 1
    assert "unhealthy  api          there is no usable token" in bad.stdout
