import pytest

from notion_sync_assets.core.documents import Document, hosted_files, page_title, plain_text


def block(name, *children):
    return {"id": name, "children": list(children)} if children else {"id": name}


def test_a_document_is_the_same_after_its_json_form():
    document = Document({"id": "p"}, [block("a")], [{"id": "c"}], {"f": {}}, {"d": {}}, [{"kind": "block"}])
    assert Document.from_json(document.to_json()) == document
    assert document.page_id == "p"
    assert b'"format":1' in document.to_bytes()


def test_a_document_of_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="format 2 is not 1"):
        Document.from_json({"format": 2})


def test_a_walk_meets_every_block_in_order_with_what_is_above():
    document = Document({"id": "p"}, [block("a", block("b", block("c")), block("d")), block("e")])
    assert [(item["id"], above) for item, above in document.walk()] == [
        ("a", ()), ("b", ("a",)), ("c", ("a", "b")), ("d", ("a",)), ("e", ()),
    ]  # fmt: skip
    assert list(Document({"id": "p"}).walk()) == []


def test_text_is_what_a_reader_sees():
    assert (
        plain_text([{"plain_text": "a"}, {"plain_text": None}, "odd", {"plain_text": "b\ud83d"}])
        == "aoddb\ufffd"
    )
    assert plain_text({"no": "list"}) == "list"


@pytest.mark.parametrize("properties", [None, {}, {"N": "odd"}, {"N": {"type": "number"}}])
def test_a_page_without_a_title_has_an_empty_one(properties):
    assert page_title({"properties": properties}) == ""


def test_hosted_files_are_found_wherever_they_are():
    hosted = {"type": "file", "file": {"url": "https://f/1?sig"}}
    value = {
        "icon": hosted,
        "list": [{"file": {"url": "https://f/2"}}, {"type": "external", "file": {"url": "https://x"}}],
    }
    assert [key for key, _ in hosted_files(value)] == ["https://f/1", "https://f/2"]
