"""Which addresses a hosted file may be fetched from.

Belongs here: the list of Notion's storage places with its evidence, and the check every address and every hop of
a redirect passes. Does not belong here: how the answer is read (`file_wire`, `file_transfer`).

The address of a hosted file is data from a workspace. Fetching whatever it says would make the exporter a way into
the network it runs in, so only https to the places below is allowed, and the configured API origin (which is http
only on loopback, `config.trusted_origin`).
"""

import re

import httpx

from notion_sync_assets.core.notion.config import trusted_origin
from notion_sync_assets.core.notion.file_errors import FileRefusedError

# The name of an S3 bucket is unique in the world, so a bucket of this list is Notion's in whatever region or
# spelling the address has it. Evidence: `prod-files-secure` and `secure.notion-static.com` are in the recorded
# workspace (API reference section 8); the regional ones, for workspaces whose data stays in the EU, Japan or Korea,
# appear as `prod-files-secure-euc1.s3.eu-central-1`, `-apne1.s3.ap-northeast-1`, `-apne2.s3.ap-northeast-2` in the
# image settings of many public sites fed by Notion; `public.notion-static.com` holds old avatars, icons and covers;
# `prod-notion-assets` is the `staticS3` bucket of Notion's own web application.
BUCKETS = frozenset(
    {
        "prod-files-secure",
        "prod-files-secure-euc1",
        "prod-files-secure-apne1",
        "prod-files-secure-apne2",
        "secure.notion-static.com",
        "public.notion-static.com",
        "prod-notion-assets",
    }
)
# A host stands for itself and everything below it. `file.notion.so` and, since the move to notion.com,
# `file.notion.com` hand out signed downloads, `img.notionusercontent.com` pictures in other sizes;
# `notion-static.com` fronted the old buckets. notion.so and notion.com themselves hold pages, not files.
HOSTS = ("file.notion.so", "file.notion.com", "notionusercontent.com", "notion-static.com")

_S3 = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com")


class FilePolicy:
    """The allow-list for one configured API origin; `ConfigurationError` when that origin cannot be trusted."""

    def __init__(self, api_base_url: str) -> None:
        self._api_origin = _origin(httpx.URL(trusted_origin(api_base_url)))

    def checked(self, address: str) -> httpx.URL:
        """Return the parsed address if it may be fetched, else raise `FileRefusedError` naming its host only."""
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, ValueError):
            raise FileRefusedError("refused a file whose address is not a URL") from None
        if not self._allows(url):
            raise FileRefusedError(f"refused a file at {url.scheme or 'no scheme'}, host {url.host!r}")
        return url

    def _allows(self, url: httpx.URL) -> bool:
        if url.userinfo:
            return False
        if _origin(url) == self._api_origin:
            return True
        return url.scheme == "https" and url.port is None and (_is_host(url.host) or _is_bucket(url))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _is_host(host: str) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in HOSTS)


def _is_bucket(url: httpx.URL) -> bool:
    """Whether the bucket, in the host's name or first in the path, is one of Notion's."""
    match = _S3.fullmatch(url.host)
    if match is None:
        return False
    bucket = match["bucket"] or url.raw_path.decode("ascii").split("?", 1)[0].split("/")[1]
    return bucket in BUCKETS
