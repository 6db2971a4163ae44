import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.core.render.names import SLUG_BYTES, file_name, file_names, slug
from notion_sync_assets_tests.corpus import identifier

TITLES = st.text(st.characters(exclude_categories=["Cs"]), max_size=120) | st.text(
    'aA.-_ é😀\u0301👨‍👩‍👧🇩🇪<>:"/\\|?*\0\n', max_size=120
)
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
ID = identifier("a page")


@given(TITLES)
def test_a_name_is_one_safe_path_segment_everywhere(title):
    name = file_name(title, ID)

    assert not set(name) & set('<>:"/\\|?*')
    assert all(unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") for character in name)
    assert name[0] not in ".- "
    assert name[-1] not in ". "
    assert name.split(".")[0].strip().lower() not in RESERVED


@given(TITLES)
def test_a_name_is_nfc_and_at_most_80_bytes_before_the_id(title):
    name = file_name(title, ID)

    assert unicodedata.is_normalized("NFC", name)
    assert len(slug(title).encode()) <= SLUG_BYTES
    assert name == f"{slug(title)} {ID.replace('-', '')[-8:]}"


@given(TITLES)
def test_a_slug_is_its_own_slug(title):
    assert slug(slug(title)) == slug(title)


@given(st.dictionaries(st.uuids().map(str), TITLES, max_size=20))
def test_names_of_a_folder_differ_when_case_is_ignored(titles):
    names = file_names(titles.items())

    assert len({name.casefold() for name in names.values()}) == len(titles)


def test_ids_that_share_eight_digits_are_told_apart_by_all_of_them():
    first, second, other = ("0" * 24 + "aaaaaaaa", "1" * 24 + "aaaaaaaa", "2" * 24 + "bbbbbbbb")

    names = file_names([(first, "Plan"), (second, "PLAN"), (other, "Plan")])

    assert names == {first: f"Plan {first}", second: f"PLAN {second}", other: "Plan bbbbbbbb"}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("", "Untitled"),
        ("  ...  ", "Untitled"),
        ("A/B: what?", "A B what"),
        ("../../etc/passwd", "etc passwd"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("console", "console"),
        ("Cafe\u0301", "Café"),
        ("tab\tand\nline", "tab and line"),
        ("right\u202eleft", "rightleft"),
    ],
)
def test_titles_become_readable_slugs(title, expected):
    assert slug(title) == expected


@pytest.mark.parametrize("cluster", ["e\u0323\u0302\u0331", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "क्\u200dष"])
def test_a_long_title_is_never_cut_inside_a_character_as_people_see_it(cluster):
    for padding in range(SLUG_BYTES - 30, SLUG_BYTES + 1):
        cut = slug("x" * padding + cluster * 3)
        rest = unicodedata.normalize("NFC", cut[padding:])
        assert rest == unicodedata.normalize("NFC", cluster) * (
            len(rest) // max(1, len(unicodedata.normalize("NFC", cluster)))
        )


def test_one_character_longer_than_a_name_is_still_cut():
    assert 0 < len(slug("a" + "\u0332" * 200).encode()) <= SLUG_BYTES
