import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.core.render.typed_values import arrow_type, timestamp, typed_value
from notion_sync_assets.core.render.values import display_text
from notion_sync_assets_tests.corpus import every_property_page

VALUES = list(every_property_page().page["properties"].values())
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)


def odd(value):
    """Return values like ``value`` in which any part may have turned into something else."""
    if isinstance(value, dict):
        return st.fixed_dictionaries({}, optional={key: odd(item) for key, item in value.items()}) | SCALARS
    if isinstance(value, list):
        return st.lists(st.one_of([odd(item) for item in value]), max_size=2) | SCALARS if value else SCALARS
    return st.just(value) | SCALARS


@given(
    st.one_of(
        [odd(value[value["type"]]).map(lambda part, kind=value["type"]: (kind, part)) for value in VALUES]
    )
)
def test_a_value_fits_its_column_or_is_refused_whatever_its_shape(case):
    kind, payload = case
    value = {"id": "x", "type": kind, kind: payload}

    assert isinstance(display_text(value), str)
    try:
        typed = typed_value(value, lambda _: None, {})
    except ValueError:
        return
    assert len(pa.array([typed], arrow_type(kind))) == 1


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-05-03", None, (2026, 5, 3)),
        ("2026-05-03T10:00:00.000Z", None, (2026, 5, 3, 10)),
        ("2026-06-25T10:31:12.643+00:00", None, (2026, 6, 25, 10, 31, 12, 643000)),
        ("2026-07-01T09:00:00", "Europe/Berlin", (2026, 7, 1, 7)),
        ("2026-07-01T09:00:00", "No/Where", (2026, 7, 1, 9)),
    ],
)
def test_times_become_utc(text, zone, expected):
    assert timestamp(text, zone) == dt.datetime(*expected, tzinfo=dt.UTC)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "soon", "", None])
def test_what_is_no_time_has_no_timestamp(text):
    assert timestamp(text) is None
