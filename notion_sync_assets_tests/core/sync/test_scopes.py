import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.core.sync.scopes import key_id, make_key


@given(st.text(), st.uuids().map(str))
def test_every_title_gives_a_key_that_names_its_id(title, identifier):
    key = make_key(title, identifier)
    assert key_id(key) == identifier
    assert re.fullmatch(r"[a-z0-9-]{1,73}", key)
    assert make_key(title, identifier) == key


@given(st.text())
def test_any_other_text_is_no_key(text):
    with pytest.raises(ValueError, match="is not a scope key"):
        key_id(text)


def test_a_title_without_latin_letters_is_untitled():
    assert make_key("日本", "0" * 32) == "untitled-" + "0" * 32
    assert make_key("Zürich & Bern!", "0" * 32).startswith("zurich-bern-")
