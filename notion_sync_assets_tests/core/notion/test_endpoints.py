"""Templates name endpoints and never hold an id."""

import httpx
import pytest

from notion_sync_assets.core.notion.endpoints import endpoint_of, endpoint_template

ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/users/me", "GET /v1/users/me"),
        ("GET", f"/v1/users/{ID}", "GET /v1/users/{id}"),
        ("GET", "/v1/users?page_size=100", "GET /v1/users"),
        ("GET", f"/v1/blocks/{ID}/children?start_cursor={ID}", "GET /v1/blocks/{id}/children"),
        ("GET", f"/v1/blocks/{ID.replace('-', '')}", "GET /v1/blocks/{id}"),
        ("GET", f"/v1/pages/{ID}/properties/v_%5D%3C", "GET /v1/pages/{id}/properties/{id}"),
        ("GET", f"/v1/pages/{ID}/properties/title", "GET /v1/pages/{id}/properties/{id}"),
        ("GET", f"/v1/pages/{ID}/markdown", "GET /v1/pages/{id}/markdown"),
        ("POST", f"/v1/data_sources/{ID}/query", "POST /v1/data_sources/{id}/query"),
        ("POST", "/v1/search", "POST /v1/search"),
        ("GET", f"/v1/comments?block_id={ID}", "GET /v1/comments"),
        ("GET", f"/v1/something_new/{ID}", "GET /v1/something_new/{id}"),
    ],
)
def test_ids_and_queries_are_left_out(method, path, expected):
    assert endpoint_template(method, path) == expected
    assert endpoint_of(httpx.Request(method, f"https://api.notion.test{path}")) == expected
