"""Identifiers: named ones for built worlds, packed ones from which a generated world reads kind and numbers back.

All look like version-4 UUIDs, because Notion answers 400 to others (reference §11).
"""

import hashlib
import re
import uuid
from functools import lru_cache
from typing import NamedTuple

_DASHED = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PLAIN = re.compile(r"[0-9a-fA-F]{32}")
_BODY_BYTES = 9
IDS_KEPT = 4096


class Packed(NamedTuple):
    """What a generated id says: a kind code (0-15), the number of its owner, and a number inside the owner."""

    kind: int
    owner: int
    sub: int


def canonical_id(text: object) -> str | None:
    """The dashed lower-case form of an id written with or without dashes, None when it is not an id."""
    if not isinstance(text, str) or not (_DASHED.fullmatch(text) or _PLAIN.fullmatch(text)):
        return None
    return str(uuid.UUID(text))


def named_id(*names: object) -> str:
    """The id of a thing by its name: the same names always give the same id."""
    digest = hashlib.blake2b("\x1f".join(map(str, names)).encode(), digest_size=15).hexdigest()
    return _as_uuid(digest)


def short_hash(*parts: object, size: int = 8) -> int:
    """A stable pseudo-random number from its parts, below 256**size."""
    data = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(data, digest_size=size).digest(), "big")


def chance(*parts: object) -> float:
    """A stable pseudo-random number from its parts, 0 ≤ x < 1."""
    return short_hash(*parts, size=6) / (1 << 48)


class IdCodec:
    """Packs (kind, owner, sub) into ids that look random and can be read back without a table."""

    def __init__(self, seed: int) -> None:
        self._key = f"emulator-{seed}".encode()
        # The same few ids are asked for again and again while one page is read.
        self.pack = lru_cache(IDS_KEPT)(self._pack)
        self.unpack = lru_cache(IDS_KEPT)(self._unpack)

    def _pack(self, kind: int, owner: int, sub: int = 0) -> str:
        """The id; 0 ≤ kind < 16, 0 ≤ owner < 2**36, 0 ≤ sub < 2**32."""
        body = (kind << 68 | owner << 32 | sub).to_bytes(_BODY_BYTES, "big")
        check = hashlib.blake2b(body, key=self._key, digest_size=6).digest()
        return _as_uuid((check + self._mask(body, check)).hex())

    def _unpack(self, text: str) -> Packed | None:
        """What an id of this codec says, None for every other id."""
        digits = text.replace("-", "")
        raw = bytes.fromhex(digits[:12] + digits[13:16] + digits[17:])
        check, body = raw[:6], self._mask(raw[6:], raw[:6])
        if hashlib.blake2b(body, key=self._key, digest_size=6).digest() != check:
            return None
        number = int.from_bytes(body, "big")
        return Packed(number >> 68, number >> 32 & (1 << 36) - 1, number & (1 << 32) - 1)

    def _mask(self, body: bytes, check: bytes) -> bytes:
        stream = hashlib.blake2b(check, key=self._key, digest_size=_BODY_BYTES).digest()
        return (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(_BODY_BYTES, "big")


def _as_uuid(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-8{digits[15:18]}-{digits[18:30]}"
