"""Nothing that a run leaves behind or says holds a secret: token, webhook secret, keys, passwords, a hook's address.

Every secret is planted, then everything is searched: local folders, the instance with its logs, every object on the
store, what the processes printed (a run of Dagster's own that fails, and one that ends with a traceback, too), what the
server answered, and the configuration as it is shown.
"""

import os
import shutil
import sqlite3
import subprocess
import sysconfig
import zlib
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import orjson
import pytest
import zstandard

from notion_sync_assets.core.webhooks.signature import signature
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.object_store import CREDENTIALS
from notion_sync_assets_tests.processes.exporter import TOKEN, Exporter
from notion_sync_assets_tests.processes.server import ServeProcess
from notion_sync_assets_tests.webhook_events import body

pytestmark = pytest.mark.system

WORLD = EmulatorConfig(world="generated", pages=4, rows=4, databases=1, limit=0, token=TOKEN, fault_rate=0.02)
KEPT = "webhooks/secret"
ROOT = Path(__file__).parents[2]
PASSWORD, HOOK, WRONG = "planted-password-0815", "planted-hook-0815", "ntn_wrongandplanted0815"


@pytest.fixture(scope="module")
def left(tmp_path_factory, object_store):
    """Everything there is after exports, webhooks, refusals and errors, by where it is; and the webhook secret."""
    folder = tmp_path_factory.mktemp("secrets")
    with ExitStack() as stack:
        notion = stack.enter_context(running_emulator(WORLD))
        address = f"{object_store.bucket()}/export"
        settings = {
            "OUTPUT__PATH": address,
            "OUTPUT__STORAGE_OPTIONS": orjson.dumps(object_store.options).decode(),
            "STATE_DIR": folder / "state",
            "LOGGING__LEVEL": "DEBUG",
            "LOGGING__FORMAT": "json",
            "LIMITER__DSN": f"postgresql://somebody:{PASSWORD}@127.0.0.1:9/nothing",
            "NOTIFICATIONS__URL": f"https://hooks.invalid/services/{HOOK}",
        }
        exporter = Exporter(folder / "state", notion.url, settings=settings)
        server = ServeProcess(folder / "served", "--await-verification", **served(exporter))
        stack.callback(server.stop)
        notion.control.subscribe(f"{server.url}/webhooks/notion")
        secret = server.line()["verification_token"]
        notion.control.verify(secret)
        said = {"export": told(exporter.run("export"))}
        wrong = Exporter(folder / "state", notion.url, token=WRONG, settings=settings)
        said["refused"] = told(wrong.run("export"))
        broken = {**settings, "LIMITER__BACKEND": "postgres", "NOTION__REQUESTS_PER_MINUTE": 180}
        said["no database"] = waited_for(Exporter(folder / "state", notion.url, settings=broken))
        home = folder / "home"
        home.mkdir()
        shutil.copy(ROOT / "dagster.yaml", home)
        said["dagster"], said["dagster refused"] = by_dagster(exporter, home), by_dagster(wrong, home)
        answers = [
            httpx.post(f"{server.url}/webhooks/notion", content=each, headers={"x-notion-signature": signed})
            for each in (body(workspace_name=secret), secret.encode())
            for signed in (signature(secret, each), secret)
        ]
        answers += [
            httpx.get(f"{server.url}{path}", timeout=60) for path in ("/health", "/ready", "/metrics")
        ]
        said["answers"] = "".join(f"{answer.headers} {answer.text}" for answer in answers)
        for command in (("config", "show", "--json"), ("status",), ("health",), ("doctor",)):
            said[command[0]] = told(exporter.call(*command))
    assert server.log.stat().st_size > 0
    found = {name: text.encode() for name, text in said.items()}
    found |= {f"{path}": path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found |= object_store.objects(address)
    return found, secret


def by_dagster(exporter, home):
    """A run that Dagster itself starts, as the daemon does; what it printed. Its logs are in ``home``."""
    command = [
        f"{sysconfig.get_path('scripts')}/dagster",
        "job",
        "execute",
        "-m",
        "notion_sync_assets.definitions",
    ]
    done = subprocess.run(
        [*command, "-j", "refresh_index"],
        cwd=ROOT,
        env={**os.environ, **exporter.variables, "DAGSTER_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{done.stdout}{done.stderr}exit code {done.returncode}"


def waited_for(exporter):
    """What an export says that waits for a database nobody answers for, and is then ended."""
    process = exporter.start("export")
    said = ""
    while line := process.stderr.readline():
        said += line
        if "cannot be used" in line:
            break
    process.terminate()
    out, err = process.communicate(timeout=120)
    return out + said + err


def served(exporter):
    """The variables of the server; its output is given as a flag, which a folder on this machine is."""
    return {name: value for name, value in exporter.variables.items() if "OUTPUT__PATH" not in name}


def told(finished):
    return finished.out + finished.err


def unpacked(content):
    """The bytes, and what is compressed in them as documents and journals are."""
    yield content
    if content.startswith(b"\x28\xb5\x2f\xfd"):
        yield zstandard.ZstdDecompressor().decompressobj().decompress(content)
    if content.startswith(b"\x1f\x8b"):
        yield zlib.decompress(content, wbits=31)


def holders(found, secret):
    return [
        where
        for where, content in found.items()
        if any(secret.encode() in each for each in unpacked(content))
    ]


def test_there_is_enough_to_search(left):
    found, _ = left
    assert any(where.startswith("json/") for where in found)
    assert any("commits/" in where for where in found)
    assert any("receipts/metrics" in where for where in found)
    assert any(where.endswith("runs.db") for where in found)
    assert any("/home/" in where and where.endswith(".db") for where in found)
    assert b"exit code 0" in found["dagster"]
    assert b"exit code 1" in found["dagster refused"]
    assert b"raise from_exception" in found["dagster refused"], "there is no traceback"
    assert b"cannot be used" in found["no database"]
    assert len(found) > 50


def test_the_token_the_keys_and_passwords_are_nowhere(left):
    found, _ = left
    for secret in (TOKEN, WRONG, PASSWORD, HOOK, *CREDENTIALS.values()):
        assert holders(found, secret) == [], secret


def test_the_webhook_secret_is_in_its_own_file_and_nowhere_else(left):
    found, secret = left
    (where,) = holders(found, secret)
    assert where.endswith(KEPT)


def test_the_queue_holds_no_more_than_ids_of_an_event(left):
    found, _ = left
    (path,) = [where for where in found if where.endswith("queue.sqlite")]
    with closing(sqlite3.connect(path)) as db:
        contents = [orjson.loads(row[0]) for row in db.execute("SELECT content FROM events")]
    assert len(contents) >= 1
    assert {name for content in contents for name in content} <= {
        "id",
        "type",
        "occurred_at",
        "entity_type",
        "entity_id",
        "parent_type",
        "parent_id",
        "data_source_id",
        "page_id",
    }
