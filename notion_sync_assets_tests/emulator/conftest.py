import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from notion_sync_assets.emulator import EmulatorConfig, running_emulator
from notion_sync_assets.emulator.server import RunningEmulator

SHARED = Path(__file__).parents[3] / "shared"


class Api:
    """An HTTP client with a token and a version; answers are parsed, errors are returned as they are."""

    def __init__(self, url, version="2026-03-11", token="secret_test"):
        headers = {"Authorization": f"Bearer {token}", "Notion-Version": version}
        self.http = httpx.Client(
            base_url=f"{url}/v1", headers=headers, timeout=60, verify=url.startswith("https:")
        )

    def get(self, path, **params):
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, body=None):
        answer = self.http.post(path, json=body or {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def error(self, method, path, **options):
        answer = self.http.request(method, path, **options)
        return answer.status_code, answer.json()

    def all(self, path, **params):
        return list(self.pages(lambda cursor: self.get(path, **params, **cursor)))

    def query(self, path, body=None):
        return list(self.pages(lambda cursor: self.post(path, {**(body or {}), **cursor})))

    @staticmethod
    def pages(read):
        cursor = {}
        while True:
            page = read(cursor)
            yield from page["results"]
            if not page["has_more"]:
                return
            cursor = {"start_cursor": page["next_cursor"]}


@pytest.fixture(scope="session")
def demo() -> Iterator[RunningEmulator]:
    """The demo world without a budget; tests that change something start their own."""
    with running_emulator(EmulatorConfig(limit=0)) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def connect() -> Iterator[Callable[..., Api]]:
    """Make clients that are closed in the end."""
    made = []

    def connected(url, **settings):
        made.append(Api(url, **settings))
        return made[-1]

    yield connected
    for client in made:
        client.http.close()


@pytest.fixture(scope="session")
def api(demo, connect) -> Api:
    return connect(demo.url)


@pytest.fixture
def start() -> Iterator[Callable[..., RunningEmulator]]:
    """Start an emulator with settings; it ends with the test."""
    running = []

    def started(**settings):
        emulator = RunningEmulator(EmulatorConfig(**{"limit": 0, **settings}))
        running.append(emulator)
        return emulator

    yield started
    for emulator in running:
        emulator.stop()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material beside the repository."""
    if not SHARED.exists():
        pytest.skip(f"no reference material in {SHARED.name}/ beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def schema(shared):
    return json.loads((shared / "reference" / "notion_schema.json").read_text())
