"""The export of really recorded objects, served by the replay server: all of it once, nothing the second time."""

import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import httpx
import orjson
import pytest

from notion_sync_assets_tests.processes.evidence import committed_events, files
from notion_sync_assets_tests.processes.exporter import TOKEN, Exporter, wait_until

pytestmark = pytest.mark.system

ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


class Api:
    """The smallest client that can walk a workspace, independent of the product's."""

    def __init__(self, url: str) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}", "Notion-Version": "2026-03-11"}
        self._http = httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=30)

    def get(self, path: str) -> dict | None:
        answer = self._http.get(path)
        return answer.json() if answer.is_success else None

    def all(self, method: str, path: str, body: dict | None = None) -> Iterator[dict]:
        cursor: dict = {}
        while True:
            options = {"json": {**(body or {}), **cursor}} if method == "POST" else {"params": cursor}
            answer = self._http.request(method, path, **options).raise_for_status().json()
            yield from answer["results"]
            if not answer["has_more"]:
                return
            cursor = {"start_cursor": answer["next_cursor"]}


class Reach:
    """Everything that can be reached from search: by rows, by children, by containers."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.found: dict[str, set[str]] = {
            kind: set() for kind in ("page", "data_source", "database", "block")
        }
        for item in api.all("POST", "/search"):
            self.visit(item)

    def visit(self, item: dict) -> None:
        if item.get("in_trash") or item["id"] in self.found[item["object"]]:
            return
        self.found[item["object"]].add(item["id"])
        if item["object"] == "page":
            self.walk(item["id"])
        elif item["object"] == "data_source":
            self.container(item["parent"].get("database_id"))
            for row in self._api.all("POST", f"/data_sources/{item['id']}/query"):
                self.visit(row)
        elif item.get("has_children"):
            self.walk(item["id"])

    def walk(self, holder: str) -> None:
        for block in self._api.all("GET", f"/blocks/{holder}/children"):
            if block["type"] == "child_page":
                page = self._api.get(f"/pages/{block['id']}")
                if page:
                    self.visit(page)
            elif block["type"] == "child_database":
                self.container(block["id"])
            else:
                self.visit(block)

    def container(self, identifier: str | None) -> None:
        database = self._api.get(f"/databases/{identifier}") if identifier else None
        if database is None or database.get("in_trash") or identifier in self.found["database"]:
            return
        if database["data_sources"]:
            self.found["database"].add(database["id"])
        for source in database["data_sources"]:
            found = self._api.get(f"/data_sources/{source['id']}")
            if found:
                self.visit(found)


@pytest.fixture(scope="module")
def replay(shared_folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = shared_folder / "tools" / "notion_replay.py"
    with subprocess.Popen(
        [sys.executable, str(server), "--port", str(port), "--rewrite-files"], stdout=subprocess.DEVNULL
    ) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(url))
        yield url
        process.terminate()


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_replay/stats").is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def exported(replay, tmp_path_factory):
    """The exporter after its first run, and the hashes of everything then."""
    exporter = Exporter(tmp_path_factory.mktemp("recorded") / "export", replay)
    done = exporter.run("export", "--json")
    assert done.code == 0, done.err
    return exporter, files(exporter.folder, without=("receipts", ".dagster", ".scratch"))


@pytest.fixture(scope="module")
def reach(replay):
    return Reach(Api(replay))


def documents(folder):
    for path in (folder / "json").rglob("*.json"):
        yield path.name, orjson.loads(path.read_bytes())


def by_state(receipt, kind):
    return {item["id"]: item["state"] for item in receipt["objects"] if item["object"] == kind}


def test_every_page_database_and_data_source_that_can_be_reached_is_exported(exported, reach):
    receipt = exported[0].receipts[0]
    for kind in ("page", "data_source", "database"):
        states = by_state(receipt, kind)
        assert {identifier for identifier, state in states.items() if state == "exported"} == reach.found[
            kind
        ]


def test_every_block_that_can_be_reached_is_in_the_files(exported, reach):
    folder = exported[0].folder
    written: set[str] = set()
    for path in (folder / "json").rglob("*.json"):
        written.update(ID.findall(path.read_text()))
    assert len(reach.found["block"]) > 1000
    assert reach.found["block"] <= written


def test_every_id_the_data_refers_to_is_accounted_for_in_one_state(exported):
    exporter, _ = exported
    receipt = exporter.receipts[0]
    counted = Counter(item["id"] for item in receipt["objects"])
    assert set(counted.values()) == {1}
    mentioned: set[str] = set()
    for _, document in documents(exporter.folder):
        mentioned |= set(targets(document))
    blocks = set(ID.findall(" ".join((exporter.folder / path).read_text() for path in json_paths(exporter))))
    assert mentioned - set(counted) - blocks == set()
    assert len(mentioned) > 100


def json_paths(exporter):
    return [path.relative_to(exporter.folder) for path in (exporter.folder / "json").rglob("*.json")]


def targets(value):
    """Ids of relations, mentions, page links and parents, wherever they stand."""
    if isinstance(value, dict):
        for key in ("page_id", "database_id", "data_source_id"):
            if isinstance(value.get(key), str) and ID.fullmatch(value[key]):
                yield value[key]
        related = value.get("relation")
        yield from (item["id"] for item in related) if isinstance(related, list) else ()
        for item in value.values():
            yield from targets(item)
    elif isinstance(value, list):
        for item in value:
            yield from targets(item)


def test_a_second_run_changes_no_byte_makes_no_commit_and_few_requests(exported, reach):
    exporter, before = exported
    events = committed_events(exporter.folder)
    done = exporter.run("export", "--json")
    assert done.code == 0, done.err
    after = files(exporter.folder, without=("receipts", ".dagster", ".scratch"))
    assert {path for path in before | after if before.get(path) != after.get(path)} == set()
    assert committed_events(exporter.folder) == events
    first, second = exporter.receipts
    assert {kind: sum(states.values()) for kind, states in first["counts"].items()} == {
        kind: sum(states.values()) for kind, states in second["counts"].items()
    }
    found = reach.found
    pages = -(-(len(found["page"]) + len(found["data_source"])) // 100)
    rows = len(found["data_source"])
    constant = 4 * len(found["data_source"]) + len(found["database"])
    assert done.json["requests"]["made"] <= rows + constant + pages + 15
