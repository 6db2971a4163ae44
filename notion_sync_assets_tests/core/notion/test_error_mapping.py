"""Every failed call becomes the one error that says what to do next (API reference section 11)."""

import httpx
import pytest
from notion_client.errors import InvalidPathParameterError, RequestTimeoutError, build_request_error

from notion_sync_assets.core.notion.error_mapping import from_exception, mask
from notion_sync_assets.core.notion.errors import (
    ConfigurationError,
    InvalidRequestError,
    NotOfferedError,
    ObjectNotFoundError,
    RestrictedError,
    TransientNotionError,
    UnauthorizedError,
    UnexpectedAnswerError,
)

TOKEN = "ntn_1234567890abcdef"
ENDPOINT = "GET /v1/pages/{id}"


def _mapped(answer):
    return from_exception(build_request_error(answer, answer.text), endpoint=ENDPOINT, token=TOKEN)


def _api(status, code, **extra):
    body = {"object": "error", "status": status, "code": code, "message": "why", "request_id": "r-1", **extra}
    return httpx.Response(status, json=body)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "validation_error", InvalidRequestError),
        (400, "missing_version", InvalidRequestError),
        (400, "invalid_beta", InvalidRequestError),
        (401, "unauthorized", UnauthorizedError),
        (403, "restricted_resource", RestrictedError),
        (403, "something_new", InvalidRequestError),
        (404, "object_not_found", ObjectNotFoundError),
        (404, "something_new", InvalidRequestError),
        (409, "conflict_error", TransientNotionError),
        (405, "method_not_allowed", NotOfferedError),
        (429, "rate_limited", TransientNotionError),
        (500, "internal_server_error", TransientNotionError),
        (501, "not_implemented", NotOfferedError),
        (503, "service_unavailable", TransientNotionError),
        (504, "gateway_timeout", TransientNotionError),
        (529, "service_overload", TransientNotionError),
    ],
)
def test_an_api_error_becomes_its_class_with_all_its_facts(status, code, kind):
    error = _mapped(_api(status, code))
    assert type(error) is kind
    assert (error.status, error.code, error.request_id, error.endpoint) == (status, code, "r-1", ENDPOINT)
    assert "why" in str(error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, UnauthorizedError),
        (403, TransientNotionError),
        (404, NotOfferedError),
        (405, NotOfferedError),
        (501, NotOfferedError),
        (410, UnexpectedAnswerError),
        (502, TransientNotionError),
        (599, TransientNotionError),
    ],
)
def test_a_page_that_is_not_notions_is_never_taken_for_its_word_on_an_object(status, kind):
    answer = httpx.Response(status, html="<h1>nginx</h1>", headers={"x-notion-request-id": "r-2"})
    error = _mapped(answer)
    assert type(error) is kind
    assert (error.code, error.request_id) == (None, "r-2")


def test_a_blocked_connection_ends_the_run_although_it_says_429():
    reason = {"rate_limit_reason": "public_api_request_blocked"}
    error = _mapped(_api(429, "rate_limited", additional_data=reason))
    assert type(error) is UnauthorizedError
    assert "blocked" in error.hint


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://evil.test/v1/users/me", "evil.test"),
        ("/login", "another path of the same host"),
        (f"https://{TOKEN}.evil.test/", "***"),
        ("http://x:bad", "not a URL"),
    ],
)
def test_a_redirect_is_an_error_that_names_where_it_leads(location, named):
    error = _mapped(httpx.Response(302, headers={"location": location}))
    assert type(error) is ConfigurationError
    assert named in str(error)
    assert TOKEN not in str(error)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (RequestTimeoutError(), TransientNotionError),
        (httpx.ReadTimeout("slow"), TransientNotionError),
        (httpx.ConnectError("refused"), TransientNotionError),
        (InvalidPathParameterError("dots"), InvalidRequestError),
        (ValueError("no JSON"), UnexpectedAnswerError),
        (httpx.DecodingError("bad gzip"), UnexpectedAnswerError),
    ],
)
def test_a_call_without_an_answer_becomes_an_error_of_ours_too(raised, kind):
    assert type(from_exception(raised, endpoint=ENDPOINT, token=TOKEN)) is kind


@pytest.mark.parametrize("echo", [TOKEN, f"Bearer {TOKEN}", "Bearer another", "secret_abc", "ntn_other99"])
def test_a_token_that_the_server_echoes_is_masked(echo):
    body = {"object": "error", "status": 400, "code": "validation_error", "message": f"got {echo}."}
    shown = str(_mapped(httpx.Response(400, json=body)))
    assert echo.split()[-1] not in shown
    assert "got ***" in shown


def test_a_token_of_any_shape_is_masked_and_long_messages_are_cut():
    assert mask("a odd-token b", "odd-token") == "a *** b"
    assert len(mask("x" * 10_000, TOKEN)) == 500
