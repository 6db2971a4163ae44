"""Identifiers look like version-4 UUIDs and can be read back."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.emulator.ids import IdCodec, canonical_id, chance, named_id

NUMBERS = (st.integers(0, 15), st.integers(0, 2**36 - 1), st.integers(0, 2**32 - 1))


@given(*NUMBERS)
def test_a_packed_id_is_read_back_by_its_own_codec_only(kind, owner, sub):
    packed = IdCodec(1).pack(kind, owner, sub)
    assert IdCodec(1).unpack(packed) == (kind, owner, sub)
    assert IdCodec(2).unpack(packed) is None
    assert uuid.UUID(packed).version == 4


@given(st.uuids())
def test_foreign_ids_are_never_mistaken_for_packed_ones(foreign):
    assert IdCodec(1).unpack(str(foreign)) is None


@given(st.uuids())
def test_ids_are_known_with_and_without_dashes_in_any_case(given_id):
    assert canonical_id(str(given_id)) == canonical_id(given_id.hex.upper()) == str(given_id)


def test_what_is_no_id_is_none():
    for text in ("", "x", "0" * 31, "0" * 33, None, 7, f"{named_id('a')}/", "g" * 32):
        assert canonical_id(text) is None


def test_names_and_chances_are_stable():
    assert named_id("page", "home") == named_id("page", "home") != named_id("page", "work")
    assert chance(1, "a") == chance(1, "a")
    assert 0.4 < sum(chance(n) for n in range(500)) / 500 < 0.6
