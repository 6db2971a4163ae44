import pytest

from notion_sync_assets.core.notion import omissions
from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    InvalidRequestError,
    NotionUnavailableError,
    NotOfferedError,
    ObjectNotFoundError,
    RestrictedError,
    TransientNotionError,
    UnauthorizedError,
)
from notion_sync_assets.core.notion.file_errors import FileRefusedError, FileTooLargeError
from notion_sync_assets.core.notion.files import StoredFile
from notion_sync_assets.core.notion.reader import PageReader, ReadOptions
from notion_sync_assets_tests.core.notion.scripted_notion import ScriptedNotion

PAGE = {"object": "page", "id": "p", "properties": {}, "request_id": "r"}
FATAL = [UnauthorizedError("x"), NotionUnavailableError("x")]


def text(name):
    return {"object": "block", "id": name, "type": "paragraph", "has_children": False, "paragraph": {}}


def hosted(key, **more):
    return {"type": "file", "file": {"url": f"https://files/{key}?signed"}, **more}


class Files:
    """Stores every file but those with an error; asks for a fresh address first when told to."""

    def __init__(self, errors=None, *, stale=False):
        self.errors = errors or {}
        self.stale = stale
        self.fetched = []

    async def fetch(self, url, *, refresh):
        address = await refresh() if self.stale else url
        self.fetched.append(address)
        key = url.split("?")[0]
        if key in self.errors:
            raise self.errors[key]
        return StoredFile("0" * 64, 1, "image/png", "png", "from the wire.png")


class Databases:
    def __init__(self, **known):
        self.known = known

    async def describe(self, database_id):
        found = self.known.get(database_id)
        if isinstance(found, Exception):
            raise found
        return found


def reader(notion, *, databases=None, stored=None, **options):
    return PageReader(notion, databases or Databases(), stored or Files(), ReadOptions(**options))


async def read(page=PAGE, *, databases=None, files=None, **answers):
    made = reader(ScriptedNotion(**answers), databases=databases, stored=files)
    return await made.read(page)


def reasons(content):
    return [(item["kind"], item["id"], item["reason"]) for item in content.document.omitted]


async def test_a_page_is_read_whole():
    content = await read(block_children={"p": [text("a")]}, comments={"p": [{"id": "c"}]})
    assert content.document.page == {"object": "page", "id": "p", "properties": {}}
    assert [block["id"] for block in content.document.blocks] == ["a"]
    assert content.document.comments == [{"id": "c"}]
    assert content.failures == []


async def test_a_page_known_to_be_empty_costs_no_list():
    notion = ScriptedNotion(comments={"p": []})
    content = await reader(notion).read(PAGE, has_body=False)
    assert content.document.blocks == []
    assert [method for method, _ in notion.calls] == ["comments"]


async def test_what_is_not_asked_for_is_null_and_costs_nothing():
    notion = ScriptedNotion()
    files = Files()
    page = {**PAGE, "icon": hosted("icon")}
    content = await reader(notion, stored=files, blocks=False, comments=False, files=False).read(page)
    assert (content.document.blocks, content.document.comments, content.document.files) == (None, None, {})
    assert notion.calls == files.fetched == []


async def test_cut_values_are_completed_and_refused_ones_told():
    people = {"id": "x", "type": "people", "people": [{}] * 25}
    page = {**PAGE, "properties": {"A": people, "B": {**people, "id": "y"}, "odd": "text"}}
    items = [{"type": "people", "people": {"n": number}} for number in range(26)]
    answers = {("p", "x"): items, ("p", "y"): InvalidRequestError("no", code="validation_error")}
    content = await read(page, page_property=answers)
    assert len(content.document.page["properties"]["A"]["people"]) == 26
    assert len(content.document.page["properties"]["B"]["people"]) == 25
    assert reasons(content) == [("property", "y", omissions.PROPERTY_UNREADABLE)]
    assert content.failures[0]["detail"] == "validation_error"


async def test_values_the_api_does_not_compute_are_told_and_no_failure():
    value = {"id": "f", "type": "formula", "formula": {"type": "unsupported"}}
    content = await read({**PAGE, "properties": {"F": value}})
    assert reasons(content) == [("property", "f", omissions.VALUE_UNSUPPORTED)]
    assert content.failures == []


NOT_KNOWN = InvalidRequestError("Invalid request URL.", status=400, code="invalid_request_url")
DENIALS = [RestrictedError("no"), NOT_KNOWN, NotOfferedError("no", status=501)]


@pytest.mark.parametrize("denial", DENIALS)
async def test_without_the_comment_capability_three_questions_are_enough(denial):
    notion = ScriptedNotion(comments={"p": denial})
    made = reader(notion)
    for _ in range(5):
        content = await made.read(PAGE)
        assert content.document.comments is None
        assert reasons(content) == [("comments", "p", omissions.COMMENTS_NOT_PERMITTED)]
        assert content.failures == []
    assert [method for method, _ in notion.calls].count("comments") == 3


async def test_pages_whose_comments_are_denied_cost_no_other_page_its_own():
    notion = ScriptedNotion(comments={"p": RestrictedError("no"), "q": [{"id": "c"}]})
    made = reader(notion)
    for _ in range(4):
        assert (await made.read({**PAGE, "id": "q"})).document.comments == [{"id": "c"}]
        assert reasons(await made.read(PAGE)) == [("comments", "p", omissions.COMMENTS_NOT_PERMITTED)]


async def test_an_address_where_nothing_answers_for_comments_makes_the_page_fail():
    content = await read(comments={"p": NotOfferedError("x", status=404)})
    assert reasons(content) == [("comments", "p", omissions.COMMENTS_UNREADABLE)]
    assert content.failures


@pytest.mark.parametrize("error", [InvalidRequestError("x"), IncompleteListingError("x")])
async def test_other_refusals_of_comments_make_the_page_fail(error):
    content = await read(comments={"p": error})
    assert reasons(content) == [("comments", "p", omissions.COMMENTS_UNREADABLE)]
    assert content.failures


@pytest.mark.parametrize("error", FATAL)
@pytest.mark.parametrize("method", ["comments", "block_children"])
async def test_what_stops_every_call_is_raised(method, error):
    with pytest.raises(type(error)):
        await read(**{method: {"p": error}})


@pytest.mark.parametrize("error", FATAL)
async def test_what_stops_every_call_is_raised_from_values_databases_and_files_too(error):
    people = {"id": "x", "type": "people", "people": [{}] * 25}
    with pytest.raises(type(error)):
        await read({**PAGE, "properties": {"A": people}}, page_property={("p", "x"): error})
    database = {**text("d"), "type": "child_database"}
    with pytest.raises(type(error)):
        await read(block_children={"p": [database]}, databases=Databases(d=error))
    with pytest.raises(type(error)):
        await read({**PAGE, "icon": hosted("icon")}, files=Files({"https://files/icon": error}))


async def test_databases_are_described_when_they_own_nothing():
    blocks = [{**text(name), "type": "child_database"} for name in ("own", "linked", "refused", "odd")]
    known = Databases(
        linked={"database": {}}, refused={"error": "object_not_found"}, odd=TransientNotionError("x")
    )
    content = await read(block_children={"p": blocks}, databases=known)
    assert set(content.document.databases) == {"linked", "refused"}
    assert reasons(content) == [
        ("database", "odd", omissions.CHILDREN_UNREADABLE),
        ("database", "refused", omissions.DATABASE_NOT_SHARED),
    ]
    assert [item["id"] for item in content.failures] == ["odd"]


async def test_files_of_page_blocks_and_comments_are_stored_once_each():
    inner = {**text("b"), "image": hosted("two")}
    blocks = [
        {**text("a"), "image": hosted("one", name="given.png"), "has_children": True},
        {**text("c"), "image": hosted("two")},
    ]
    files = Files()
    content = await read(
        {**PAGE, "icon": hosted("icon")},
        block_children={"p": blocks, "a": [inner]},
        comments={"p": [{"id": "c", "attachments": [hosted("three")]}]},
        files=files,
    )
    assert sorted(content.document.files) == [
        f"https://files/{name}" for name in ("icon", "one", "three", "two")
    ]
    assert len(files.fetched) == 4
    assert content.document.files["https://files/one"]["name"] == "given.png"
    assert content.document.files["https://files/two"]["name"] == "from the wire.png"


async def test_an_expired_address_is_asked_for_where_it_came_from():
    fresh = {"type": "file", "file": {"url": "https://files/x?new"}}
    page = {**PAGE, "icon": hosted("icon")}
    files = Files(stale=True)
    notion = ScriptedNotion(
        block_children={"p": [{**text("a"), "image": hosted("x")}]},
        comments={"p": [{"id": "c", "attachments": [hosted("y")]}]},
        block={"a": {"image": fresh}},
        page={"p": {"icon": None}},
    )
    await reader(notion, stored=files).read(page)
    assert sorted(map(str, files.fetched)) == ["None", "https://files/x?new", "https://files/y?signed"]
    assert ("page", "p") in notion.calls


@pytest.mark.parametrize(
    ("error", "reason", "fails"),
    [
        (FileTooLargeError("x"), omissions.FILE_TOO_LARGE, False),
        (FileRefusedError("x"), omissions.FILE_NOT_ALLOWED, False),
        (TransientNotionError("x"), omissions.FILE_UNAVAILABLE, True),
    ],
)
async def test_a_file_that_cannot_be_had_costs_itself_only(error, reason, fails):
    page = {**PAGE, "icon": hosted("bad"), "cover": hosted("good")}
    content = await read(page, files=Files({"https://files/bad": error}))
    assert list(content.document.files) == ["https://files/good"]
    assert reasons(content) == [("file", "https://files/bad", reason)]
    assert bool(content.failures) is fails


async def test_a_refresh_reads_properties_only_and_keeps_the_rest():
    error = {"https://files/gone": FileTooLargeError("x"), "https://files/cover": TransientNotionError("x")}
    old = {
        **PAGE,
        "icon": hosted("icon"),
        "properties": {"F": {"id": "f", "type": "formula", "formula": {"type": "unsupported"}}},
    }
    first = await read(
        old,
        block_children={
            "p": [{**text("a"), "image": hosted("kept")}, {**text("b"), "image": hosted("gone")}]
        },
        comments={"p": [{"id": "c"}]},
        files=Files(error),
    )
    notion = ScriptedNotion()
    new = {**PAGE, "icon": hosted("other"), "properties": {"N": {"id": "n", "type": "number", "number": 1}}}
    content = await reader(notion, stored=Files(error)).refresh(new, first.document)
    assert notion.calls == []
    assert content.document.page["properties"]["N"]["number"] == 1
    assert content.document.blocks == first.document.blocks
    assert content.document.comments == [{"id": "c"}]
    assert sorted(content.document.files) == ["https://files/kept", "https://files/other"]
    assert reasons(content) == [("file", "https://files/gone", omissions.FILE_TOO_LARGE)]


async def test_the_page_s_own_absence_is_raised():
    with pytest.raises(ObjectNotFoundError):
        await read(block_children={"p": ObjectNotFoundError("x")})
