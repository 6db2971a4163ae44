"""One download: from an address into an open file, through expired signatures and broken connections.

Belongs here: resuming, renewing, retrying and counting one transfer. Does not belong here: who may be asked
(`file_policy`), connections (`file_wire`), where the file ends up and who shares it (`files`).

An interrupted transfer goes on where it stopped if the host gave a strong ETag: Range with If-Range, and the ETag of
the answer is compared too, since S3 does not promise to look at If-Range. Otherwise it starts again. Signatures live
for one hour and change with every read (API reference section 8); a new one is asked for when the host says no.
"""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from io import FileIO

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from notion_sync_assets.core.canonical import file_key
from notion_sync_assets.core.notion.errors import StorageError, TransientNotionError
from notion_sync_assets.core.notion.file_errors import FileTooLargeError, FileUnavailableError
from notion_sync_assets.core.notion.file_wire import FileWire

Refresh = Callable[[], Awaitable[str | None]]
Sleep = Callable[[float], Awaitable[None]]

CHUNK_BYTES = 1024 * 1024
MAX_REFRESHES = 3
ROUNDS = 2
_LONGEST_WAIT_S = 30.0
_ERROR_BODY_BYTES = 4096
# Hosts of unsigned or badly signed addresses say 401; S3 says 403 for an old signature, and 400 with the code
# ExpiredToken when the credentials behind it have ended.
_EXPIRED = frozenset({401, 403})
_TRANSIENT = frozenset({408, 416, 425, 429})
_SERVER_ERRORS = 500
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_back_off = wait_random_exponential(multiplier=0.5, max=_LONGEST_WAIT_S)


@dataclass(frozen=True)
class Received:
    """What a finished transfer knows: SHA-256 (hex), bytes, and the host's Content-Type (may be empty)."""

    sha256: str
    size: int
    content_type: str


class _Interrupted(Exception):  # noqa: N818 - not an error yet: the transfer goes on
    def __init__(self, reason: str, *, status: int | None = None, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.status = status
        self.wait_s = wait_s


class Transfer:
    """Fetches `address` into `target`, an empty, unbuffered file open for writing; `max_bytes` 0 means any size."""

    def __init__(
        self, wire: FileWire, address: str, target: FileIO, *, refresh: Refresh, max_bytes: int
    ) -> None:
        self._wire = wire
        self._address = address
        self._key = file_key(address)
        self._host = httpx.URL(address).host
        self._target = target
        self._refresh = refresh
        self._refreshes = 0
        self._max_bytes = max_bytes
        self._content_type = ""
        self._hash = hashlib.sha256()
        self._size = 0
        self._expected: int | None = None
        self._etag: str | None = None

    async def run(self, *, attempts: int, sleep: Sleep = asyncio.sleep) -> Received:
        """Transfer the whole file, in at most `ROUNDS` rounds of `attempts` tries with back-off between them.

        Before another round the address is renewed. That waits for as long as Notion's API gives no answers, so
        an outage that concerns both, a lost network above all, fails no file. Raises `TransientNotionError`
        after the last try, `FileUnavailableError`, `FileTooLargeError`, `FileRefusedError`, `StorageError`, and
        whatever `refresh` raises.
        """
        for left in reversed(range(ROUNDS)):
            try:
                await self._tries(attempts, sleep)
                break
            except _Interrupted as error:
                if not left:
                    message = (
                        f"a file at host {self._host!r} failed {ROUNDS * attempts} times, at last: {error}"
                    )
                    raise TransientNotionError(message, status=error.status) from None
                status = error.status
            await self._renew(status)
        return Received(self._hash.hexdigest(), self._size, self._content_type)

    async def _tries(self, attempts: int, sleep: Sleep) -> None:
        tries = AsyncRetrying(
            stop=stop_after_attempt(attempts),
            wait=_wait,
            retry=retry_if_exception_type(_Interrupted),
            sleep=sleep,
            reraise=True,
        )
        await tries(self._attempt)

    async def _attempt(self) -> None:
        while (refusal := await self._try_signature()) is not None:
            await self._renew(refusal)

    async def _try_signature(self) -> int | None:
        """Receive the rest of the file; the status instead when the host no longer accepts the signature."""
        try:
            async with self._wire.get(self._address, self._headers()) as response:
                if await _is_expired(response):
                    return response.status_code
                self._check_status(response)
                self._place(response)
                await self._receive(response)
        except httpx.RequestError as error:
            # Not chained and not quoted: the exception holds the request and with it the signature.
            raise _Interrupted(f"the connection broke ({type(error).__name__})") from None
        return None

    def _headers(self) -> dict[str, str]:
        # Ranges and the size limit count stored bytes, so the host is not to compress them on the way.
        headers = {"Accept-Encoding": "identity"}
        if self._size and self._etag:
            headers |= {"Range": f"bytes={self._size}-", "If-Range": self._etag}
        return headers

    async def _renew(self, status: int | None) -> None:
        if self._refreshes == MAX_REFRESHES:
            message = f"host {self._host!r} refuses a file even with a fresh signature"
            raise FileUnavailableError(message, status=status)
        self._refreshes += 1
        address = await self._refresh()
        if address is None or file_key(address) != self._key:
            message = f"a file at host {self._host!r} was removed or replaced while it was fetched"
            raise FileUnavailableError(message, status=status)
        self._address = address

    def _check_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in {200, 206}:
            return
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            self._restart()
        if status in _TRANSIENT or status >= _SERVER_ERRORS:
            raise _Interrupted(f"status {status}", status=status, wait_s=_retry_after(response))
        raise FileUnavailableError(f"host {self._host!r} has no such file (status {status})", status=status)

    def _place(self, response: httpx.Response) -> None:
        """Decide where the body belongs: behind what is here, or in place of it."""
        if response.status_code == httpx.codes.PARTIAL_CONTENT:
            self._check_continuation(response)
        else:
            self._restart()
            self._etag = _strong_etag(response)
            self._expected = _content_length(response)
        self._content_type = response.headers.get("content-type", "")
        self._check_limit(self._expected or 0)

    def _check_continuation(self, response: httpx.Response) -> None:
        found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        same = found is not None and self._etag is not None and _strong_etag(response) == self._etag
        if found is None or not same or int(found[1]) != self._size:
            self._restart()
            raise _Interrupted("the host answered with another range than asked for", status=206)
        if found[2] != "*":
            self._expected = int(found[2])

    async def _receive(self, response: httpx.Response) -> None:
        async for chunk in response.aiter_bytes(CHUNK_BYTES):
            self._check_limit(self._size + len(chunk))
            self._append(chunk)
        if self._expected is not None and self._size != self._expected:
            raise _Interrupted(f"{self._size} bytes came instead of {self._expected}")

    def _check_limit(self, size: int) -> None:
        if self._max_bytes and size > self._max_bytes:
            raise FileTooLargeError(
                f"a file at host {self._host!r} has at least {size} bytes; the limit is {self._max_bytes}"
            )

    def _append(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        with storage_trouble():
            while rest:
                rest = rest[self._target.write(rest) :]
        self._hash.update(chunk)
        self._size += len(chunk)

    def _restart(self) -> None:
        self._target.seek(0)
        self._target.truncate()
        self._hash = hashlib.sha256()
        self._size = 0
        self._expected = None
        self._etag = None


@contextlib.contextmanager
def storage_trouble() -> Iterator[None]:
    """Make a `StorageError` of what the system says about the unfinished file: full disk, quota, permissions."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"cannot keep a file while it is fetched: {error.strerror}") from error


async def _is_expired(response: httpx.Response) -> bool:
    if response.status_code in _EXPIRED:
        return True
    if response.status_code != httpx.codes.BAD_REQUEST:
        return False
    body = b""
    async for chunk in response.aiter_bytes(_ERROR_BODY_BYTES):
        body = chunk
        break
    return b"<Code>ExpiredToken</Code>" in body


def _strong_etag(response: httpx.Response) -> str | None:
    """The ETag that names these very bytes; none for a weak one, or for a body that is encoded on the way."""
    etag = response.headers.get("etag", "")
    return etag if etag.startswith('"') and not _is_encoded(response) else None


def _content_length(response: httpx.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() and not _is_encoded(response) else None


def _is_encoded(response: httpx.Response) -> bool:
    return str(response.headers.get("content-encoding", "identity")) != "identity"


def _retry_after(response: httpx.Response) -> float:
    seconds = response.headers.get("retry-after", "")
    return min(float(seconds), _LONGEST_WAIT_S) if seconds.isdecimal() else 0.0


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_s if isinstance(error, _Interrupted) else 0.0
    return max(asked, _back_off(state))
