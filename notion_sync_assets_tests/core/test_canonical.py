import json

from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.core.canonical import (
    canonical_bytes,
    clean_text,
    digest,
    file_key,
    normal_digest,
    normalise,
)

TEXT = st.text(st.characters(codec=None), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_the_order_of_names_changes_no_byte(value):
    turned = dict(reversed(value.items()))
    assert canonical_bytes(turned) == canonical_bytes(value)
    assert digest(turned) == digest(value)


@given(VALUES)
def test_any_json_value_has_bytes_that_can_be_read_back(value):
    assert isinstance(json.loads(canonical_bytes(value)), type(value))


@given(VALUES)
def test_normalising_twice_is_normalising_once(value):
    once = normalise(value)
    assert normalise(once) == once


SIGNED = {"type": "file", "file": {"url": "https://files/x?signature", "expiry_time": "soon"}}
STUB = {"object": "block", "type": "child_page", "child_page": {"title": "T"}, "last_edited_time": "now"}


@given(
    VALUES,
    st.sampled_from([SIGNED, STUB, {"request_id": "r"}, {"properties": {"request_id": {}}}, {}, "\ud83d"]),
)
def test_the_hash_is_that_of_the_normalised_value(value, other):
    for each in (value, {"some": value, "other": [other]}):
        assert normal_digest(each) == digest(normalise(each))


def test_names_that_people_chose_mean_nothing():
    properties = {
        "request_id": {"id": "a", "type": "number", "number": 1},
        "file": {"id": "b", "type": "url", "url": "https://x/y?z"},
    }
    assert normalise({"object": "page", "properties": properties})["properties"] == properties


def test_numbers_beyond_64_bits_survive():
    assert json.loads(canonical_bytes({"n": 2**70, "a": "ü"})) == {"a": "ü", "n": 2**70}


def test_a_lone_surrogate_becomes_a_replacement_character_everywhere():
    assert canonical_bytes({"t": "a\ud83d"}) == '{"t":"a\ufffd"}'.encode()
    assert normalise({"t": ["a\ud83d"]}) == {"t": ["a\ufffd"]}
    assert clean_text("😀") == "😀"


def test_two_reads_of_one_hosted_file_are_one_value():
    def read(signature):
        hosted = {"url": f"https://files/x.png?{signature}", "expiry_time": signature}
        return {
            "request_id": signature,
            "icon": {"type": "file", "file": hosted},
            "files": [{"file": hosted}],
        }

    assert normalise(read("a")) == normalise(read("b"))
    assert normalise(read("a"))["icon"]["file"] == {"url": "https://files/x.png"}


def test_what_only_looks_like_a_hosted_file_keeps_its_address():
    value = {"type": "external", "file": {"url": "https://x/y?z"}, "other": {"file": "text"}}
    assert normalise(value) == value


def test_a_stub_of_a_child_says_nothing_that_the_child_says_itself():
    block = {"object": "block", "type": "child_page", "child_page": {"title": "T"}, "last_edited_time": "now"}
    assert normalise({**block, "has_children": True, "last_edited_by": {}}) == {
        "object": "block", "type": "child_page", "child_page": {"title": "T"},
    }  # fmt: skip
    assert "has_children" in normalise({**block, "type": "toggle", "has_children": True})


def test_a_file_key_has_neither_query_nor_fragment():
    assert file_key("https://a/b.png?x=1#y") == file_key("https://a/b.png#z") == "https://a/b.png"
