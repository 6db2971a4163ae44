import pytest

from notion_sync_assets.core.render.values import display_text
from notion_sync_assets_tests.corpus import (
    HOSTED,
    every_property_page,
    external,
    hosted,
    identifier,
    partial_user,
    person,
    stored_file,
    text,
)

STORED = "files/e7/e74802dd92c7421316b3a3f023197ec08cffd054cb1c91cdb70c9a7eda7fa864.txt"
EXPECTED = {
    "Name": "Every property",
    "Notes": "Some notes",
    "Amount": "12.5",
    "Nothing": "",
    "Kind": "Feature",
    "No kind": "",
    "Tags": "red, green, or so",
    "State": "In progress",
    "Due": "2026-05-03",
    "Span": "2026-05-03T10:00:00.000-04:00 → 2026-05-04T11:30:00.000-04:00",
    "No date": "",
    "People": f"Cleo, {identifier('Dan')}, Editors",
    "Files": f"plan.txt ({STORED}), site (https://example.com/s)",
    "Done": "true",
    "Link": "https://example.com/link",
    "Mail": "ada@example.com",
    "Phone": "+49 30 1234",
    "Created": "2026-05-01T08:00:00.000Z",
    "Edited": "2026-05-02T09:30:00.000Z",
    "Creator": "Ada",
    "Editor": identifier("Bob"),
    "Formula text": "=1+1",
    "Formula number": "3",
    "Formula boolean": "false",
    "Formula date": "2026-01-01",
    "Formula deep": "",
    "Related": f"Linked page, {identifier('Hidden page')}",
    "Rollup number": "7",
    "Rollup date": "2026-02-01",
    "Rollup array": f"First item, {identifier('Rolled page')}, Fay",
    "Rollup incomplete": "",
    "Number of": "TASK-42",
    "Verified": "verified, 2026-05-01, Ada",
    "Press": "",
    "Where": "Berlin, Berlin, Germany, 52.52 13.405",
}
TITLES = {identifier("Linked page"): "Linked page"}


def test_every_property_type_has_its_text():
    document = every_property_page()
    texts = {
        name: display_text(value, TITLES.get, document.files)
        for name, value in document.page["properties"].items()
    }

    assert "unknown value" in texts.pop("Later")
    assert texts == EXPECTED


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "number", "number": 0}, "0"),
        ({"type": "number", "number": 12345678901234567890123}, "12345678901234567890123"),
        ({"type": "checkbox", "checkbox": False}, "false"),
        ({"type": "formula", "formula": {"type": "string", "string": None}}, ""),
        ({"type": "formula", "formula": {"type": "boolean", "boolean": True}}, "true"),
        ({"type": "unique_id", "unique_id": {"prefix": None, "number": 7}}, "7"),
        (
            {
                "type": "verification",
                "verification": {"state": "unverified", "date": None, "verified_by": None},
            },
            "unverified",
        ),
        ({"type": "place", "place": {"lat": 0, "lon": 0}}, "0 0"),
        ({"type": "title", "title": [text("")]}, ""),
        ({"type": "created_by", "created_by": partial_user("Dan")}, identifier("Dan")),
        ({"type": "people", "people": [person("A"), person("B")]}, "A, B"),
        (
            {
                "type": "date",
                "date": {"start": "2026-01-01T09:00", "end": None, "time_zone": "Europe/Berlin"},
            },
            "2026-01-01T09:00 (Europe/Berlin)",
        ),
        ({"type": "rollup", "rollup": {"type": "array", "array": [{"type": "number", "number": 1}]}}, "1"),
        ({"type": "rollup", "rollup": {"type": "unsupported", "unsupported": {}}}, ""),
        # A page of a long rollup gives titles and texts in single pieces (notion_api.md §5).
        (
            {
                "type": "rollup",
                "rollup": {
                    "type": "array",
                    "array": [
                        {"type": "title", "title": text("one")},
                        {"type": "rich_text", "rich_text": text("two")},
                    ],
                },
            },
            "one, two",
        ),
        ({"type": "title", "title": {"odd": "words"}}, '{"odd":"words"}'),
        (
            {"type": "files", "files": [{"name": "https://x.test/a", **external("https://x.test/a")}]},
            "https://x.test/a",
        ),
        (
            {"type": "files", "files": [{"name": "lost.txt", **hosted("lost.txt")}]},
            f"lost.txt ({HOSTED}/lost.txt)",
        ),
        ({"type": "last_visited_time", "last_visited_time": "soon"}, '"soon"'),
        ({"type": "select", "select": {"id": "x"}}, '{"id":"x"}'),
        ({"type": "people", "people": 3}, "3"),
        ({"type": "relation"}, ""),
    ],
)
def test_odd_values_keep_their_text(value, expected):
    assert display_text(value) == expected


def test_a_relation_to_a_page_without_title_reads_untitled():
    value = {"type": "relation", "relation": [{"id": "a"}, {"id": "b"}]}

    assert display_text(value, {"a": ""}.get) == "Untitled, b"


def test_a_file_without_extension_has_a_path_too():
    files = {f"{HOSTED}/plan": {**stored_file("plan"), "extension": ""}}
    value = {"type": "files", "files": [{"name": "plan", **hosted("plan")}]}

    assert display_text(value, files=files).endswith(f"{files[f'{HOSTED}/plan']['sha256']})")


@pytest.mark.parametrize("kind", ["hologram", "select", "rich_text", "checkbox", "people"])
def test_content_beside_the_field_of_its_type_is_told(kind):
    assert "odd words" in display_text({"id": "x", "type": kind, "content": "odd words"})


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("checkbox", "odd words"),
        ("people", [{"label": "odd words"}]),
        ("files", [{"label": "odd words"}]),
        ("relation", [{"label": "odd words"}]),
        ("created_by", {"label": "odd words"}),
        ("number", {"label": "odd words"}),
        ("rich_text", [{"type": "text", "text": {"content": "odd words"}}]),
    ],
)
def test_a_payload_of_another_shape_is_told(kind, payload):
    assert "odd words" in display_text({"id": "x", "type": kind, kind: payload})


def test_a_rollup_without_a_number_says_nothing():
    empty = {"type": "number", "number": None, "function": "sum"}
    assert display_text({"id": "x", "type": "rollup", "rollup": empty}) == ""
