"""The signature: over the bytes as they came, by the example in Notion's documentation of the scheme."""

import hashlib
import hmac

import pytest

from notion_sync_assets.core.webhooks.signature import is_signed, signature

BODY = b'{"id": "1",  "type":"page.created"}'


def test_it_is_the_hmac_of_the_raw_body_in_hex():
    expected = hmac.new(b"secret_key", BODY, hashlib.sha256).hexdigest()
    assert signature("secret_key", BODY) == f"sha256={expected}"
    assert is_signed("secret_key", BODY, f"sha256={expected}")


def test_the_same_json_in_other_bytes_has_another_signature():
    assert not is_signed("secret_key", BODY.replace(b"  ", b" "), signature("secret_key", BODY))


@pytest.mark.parametrize("given", [None, "", "sha256=", "sha1=00", "sha256=" + "0" * 64, "sha256=é\udcff"])
def test_anything_else_is_refused(given):
    assert not is_signed("secret_key", BODY, given)
