"""The emulator as a process: one line when ready, a clean end, its options."""

import json
import os
import signal
import subprocess
import sys

import httpx
import pytest

from notion_sync_assets.emulator import EmulatorConfig, create_app
from notion_sync_assets.emulator.__main__ import config_of, main, parser

COMMAND = [sys.executable, "-m", "notion_sync_assets.emulator", "--port", "0", "--limit", "0"]


def started(*options):
    process = subprocess.Popen([*COMMAND, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def ended(process):
    code = process.wait(10)
    process.stdin.close()
    process.stdout.close()
    return code


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_serves_and_ends_on_a_signal(sign):
    process, said = started("--world", "generated", "--pages", "5")
    assert said["pid"] == process.pid
    headers = {"Authorization": "Bearer x", "Notion-Version": "2026-03-11"}
    assert httpx.get(f"{said['url']}/v1/users/me", headers=headers).status_code == 200
    os.kill(process.pid, sign)
    assert ended(process) == 0


def test_it_ends_with_its_parent_when_asked():
    process, _ = started("--world", "generated", "--exit-with-parent")
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()


def test_options_become_settings():
    options = "--world generated --pages 7 --rows 9 --databases 2 --depth 3 --seed 4 --limit 5 --window 6 --window-mode sliding "
    options += "--latency-ms 8 --fault-rate 0.5 --fault-kinds 500,reset --token t --search-lag 1 --search-omit-rate 0 --file-ttl 2"
    config = config_of(parser().parse_args(options.split()))
    assert config == EmulatorConfig(
        world="generated", pages=7, rows=9, databases=2, depth=3, seed=4, limit=5, window=6.0, window_mode="sliding",
        latency_ms=8.0, fault_rate=0.5, fault_kinds=("500", "reset"), token="t", search_lag=1.0, search_omit_rate=0.0,
        file_ttl=2.0,
    )  # fmt: skip


def test_without_options_the_defaults_are_those_of_the_settings():
    assert config_of(parser().parse_args([])) == EmulatorConfig()


def test_an_unknown_fault_is_a_wrong_use(capsys):
    assert main(["--fault-kinds", "418"]) == 2
    assert "418" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [{"host": "0.0.0.0"}, {"fault_kinds": ("x",)}, {"window": 0}])
def test_settings_that_can_only_be_mistakes_are_refused(wrong):
    with pytest.raises(ValueError, match=r"loopback|unknown|longer"):
        EmulatorConfig(**wrong)


def test_importing_the_package_does_not_import_a_server():
    code = "import sys, notion_sync_assets.emulator; print(any(m in sys.modules for m in ('starlette', 'uvicorn', 'httpx')))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )


async def test_the_application_serves_under_any_server():
    transport = httpx.ASGITransport(create_app(EmulatorConfig()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        headers = {"Authorization": "Bearer x", "Notion-Version": "2026-03-11"}
        assert (await client.get("/v1/users/me", headers=headers)).json()["type"] == "bot"
        assert (await client.get("/_emulator/stats")).json()["requests"] == 1
