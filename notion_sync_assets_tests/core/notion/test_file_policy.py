"""Where files may be fetched from."""

import pytest

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.notion.file_errors import FileRefusedError
from notion_sync_assets.core.notion.file_policy import FilePolicy

REAL = FilePolicy("https://api.notion.com")
LOCAL = FilePolicy("http://127.0.0.1:8080")


@pytest.mark.parametrize(
    "address",
    [
        "https://prod-files-secure.s3.us-west-2.amazonaws.com/space/file/a.png?X-Amz-Signature=s",
        "https://prod-files-secure-euc1.s3.eu-central-1.amazonaws.com/space/file/a.png",
        "https://prod-files-secure-apne1.s3.ap-northeast-1.amazonaws.com/space/file/a.png",
        "https://PROD-files-secure.S3.us-west-2.amazonaws.com:443/space/file/a.png",
        "https://prod-files-secure.s3.dualstack.us-west-2.amazonaws.com/space/file/a.png",
        "https://s3.us-west-2.amazonaws.com/secure.notion-static.com/file/a.png",
        "https://s3-us-west-2.amazonaws.com/secure.notion-static.com/file/a.png",
        "https://s3-us-west-2.amazonaws.com/public.notion-static.com/file/a.png",
        "https://prod-notion-assets.s3-us-west-2.amazonaws.com/front/a.png",
        "https://file.notion.so/f/f/space/file/a.png",
        "https://file.notion.com/f/f/space/file/a.png",
        "https://img.notionusercontent.com/s3/a.png",
        "https://secure.notion-static.com/a.png",
        "https://api.notion.com/v1/a.png",
    ],
)
def test_notions_places_are_allowed(address):
    assert REAL.checked(address).scheme == "https"


@pytest.mark.parametrize(
    "address",
    [
        "http://prod-files-secure.s3.us-west-2.amazonaws.com/space/file/a.png",
        "https://prod-files-secure.s3.us-west-2.amazonaws.com:8443/a.png",
        "https://someone@prod-files-secure.s3.us-west-2.amazonaws.com/a.png",
        "https://prod-files-secure.s3.us-west-2.amazonaws.com.evil.example/a.png",
        "https://prod-files-secure-evil.s3.us-west-2.amazonaws.com/a.png",
        "https://evil.prod-files-secure.s3.us-west-2.amazonaws.com/a.png",
        "https://s3.us-west-2.amazonaws.com/evil/secure.notion-static.com/a.png",
        "https://s3.us-west-2.amazonaws.com/secure.notion-static.com/../evil/a.png",
        "https://s3.us-west-2.amazonaws.com/secure.notion-static.com.evil/a.png",
        "https://s3.us-west-2.amazonaws.com/",
        "https://s3.us-west-2.amazonaws.com?/secure.notion-static.com/",
        "https://evil-notionusercontent.com/a.png",
        "https://notionusercontent.com.evil.example/a.png",
        "https://file.notion.so./a.png",
        "https://www.notion.so/a.png",
        "https://ec2.us-west-2.amazonaws.com/secure.notion-static.com/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:8080/a.png",
        "http://api.notion.com/a.png",
        "https://api.notion.com:444/a.png",
        "file:///etc/passwd",
        "//prod-files-secure.s3.us-west-2.amazonaws.com/a.png",
        "",
        "https://[",
        "https://a\n.example/",
    ],
)
def test_everything_else_is_refused(address):
    with pytest.raises(FileRefusedError):
        REAL.checked(address)


def test_a_local_notion_may_serve_files_itself_over_http():
    assert LOCAL.checked("http://127.0.0.1:8080/files/a.png?sig=1").path == "/files/a.png"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8081/a.png", "http://localhost:8080/a.png", "https://127.0.0.1:8080/a.png"]
)
def test_another_port_host_or_scheme_is_another_origin(address):
    with pytest.raises(FileRefusedError):
        LOCAL.checked(address)


def test_an_api_origin_without_encryption_is_only_this_machine():
    with pytest.raises(ConfigurationError):
        FilePolicy("http://notion.example")


def test_a_refusal_names_the_host_only():
    with pytest.raises(FileRefusedError) as caught:
        REAL.checked("https://evil.example/private/path?X-Amz-Signature=secret")
    assert str(caught.value) == "refused a file at https, host 'evil.example'"
