"""Dagster's own webserver with our workspace: it starts, and answers for our code location."""

import os
import socket
import subprocess
import sysconfig
import time
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
START_S = 90.0
LOCATION = '{repositoryName: "__repository__", repositoryLocationName: "notion_sync_assets"}'
ASSETS = f"""{{
  repositoryOrError(repositorySelector: {LOCATION}) {{
    ... on Repository {{
      jobs {{ name description }}
      assetNodes {{ assetKey {{ path }} isExecutable isPartitioned pools assetChecksOrError {{
        ... on AssetChecks {{ checks {{ name }} }}
      }} }}
    }}
    ... on PythonError {{ message stack }}
  }}
}}"""
CONFIGURATION = """{
  runConfigSchemaOrError(selector: {
    pipelineName: "sync_batch", repositoryName: "__repository__", repositoryLocationName: "notion_sync_assets"
  }) {
    ... on RunConfigSchema {
      allConfigTypes { ... on CompositeConfigType { fields { name description } } }
    }
  }
}"""


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture(scope="module")
def webserver(tmp_path_factory):
    home = tmp_path_factory.mktemp("dagster_home")
    port = free_port()
    command = [f"{sysconfig.get_path('scripts')}/dagster-webserver", "-h", "127.0.0.1", "-p", str(port)]
    environment = {**os.environ, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1"}
    log = home / "webserver.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "-w", "workspace.yaml"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                wait_for(process, client, log)
                yield client
        finally:
            process.terminate()
            process.wait(30)


def wait_for(process, client, log):
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            if client.get("/server_info").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"the webserver did not start\n{log.read_text()}")


def ask(client, query):
    answer = client.post("/graphql", json={"query": query})
    answer.raise_for_status()
    return answer.json()["data"]


def test_our_code_location_is_served_without_a_token(webserver):
    served = ask(webserver, ASSETS)["repositoryOrError"]
    jobs = {job["name"]: job["description"] for job in served["jobs"] if not job["name"].startswith("__")}
    assert set(jobs) >= {
        "refresh_index",
        "sync_scope",
        "sync_batch",
        "refresh_links",
        "render_scope",
        "render_batch",
        "publish_site",
        "publish_catalog",
    }
    assert all(jobs.values())
    nodes = {"/".join(node["assetKey"]["path"]): node for node in served["assetNodes"]}
    assert nodes["notion/page_versions"]["isExecutable"] is False
    assert nodes["notion/pages"]["isPartitioned"] is True
    assert nodes["notion/pages"]["pools"] == ["notion_api"]
    assert nodes["notion/pages"]["assetChecksOrError"]["checks"] == [{"name": "complete"}]


def test_the_launchpad_describes_every_field_of_a_batch(webserver):
    types = ask(webserver, CONFIGURATION)["runConfigSchemaOrError"]["allConfigTypes"]
    described = {
        field["name"]: field["description"] for each in types for field in each.get("fields", ()) if field
    }
    assert described["scopes"] == "Partition keys of the scopes."
    assert described["full"] == "Read every page again instead of only those that changed."
