"""Refusals with Notion's statuses, codes and bodies."""

import httpx
import pytest

from notion_sync_assets.emulator.ids import named_id

HOME, TASKS = named_id("page", "home"), named_id("database", "tasks")
UNSHARED, MISSING = named_id("page", "private plan"), named_id("page", "never was")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/pages/short", 400, "validation_error"),
        ("GET", "/no/such/path", 400, "invalid_request_url"),
        ("GET", f"/pages/{HOME}/nothing", 400, "invalid_request_url"),
        ("GET", f"/pages/{MISSING}", 404, "object_not_found"),
        ("GET", f"/pages/{UNSHARED}", 404, "object_not_found"),
        ("GET", f"/blocks/{UNSHARED}", 404, "object_not_found"),
        ("GET", f"/blocks/{UNSHARED}/children", 404, "object_not_found"),
        ("GET", f"/pages/{TASKS}", 400, "validation_error"),
        ("GET", f"/pages/{HOME}/properties/none", 404, "object_not_found"),
        ("GET", f"/users/{MISSING}", 404, "object_not_found"),
        ("GET", "/comments", 400, "validation_error"),
        ("GET", "/comments?block_id=x", 400, "validation_error"),
        ("GET", "/views", 400, "validation_error"),
        ("GET", "/users?page_size=500", 400, "validation_error"),
        ("GET", "/users?start_cursor=abc", 400, "validation_error"),
        ("POST", "/pages", 403, "restricted_resource"),
        ("PATCH", f"/pages/{HOME}", 403, "restricted_resource"),
        ("DELETE", f"/blocks/{HOME}", 403, "restricted_resource"),
    ],
)
def test_a_refusal_has_notion_s_status_and_code(api, method, path, status, code):
    answer = api.http.request(method, path)
    body = answer.json()
    assert (answer.status_code, body["object"], body["status"], body["code"]) == (
        status,
        "error",
        status,
        code,
    )
    assert answer.headers["x-notion-request-id"] == body["request_id"]


def test_not_found_names_the_integration(api):
    _, body = api.error("GET", f"/pages/{MISSING}")
    assert body["additional_data"] == {"integration_id": api.get("/users/me")["id"]}


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"property": "colour"}},
        {"filter": {"property": "object", "value": "database"}},
        {"filter": "page"},
        {"sort": {"timestamp": "created_time", "direction": "ascending"}},
        {"sort": {"timestamp": "last_edited_time", "direction": "sideways"}},
        {"page_size": "many"},
        {"start_cursor": "made up"},
    ],
)
def test_a_search_that_makes_no_sense_is_refused(api, body):
    assert api.error("POST", "/search", json=body)[0] == 400


def test_a_body_that_is_no_json_object_is_refused(api):
    assert api.error("POST", "/search", content=b"{")[1]["code"] == "invalid_json"
    assert api.error("POST", "/search", content=b"[]")[1]["code"] == "validation_error"


def test_every_request_names_its_version(demo):
    headers = {"Authorization": "Bearer x"}
    answer = httpx.get(f"{demo.url}/v1/users/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "missing_version")
    old = httpx.get(f"{demo.url}/v1/users/me", headers={**headers, "Notion-Version": "2022-06-28"})
    assert (old.status_code, old.json()["code"]) == (400, "validation_error")


@pytest.mark.parametrize("authorization", [None, "secret_right", "Bearer wrong", "Basic secret_right"])
def test_only_the_token_of_the_settings_is_accepted(start, connect, authorization):
    emulator = start(token="secret_right")
    assert connect(emulator.url, token="secret_right").get("/users/me")["type"] == "bot"
    headers = {"Notion-Version": "2026-03-11", **({"Authorization": authorization} if authorization else {})}
    answer = httpx.get(f"{emulator.url}/v1/users/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_the_copy_of_an_unshared_synced_block_cannot_be_read(api):
    blocks = api.all(f"/blocks/{named_id('page', 'every block')}/children")
    original = named_id("block", "unshared original")
    copy = next(b for b in blocks if (b.get("synced_block") or {}).get("synced_from", {}) == {"type": "block_id", "block_id": original})  # fmt: skip
    assert copy["has_children"]
    assert api.error("GET", f"/blocks/{copy['id']}/children")[0] == 404
