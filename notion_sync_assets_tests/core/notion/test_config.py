"""Who may see the token is decided before anything is called."""

import re

import pytest

from notion_sync_assets.core.notion.config import NotionClientConfig, is_loopback
from notion_sync_assets.core.notion.errors import ConfigurationError

TOKEN = "ntn_1234567890abcdef"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.notion.com", "https://api.notion.com"),
        ("https://api.notion.com/", "https://api.notion.com"),
        ("https://api.notion.com/v1", "https://api.notion.com"),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080"),
        ("https://proxy.corp.test:8443", "https://proxy.corp.test:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_trusted(given, kept):
    assert NotionClientConfig(token=TOKEN, base_url=given).base_url == kept


@pytest.mark.parametrize(
    "given",
    [
        "http://api.notion.com",
        "http://10.0.0.1",
        "http://0.0.0.0:80",
        "http://localhost.evil.test",
        "http://127.0.0.1.evil.test",
        "ftp://127.0.0.1",
        "https://user:password@api.notion.com",
        "https://api.notion.com/v2",
        "https://gateway.corp.test/notion/v1",
        "https://api.notion.com?x=1",
        "https://api.notion.com#x",
        "https://",
        "api.notion.com",
        "",
        "https://x:bad",
    ],
)
def test_any_other_origin_is_a_configuration_error_with_a_hint(given):
    with pytest.raises(ConfigurationError) as raised:
        NotionClientConfig(token=TOKEN, base_url=given)
    assert raised.value.hint
    assert "password" not in str(raised.value)


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "tokén", "\x00"])
def test_a_token_that_cannot_be_a_header_is_refused_without_being_shown(token):
    with pytest.raises(ConfigurationError) as raised:
        NotionClientConfig(token=token)
    assert not token or token not in str(raised.value)


def test_the_token_is_not_in_the_repr():
    assert TOKEN not in repr(NotionClientConfig(token=TOKEN))


def test_the_client_names_itself_with_its_version():
    assert re.fullmatch(r"notion-sync-assets/\d+\.\d+.*", NotionClientConfig(token=TOKEN).user_agent)


def test_names_other_than_localhost_are_not_loopback():
    assert not is_loopback("example.test")
