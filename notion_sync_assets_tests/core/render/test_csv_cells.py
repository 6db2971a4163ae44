import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.core.render.csv_cells import guard, unguard

RISKY = st.text("'=+-@\t\r1a. ", max_size=12)


@given(st.text() | RISKY)
def test_taking_the_guard_off_gives_the_text_back(text):
    assert unguard(guard(text)) == text


@given(st.text() | RISKY)
def test_a_guarded_cell_begins_a_formula_only_where_it_is_a_number(text):
    cell = guard(text)

    if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        float(cell)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_never_guarded(number):
    assert guard(str(number)) == str(number)


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@sum", "\tx", "\rx", "-", "'=1", "-1e", "--1"])
def test_text_that_a_spreadsheet_would_run_is_guarded(text):
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", ["plain", "'quoted'", "a=1", "", "'"])
def test_other_text_is_left_alone(text):
    assert guard(text) == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2))
def test_guard_and_quoting_together_keep_every_text(texts):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([guard(text) for text in texts])

    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))

    assert [unguard(cell) for cell in row] == texts
