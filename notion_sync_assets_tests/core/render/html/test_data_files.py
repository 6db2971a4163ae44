"""Data files: a script that can only hand over its value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.core.render.html.data_files import data_file, script_json


@given(
    st.recursive(
        st.text(st.characters(exclude_categories=("Cs",))) | st.integers(-9, 9), st.lists, max_leaves=5
    )
)
def test_the_value_is_what_was_given(value):
    assert json.loads(script_json(value)) == value


@pytest.mark.parametrize("hostile", ["</script>", "<!--", "]]>", "\u2028", "\u2029", "&lt;", "');alert(1)//"])
def test_nothing_in_it_ends_a_script_or_a_line(hostile):
    made = data_file("tree/x", {hostile: [hostile]}).decode()
    assert made.startswith('notionSite.receive("tree/x",')
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(made)
    assert made.count("\n") == 1
