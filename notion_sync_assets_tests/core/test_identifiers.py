import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.core.identifiers import canonical_id, compact_id, id_in_url, parse_reference, short_id

IDS = st.uuids().map(str)


@given(IDS, st.sampled_from([str, str.upper, lambda text: f" {text}\n"]))
def test_every_spelling_of_an_id_has_one_canonical_form(identifier, spelled):
    assert canonical_id(spelled(identifier)) == identifier
    assert canonical_id(spelled(compact_id(identifier))) == identifier


@given(st.text())
def test_any_text_is_an_id_or_none(text):
    found = canonical_id(text)
    assert found is None or str(uuid.UUID(found)) == found


@given(IDS)
def test_short_ids_are_the_last_digits(identifier):
    assert identifier.endswith(short_id(identifier))
    assert len(short_id(identifier)) == 8


@given(
    IDS,
    st.text(alphabet="abcdefghij-ÄÖ %", max_size=20),
    st.sampled_from(["www.notion.so", "x.notion.site", "NOTION.COM"]),
)
def test_the_id_ends_the_path_of_a_link(identifier, title, host):
    assert parse_reference(f"https://{host}/space/{title}-{compact_id(identifier)}?v=1") == identifier
    assert parse_reference(f"https://{host}/{identifier}/") == identifier


@given(IDS, IDS)
def test_a_fragment_names_a_block(page, block):
    assert id_in_url(f"/{compact_id(page)}#{compact_id(block)}") == (page, block)


@given(IDS)
def test_dashed_ids_after_a_title_are_found(identifier):
    assert id_in_url(f"https://notion.so/Title-{identifier}") == (identifier, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/0123456789abcdef0123456789abcdef",
        "https://evilnotion.so/0123456789abcdef0123456789abcdef",
        "mailto:0123456789abcdef0123456789abcdef",
        "https://notion.so/about",
        "0123456789abcdef0123456789abcdeg",
        "relative/0123456789abcdef0123456789abcdef",
        "http://[notion.so/0123456789abcdef0123456789abcdef",
        "https://notion.so/f0123456789abcdef0123456789abcdef",
    ],
)
def test_other_links_name_no_object(url):
    assert parse_reference(url) is None


@given(st.text())
def test_any_text_may_be_typed_as_a_link(text):
    parse_reference(text)
    id_in_url(f"https://{text}")
