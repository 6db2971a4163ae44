"""Both forms of the header, and Notion's own field."""

import httpx
import pytest

from notion_sync_assets.core.notion.transports.retry_after import retry_after_s

DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"retry-after": "120"}, {}, 120.0),
        ({"retry-after": " 0.5 "}, {}, 0.5),
        ({"retry-after": "0"}, {"additional_data": {"retry_after": 9}}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:29:30 GMT", "date": DATE}, {}, 90.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:29:30 -0000", "date": DATE}, {}, 90.0),
        ({"retry-after": DATE, "date": "Wed, 21 Oct 2026 07:29:00 GMT"}, {}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, {}, 0.0),
        ({"retry-after": "soon"}, {"additional_data": {"retry_after": 9}}, 9.0),
        ({"retry-after": "-5"}, {}, None),
        ({"retry-after": "nan"}, {}, None),
        ({"retry-after": "inf"}, {}, None),
        ({}, {"additional_data": {"retry_after": "12"}}, 12.0),
        ({}, {"additional_data": "?"}, None),
        ({}, {}, None),
    ],
)
def test_the_time_to_wait_is_read_from_header_or_body(headers, body, expected):
    assert retry_after_s(httpx.Response(429, headers=headers), body) == expected
