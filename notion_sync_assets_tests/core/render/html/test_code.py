"""Code: highlighted, and to the byte what was typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notion_sync_assets.core.render.html.code import highlighted
from notion_sync_assets_tests.core.render.html.reading import read


def source(made):
    return read(f"<pre><code>{made}</code></pre>").elements[0].text


@settings(max_examples=60)
@given(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), max_size=60),
    st.sampled_from(
        ["python", "javascript", "c++", "html", "plain text", "no such language", "shell", "java/c/c++/c#"]
    ),
)
def test_every_character_is_kept(words, language):
    assert source(highlighted(words, language)) == words


def test_known_languages_are_told_apart_by_classes():
    made = read(f"<pre>{highlighted('def f(): return 1', 'python')}</pre>")
    assert {"k", "nf", "mi"} <= {each.attributes.get("class") for each in made.all("span")}


@pytest.mark.parametrize("language", ["plain text", "mermaid", "klingon", ""])
def test_other_languages_stay_plain(language):
    assert highlighted("a < b", language) == "a &lt; b"


def test_a_very_long_text_stays_plain():
    long = "x = 1\n" * 20_000
    assert highlighted(long, "python") == long
