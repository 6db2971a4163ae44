"""What a client must be told, checked before anything is called.

Belongs here: `NotionClientConfig` and the rule which origins may see the token. Does not belong here: where the
values come from (`settings`), and how they are used (`client`, `transports`).
"""

import ipaddress
from dataclasses import dataclass, field, replace
from importlib.metadata import version

import httpx

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.notion.people import People

API_VERSION = "2026-03-11"
NOTION_ORIGIN = "https://api.notion.com"


def _user_agent() -> str:
    return f"notion-sync-assets/{version('notion-sync-assets')}"


IMPATIENT_ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class OutageRules:
    """When an outage is declared and how long it is waited out; all times in seconds.

    `failures` calls that got no answer `within_s` open the circuit, `reset_s` later one probe may go, and after
    `patience_s` without any answer the calls give up.
    """

    failures: int = 5
    within_s: float = 60.0
    reset_s: float = 30.0
    patience_s: float = 900.0


@dataclass(frozen=True, kw_only=True)
class NotionClientConfig:
    """One connection to Notion. Raises `ConfigurationError` when token or origin cannot be used.

    `limit_per_window` requests are allowed per `window_s` seconds (API reference section 11; 0: no limit);
    `concurrency` bounds the connections, `timeout_s` the silence of the server; `attempts` the tries of one call,
    rejections for the rate (429) not counted. `people`: how people are shown in every answer (`people`).
    """

    token: str = field(repr=False)
    base_url: str = NOTION_ORIGIN
    api_version: str = API_VERSION
    limit_per_window: int = 180
    window_s: float = 60.0
    concurrency: int = 8
    timeout_s: float = 75.0
    attempts: int = 6
    outage: OutageRules = OutageRules()
    people: People = "full"
    user_agent: str = field(default_factory=_user_agent)

    def __post_init__(self) -> None:
        """Refuse what could not work, or would show the token to someone else."""
        _check_token(self.token)
        object.__setattr__(self, "base_url", trusted_origin(self.base_url))

    def impatient(self, patience_s: float) -> "NotionClientConfig":
        """The same connection for a question somebody waits for: few tries, and soon given up."""
        rules = replace(self.outage, patience_s=patience_s)
        return replace(self, attempts=min(IMPATIENT_ATTEMPTS, self.attempts), outage=rules)


def trusted_origin(base_url: str) -> str:
    """`scheme://host[:port]` of an address the token may be sent to: https, or http on this very machine.

    Many servers print their address with the `/v1` of every path; it may stay on.
    """
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"the base URL is not a URL: {error}") from None
    if url.userinfo or url.query or url.fragment or url.path.rstrip("/") not in {"", "/v1"} or not url.host:
        raise ConfigurationError(
            f"the base URL must be an origin, got one with more or less than that for host {url.host!r}",
            hint="Set NOTION_BASE_URL to scheme://host[:port], without path, user or query.",
        )
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise ConfigurationError(
            f"the token is not sent to {url.scheme}://{url.host}: only https, or http on loopback",
            hint="Set NOTION_BASE_URL to an https address.",
        )
    return str(url.copy_with(path="/")).rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine; names other than localhost are not looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_token(token: str) -> None:
    # Control characters or spaces would end up as a broken or split header.
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigurationError(
            "there is no usable Notion token",
            hint="Set NOTION_TOKEN to the secret of your connection (it starts with ntn_).",
        )
