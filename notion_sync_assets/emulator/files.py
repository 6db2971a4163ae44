"""Addresses of hosted files: signed, expiring, and refused like the object store behind Notion (reference §8).

The path names the file and stays the same for one upload; the query changes with every read. What is in a file
is in `file_content.py`.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import orjson

from notion_sync_assets.emulator.clock import Clock
from notion_sync_assets.emulator.hosted import PUBLIC, SPACE_ID
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.stamps import compact_stamp, second_stamp

PREFIX = "/files/"
# In encoded JSON: text that looks like these has its quotation marks escaped.
_HOSTED = re.compile(rb'\{"emulator_file":(\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\})\}')
_PICTURE = re.compile(rb'(?<!\\)"' + PUBLIC.encode())


@dataclass(frozen=True)
class Refusal:
    """What the object store answers instead of a file."""

    status: int
    code: str
    message: str

    def xml(self) -> bytes:
        """The body."""
        inner = f"<Code>{self.code}</Code><Message>{self.message}</Message>"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()


TWO_MECHANISMS = Refusal(400, "InvalidArgument", "Only one auth mechanism allowed")
WRONG_SIGNATURE = Refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
EXPIRED = Refusal(403, "AccessDenied", "Request has expired")


class Signer:
    """Makes and checks addresses; one lifetime for all."""

    def __init__(self, clock: Clock, ttl: float) -> None:
        self.clock = clock
        self.ttl = ttl

    def signed(self, base: str, upload: Json) -> Json:
        """`{url, expiry_time}` of a hosted file, valid for the lifetime from now."""
        expires = int(self.clock.now() + self.ttl)
        path = f"{PREFIX}{SPACE_ID}/{upload['id']}/{quote(upload['name'])}"
        issued = compact_stamp(expires - self.ttl)
        query = (
            f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={issued}&X-Amz-Expires={int(self.ttl)}"
            f"&X-Amz-Until={expires}&X-Amz-Size={upload['size']}"
            f"&X-Amz-Signature={self._signature(upload['id'], expires, upload['size'])}"
        )
        return {"url": f"{base}{path}?{query}", "expiry_time": second_stamp(expires)}

    def refuse(self, file_id: str, query: Mapping[str, str], authorization: str | None) -> Refusal | None:
        """Why a file is not given out, None when it is."""
        if authorization:
            return TWO_MECHANISMS
        until, size = query.get("X-Amz-Until", ""), query.get("X-Amz-Size", "")
        if not (until.isdigit() and size.isdigit()):
            return WRONG_SIGNATURE
        expected = self._signature(file_id, int(until), int(size))
        if not hmac.compare_digest(query.get("X-Amz-Signature", ""), expected):
            return WRONG_SIGNATURE
        return EXPIRED if self.clock.now() > int(until) else None

    def filled(self, answer: bytes, base: str) -> bytes:
        """An encoded answer with every hosted file signed and every public picture given its address."""
        answer = _HOSTED.sub(lambda found: orjson.dumps(self.signed(base, orjson.loads(found[1]))), answer)
        return _PICTURE.sub(lambda _: f'"{base}{PREFIX}public/'.encode(), answer)

    @staticmethod
    def _signature(file_id: str, expires: int, size: int) -> str:
        return hmac.new(b"object store", f"{file_id}:{expires}:{size}".encode(), hashlib.sha256).hexdigest()
