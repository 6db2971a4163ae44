"""The signature of a webhook: HMAC-SHA256 over the bytes as they came, keyed with the verification token.

Here: making and comparing it. Not here: where the token is kept (``secret``), what a signed body says (``event``).
"""

import hashlib
import hmac

SIGNATURE_HEADER = "x-notion-signature"


def signature(secret: str, body: bytes) -> str:
    """Return the value of the header for a body: ``sha256=<hex>`` (notion_api.md §14)."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(secret: str, body: bytes, given: str | None) -> bool:
    """Tell whether the header fits the body; how long that takes tells nothing about the right one."""
    return hmac.compare_digest(signature(secret, body).encode(), (given or "").encode("utf-8", "replace"))
