"""The settings as values: names, types, bounds and defaults, each described where it is defined.

Belongs here: the frozen models and the fingerprint of what changes a document. Does not: where values come from
(`settings.py`), how a field is worded in messages and documentation (`settings_fields.py`), acting on a value.
Constructing `Settings(...)` reads nothing, so tests get the same values whatever the machine.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    Secret,
    SecretStr,
)

from notion_sync_assets.core.documents import DOCUMENT_FORMAT
from notion_sync_assets.core.identifiers import parse_reference

Value = TypeVar("Value")


@dataclass(frozen=True)
class Allowed:
    """What a setting takes, in words, where its type does not say it."""

    text: str


class ExportFormat(StrEnum):
    """What an export can be written as."""

    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"
    PARQUET = "parquet"


class Environment(StrEnum):
    """Which packaged file is laid over the base."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


def _split(value: object) -> object:
    """Variables and flags carry lists as `a,b`."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _without_repeats(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))


def _identifier(text: str) -> str:
    found = parse_reference(text)
    if found is None:
        raise ValueError("neither a Notion id nor the address of a page or database")
    return found


def _number(value: object) -> object:
    """Variables carry numbers as text."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _options(value: object) -> object:
    """Variables carry a table as a JSON object."""
    return json.loads(value) if isinstance(value, str) else value


def _without_password(text: str) -> str:
    """An address is shown, logged and written down, so nothing secret may be in it."""
    if "://" in text and urlsplit(text).password is not None:
        raise ValueError("a password in the address")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(text: str) -> str:
    """The token is sent to this address, so nothing but a plain https origin (or loopback) is taken."""
    address = urlsplit(text)
    host = address.hostname or ""
    plain = not (address.username or address.password or address.query or address.fragment)
    if plain and host and (address.scheme == "https" or (address.scheme == "http" and _is_loopback(host))):
        return text.rstrip("/")
    raise ValueError("neither https nor http on loopback")


def _hook(address: SecretStr | None) -> SecretStr | None:
    """The path of a hook's address is its password, so it is sent in the clear to nobody else."""
    if address is not None:
        parts = urlsplit(address.get_secret_value())
        host = parts.hostname or ""
        if not (host and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))):
            raise ValueError("neither https nor http on loopback")
    return address


Identifiers = Annotated[
    tuple[Annotated[str, AfterValidator(_identifier)], ...],
    BeforeValidator(_split),
    AfterValidator(_without_repeats),
    Allowed("Notion ids or addresses, in a list or separated by commas"),
]
Formats = Annotated[
    tuple[ExportFormat, ...],
    BeforeValidator(_split),
    AfterValidator(_without_repeats),
    Field(min_length=1),
    Allowed("one or more of " + ", ".join(ExportFormat) + ", in a list or separated by commas"),
]


Versions = Annotated[
    Literal["latest", "all"] | Annotated[int, Field(ge=1, le=100_000)],
    BeforeValidator(_number),
    Allowed("latest, all, or a whole number from 1 to 100000"),
]


class _Group(BaseModel):
    # The input of a failed validation may be a token, so pydantic's own messages never repeat it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class NotionSettings(_Group):
    """How Notion is reached and how much of its limit is used (API reference §§1, 11)."""

    token: SecretStr | None = Field(
        None, description="Token of the connection; the variable NOTION_TOKEN is read"
    )
    base_url: Annotated[str, AfterValidator(_origin), Allowed("an https address, or http on loopback")] = (
        Field(
            "https://api.notion.com", description="Address of the API; the variable NOTION_BASE_URL is read"
        )
    )
    api_version: Literal["2026-03-11", "2025-09-03"] = Field(
        "2026-03-11", description="Version of the API that is asked for"
    )
    requests_per_minute: int = Field(
        180,
        ge=0,
        le=100_000,
        description="Limit of the plan: 600 for Business and Enterprise, 180 for all others, 0 for no limit",
    )
    window_seconds: int = Field(
        60, ge=1, le=3600, description="Length of the window Notion counts in, in seconds"
    )
    concurrency: int = Field(16, ge=1, le=256, description="Requests in flight at once")
    timeout_seconds: int = Field(
        75,
        ge=1,
        le=80,
        description="How long an answer is waited for, in seconds; Notion gives up after 60 itself",
    )
    attempts: int = Field(6, ge=1, le=50, description="Tries of one call before it counts as failed")
    breaker_failures: int = Field(
        5, ge=1, le=1000, description="Failed calls after which all calls wait for Notion to answer again"
    )
    breaker_window_seconds: int = Field(
        60, ge=1, le=3600, description="Time within which these calls have to fail, in seconds"
    )
    breaker_reset_seconds: int = Field(
        30, ge=1, le=3600, description="Time after which Notion is asked again whether it answers, in seconds"
    )
    outage_patience_seconds: int = Field(
        900, ge=0, le=86_400, description="How long an outage of Notion is waited out, in seconds"
    )

    @property
    def requests_per_window(self) -> int:
        """The limit of one window, at least 1; 0 for no limit."""
        share = self.requests_per_minute * self.window_seconds // 60
        return max(1, share) if self.requests_per_minute else 0


class LimiterSettings(_Group):
    """Who shares the budget of requests (API reference §11)."""

    backend: Literal["sqlite", "postgres", "memory"] = Field(
        "sqlite",
        description="sqlite: every process of this user on this host; postgres: every host; memory: this process only",
    )
    folder: Path | None = Field(
        None, description="Folder of the shared SQLite file; default: the user's state folder"
    )
    dsn: SecretStr | None = Field(
        None, description="Address of the PostgreSQL database, as postgresql://user:password@host/database"
    )


class OutputSettings(_Group):
    """What is exported, and where to."""

    path: Annotated[
        str,
        AfterValidator(_without_password),
        Allowed("a folder or a URL without a password such as s3://bucket/path"),
    ] = Field(
        "./notion-export", min_length=1, description="Folder of the export, or the URL of an object store"
    )
    storage_options: Annotated[
        Secret[dict[str, Any]] | None,
        BeforeValidator(_options),
        Allowed("a table of options of the fsspec implementation, in a variable a JSON object"),
    ] = Field(
        None,
        description="How an object store is reached, such as `endpoint_url`, `key` and `secret`; never shown",
    )
    workspace: Annotated[
        str, Allowed("a lower-case letter, then lower-case letters, digits and underscores")
    ] = Field(
        "notion",
        pattern=r"^[a-z][a-z0-9_]*$",
        max_length=40,
        description="Prefix of asset keys, partition sets and pools",
    )
    formats: Formats = Field(tuple(ExportFormat), description="Formats that are written")
    markdown_dialect: Literal["gfm", "obsidian", "hugo", "docusaurus"] = Field(
        "gfm",
        description="Where the Markdown will be read: GitHub and most others, or one of the named tools",
    )
    markdown_comments: Literal["section", "footnotes"] = Field(
        "section", description="Where Markdown has comments: at the end of the page, or as footnotes"
    )
    blocks: bool = Field(True, description="Read the content of pages, not only their properties")
    properties: bool = Field(True, description="Keep the properties of pages, not only their titles")
    comments: bool = Field(True, description="Read the comments on pages: one request per page")
    block_comments: bool = Field(
        False, description="Read the comments on single blocks, too: one request per block"
    )
    block_comment_requests: int = Field(
        1000,
        ge=1,
        le=10_000_000,
        description="Requests one run may spend on comments on blocks; the next run goes on where it stopped",
    )
    people: Literal["full", "name", "pseudonym", "none"] = Field(
        "full",
        description="How people are shown everywhere: in full, by name without address, by a made-up name, not at all",
    )
    files: bool = Field(True, description="Download the files that Notion hosts")
    max_file_size_bytes: int = Field(
        0, ge=0, description="Files above this size stay a link, in bytes; 0 for any size"
    )
    csv_byte_order_mark: bool = Field(
        False, description="Begin CSV files with a byte-order mark, without which Excel garbles accents"
    )
    csv_guard_formulas: bool = Field(
        True,
        description="Put ' before text in CSV that a spreadsheet would run as a formula (docs/tables.md)",
    )
    keep_removed: bool = Field(
        False, description="Keep the last rendering of what has left Notion, in the folder _removed"
    )
    versions: Versions = Field(
        "latest", description="Versions of each page, and states of each scope, whose content `gc` keeps"
    )
    databases: Identifiers = Field(
        (), description="Ids or addresses of the only databases to export; none for all"
    )
    pages: Identifiers = Field(
        (), description="Ids or addresses of the only pages to export, with what is below them"
    )
    exclude: Identifiers = Field((), description="Ids or addresses of databases and pages to leave out")

    @property
    def is_remote(self) -> bool:
        """Whether the export goes to an object store and not to a local folder."""
        return "://" in self.path


class SyncSettings(_Group):
    """The pace and the guards of a sync (design §7)."""

    settle_seconds: int = Field(
        120,
        ge=0,
        le=3600,
        description="A page edited less than this before its read is read again, in seconds",
    )
    overlap_seconds: int = Field(
        900,
        ge=180,
        le=86_400,
        description="How far a delta looks behind the start of the last listing, in seconds: search lags",
    )
    verify_requests: int = Field(
        6,
        ge=0,
        le=100_000,
        description="Requests each run may spend on reading pages again that look unchanged, in turn; 0 for none",
    )
    verify_share: float = Field(
        0.25,
        gt=0,
        le=1,
        description="Share of all pages that a verifying run (verify_weekly, export --verify) reads again",
    )
    journal_pages: int = Field(
        50, ge=1, le=10_000, description="Pages after which a journal segment is written"
    )
    journal_seconds: int = Field(
        10, ge=1, le=3600, description="Time after which a journal segment is written, in seconds"
    )
    journal_max_age_hours: int = Field(
        24, ge=1, le=720, description="Age up to which a journal is resumed, in hours"
    )
    lease_ttl_seconds: int = Field(
        20, ge=1, le=20, description="Time after which a lease that nobody renews ends, in seconds"
    )
    mass_disappearance_share: float = Field(
        0.5, gt=0, le=1, description="Share of a scope's pages that may vanish at once, from 0 to 1"
    )
    mass_disappearance_minimum: int = Field(
        20, ge=1, description="Vanished pages up to which the share does not matter"
    )
    max_discovery_rounds: int = Field(
        20, ge=1, le=1000, description="Rounds of discovery after which an export stops looking for more"
    )


_MEMORY = r"^[1-9][0-9]*(\.[0-9]+)? ?[KMGT]i?B$"
_Memory = Annotated[str, Allowed("a number and KB, MB, GB, TB, KiB, MiB, GiB or TiB")]


class CatalogSettings(_Group):
    """The DuckDB catalog."""

    memory_limit: _Memory = Field(
        "256MB", pattern=_MEMORY, description="Memory DuckDB may use for a build before it spills to disk"
    )
    query_memory_limit: _Memory = Field(
        "1GB", pattern=_MEMORY, description="Memory a query may use; it never spills, and ends with a message"
    )
    threads: int = Field(2, ge=1, le=256, description="Threads DuckDB may use")


class DagsterSettings(_Group):
    """The Dagster instance the assets run in."""

    home: Path | None = Field(
        None,
        description="Folder of the instance; the variable DAGSTER_HOME is read; default: .dagster in the export",
    )
    page_events: bool = Field(True, description="Log every change of a page as a materialization")
    previews: bool = Field(
        False, description="Show the first lines of rendered files in the UI; the event log keeps them"
    )
    keep_runs_days: int = Field(
        90, ge=1, le=36_500, description="Age at which `notion-sync maintain` removes ended runs, in days"
    )
    fresh_within_hours: int = Field(
        26, ge=1, le=8760, description="Age at which index, site and catalog count as overdue, in hours"
    )


class NotificationSettings(_Group):
    """Who is told about failed runs, by the sensor run_failure_sensor (docs/automation.md)."""

    url: Annotated[
        SecretStr | None, AfterValidator(_hook), Allowed("an https address, or http on loopback")
    ] = Field(
        None,
        description="Address that a message is posted to when a run fails: counts and ids only; never shown",
    )
    form: Literal["slack", "json"] = Field(
        "json", description="slack: the message as text, as Slack and its like take it; json: its facts"
    )


class ServeSettings(_Group):
    """The server of `notion-sync serve`: webhooks, metrics, health."""

    host: Annotated[str, Allowed("an IP address or a host name")] = Field(
        "127.0.0.1", min_length=1, description="Address to listen on; anything but loopback is open to others"
    )
    port: int = Field(8766, ge=0, le=65_535, description="Port to listen on; 0 takes a free one")
    queue_events: int = Field(
        10_000,
        ge=1,
        le=1_000_000,
        description="Webhook events that may wait; further ones are refused with 503",
    )
    client_timeout_seconds: int = Field(
        10, ge=1, le=300, description="How long a client may take to send its request, in seconds"
    )
    notion_check_seconds: int = Field(
        300, ge=30, le=86_400, description="Notion is asked for health checks at most this often, in seconds"
    )


class LoggingSettings(_Group):
    """What is logged, and how."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severe messages shown"
    )
    format: Literal["text", "json"] = Field("text", description="Lines for people, or one JSON object a line")


class Settings(_Group):
    """Everything that can be set; see `load_settings` for where values come from."""

    environment: Environment = Field(Environment.DEVELOPMENT, description="Which packaged defaults apply")
    state_dir: Path | None = Field(
        None,
        description="Local folder for what cannot live in an object store; needed there without DAGSTER_HOME",
    )
    notion: NotionSettings = NotionSettings()
    limiter: LimiterSettings = LimiterSettings()
    output: OutputSettings = OutputSettings()
    sync: SyncSettings = SyncSettings()
    catalog: CatalogSettings = CatalogSettings()
    dagster: DagsterSettings = DagsterSettings()
    notifications: NotificationSettings = NotificationSettings()
    logging: LoggingSettings = LoggingSettings()
    serve: ServeSettings = ServeSettings()

    _sources: dict[str, str] = PrivateAttr(default_factory=dict)

    def selection(self) -> dict[str, object]:
        """What is asked for, as the receipt records it; ``partial``: whether that is less than everything."""
        output = self.output
        parts = {name: getattr(output, name) for name in ("blocks", "properties", "comments", "files")}
        chosen = {name: list(getattr(output, name)) for name in ("databases", "pages", "exclude")}
        largest = output.max_file_size_bytes
        return {
            "partial": not all(parts.values()) or any(chosen.values()) or largest > 0,
            "formats": [str(form) for form in output.formats],
            **parts,
            **chosen,
            "max_file_size_bytes": largest,
        }

    def fingerprint(self) -> str:
        """16 hexadecimal digits, equal when two settings make the same documents of the same workspace.

        What only chooses which pages are read or how they are written is not part of it.
        """
        output = self.output
        facts = {
            "document_format": DOCUMENT_FORMAT,
            "api_version": self.notion.api_version,
            "blocks": output.blocks,
            **({} if output.properties else {"properties": False}),
            "comments": output.comments,
            **({} if output.people == "full" else {"people": output.people}),
            **({"block_comments": True} if output.comments and output.block_comments else {}),
            "files": output.max_file_size_bytes if output.files else None,
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
