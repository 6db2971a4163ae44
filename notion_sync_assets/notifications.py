"""The hook that tells people about failed runs: one POST of counts and ids to an address of their choice.

Here: the message, its delivery, and what keeps the address secret. Not here: when it is sent (``failure_sensor``).
No message holds a title, a text, an error's words or a path: who reads the channel need not be who reads the export.
A service that answers with a redirect is not followed: the message was for the address that was configured.
"""

import dataclasses
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import tenacity

from notion_sync_assets.core.notion.transports.wire import proxy_for
from notion_sync_assets.settings_model import NotificationSettings

_BUSY = httpx.codes.TOO_MANY_REQUESTS
_TRIES = 3
_SILENCE_S = 10.0


class NotificationError(Exception):
    """A message that could not be delivered; the text never holds the address."""


@dataclass(frozen=True, slots=True)
class FailedRun:
    """What is told of a failed run. ``scope``: id of its scope, if it has one; ``error``: name of the error's class."""

    workspace: str
    job: str
    run_id: str
    scope: str | None
    error: str | None
    failed_pages: int
    failed_scopes: int
    stopped_scopes: int


def notify(settings: NotificationSettings, run: FailedRun, *, pause_s: float = 1.0) -> None:
    """Send the message, up to three times; ``NotificationError`` when it was not taken.

    httpx's client would log the address, which is a secret, so its transport is used by itself.
    """
    if settings.url is None:
        raise NotificationError("notifications.url is not set")
    address = settings.url.get_secret_value()
    body = _slack(run) if settings.form == "slack" else {"event": "run_failed", **dataclasses.asdict(run)}
    attempt = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(_TRIES),
        wait=tenacity.wait_exponential(multiplier=pause_s),
        retry=tenacity.retry_if_exception_type(_UnavailableError),
        reraise=True,
    )
    attempt(lambda: _post(address, body))


class _UnavailableError(NotificationError):
    """Worth another try."""


def _post(address: str, body: dict[str, object]) -> None:
    url = httpx.URL(address)
    request = httpx.Request(
        "POST",
        url,
        json=body,
        extensions={"timeout": httpx.Timeout(_SILENCE_S).as_dict()},
    )
    try:
        with httpx.HTTPTransport(proxy=proxy_for(url), verify=url.scheme == "https") as wire:
            answer = wire.handle_request(request)
            answer.close()
    except httpx.TransportError as error:
        raise _UnavailableError(f"{_host(address)} cannot be reached: {type(error).__name__}") from None
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or answer.status_code == _BUSY:
        raise _UnavailableError(f"{_host(address)} answered {answer.status_code}")
    if not answer.is_success:
        raise NotificationError(f"{_host(address)} answered {answer.status_code}")


def _host(address: str) -> str:
    return urlsplit(address).hostname or "the address"


def _slack(run: FailedRun) -> dict[str, object]:
    facts = [
        f"{run.failed_pages} failed pages",
        f"{run.failed_scopes} scopes with failed pages",
        f"{run.stopped_scopes} stopped scopes",
    ]
    about = f" ({run.error})" if run.error else ""
    scope = f", scope {run.scope}" if run.scope else ""
    text = f"Notion export {run.workspace}: run {run.run_id} of {run.job}{scope} failed{about}. Now: "
    return {"text": text + ", ".join(facts) + "."}
