from notion_sync_assets.core.render.columns import SYSTEM, columns, matched


def source(**properties):
    return {
        "properties": {
            name: {"id": key, "name": name, "type": kind, kind: {}}
            for name, (key, kind) in properties.items()
        }
    }


def test_the_title_comes_first_and_the_rest_is_sorted_by_name():
    table = columns(
        source(zeta=("z", "number"), alpha=("a", "rich_text"), Name=("title", "title"), Beta=("b", "date"))
    )

    assert [column.name for column in table] == ["Name", "Beta", "alpha", "zeta"]


def test_the_order_of_the_api_does_not_matter():
    properties = {"b": ("b", "number"), "a": ("a", "number"), "t": ("title", "title")}

    assert columns(source(**properties)) == columns(source(**dict(reversed(properties.items()))))


def test_names_are_unique_when_case_is_ignored():
    table = columns(
        source(
            Status=("1", "status"),
            status=("2", "number"),
            notion_id=("3", "number"),
            Created_Time=("4", "date"),
        )
    )
    names = [column.name for column in table]

    assert names == ["Created_Time (2)", "Status", "notion_id (2)", "status (2)"]
    assert len({name.casefold() for name in (*names, *SYSTEM)}) == len(names) + len(SYSTEM)


def test_values_are_matched_by_id_however_it_is_encoded():
    page = {"properties": {"Old name": {"id": "%3FB", "type": "number", "number": 1}}}

    values, others = matched(page, columns(source(Renamed=("?B", "number"))))

    assert values == [{"id": "%3FB", "type": "number", "number": 1}]
    assert others == {}


def test_values_that_fit_no_column_are_kept_by_name():
    gone = {"id": "x", "type": "select", "select": {"name": "kept"}}
    retyped = {"id": "n", "type": "url", "url": "https://example.com"}
    empty = {"id": "e", "type": "relation", "relation": []}
    page = {"properties": {"Gone": gone, "Number": retyped, "Empty": empty}}

    values, others = matched(page, columns(source(Number=("n", "number"))))

    assert values == [None]
    assert others == {"Gone": gone, "Number": retyped}


def test_a_page_without_properties_has_empty_cells():
    assert matched({}, columns(source(Number=("n", "number")))) == ([None], {})


def test_values_without_ids_are_matched_by_name_and_none_is_lost():
    table = columns(
        {
            "properties": {
                "A": {"type": "url"},
                "B": {"id": "b", "type": "url"},
                "C": {"id": "c", "type": "url"},
            }
        }
    )
    properties = {name: {"type": "url", "url": name} for name in ("A", "B", "New", "Newer")}

    values, others = matched({"properties": properties}, table)

    assert values == [properties["A"], properties["B"], None]
    assert others == {"New": properties["New"], "Newer": properties["Newer"]}


def test_a_schema_of_another_shape_gives_the_columns_it_can():
    assert [column.name for column in columns({"properties": {"A": None, "B": {"id": "b"}, "C": "x"}})] == [
        "B"
    ]
    assert columns({"properties": []}) == []
