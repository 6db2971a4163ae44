import pytest

from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests import corpus_scopes
from notion_sync_assets_tests.corpus import (
    database,
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    mention,
    page,
    paragraph,
    person,
    text,
)

LINKED = identifier("Linked page")


def linked_page(title: str = "Linked page"):
    return document(page(title, id=LINKED), [])


def mentioning(title: str):
    return document(page(title), [paragraph(mention("page", {"id": LINKED}, "as read"), name=title)])


def tasks(storage, *rows, **values):
    head = {**every_property_head(), **values}
    return make_scope(
        storage, rows or [every_property_page()], kind="data_source", title="Tasks", head=head
    ).commit.scope


def test_a_slice_holds_what_the_scope_owns_and_refers_to(storage):
    key = make_scope(
        storage, [every_block_document(), every_mention_document()], title="Every block"
    ).commit.scope
    make_scope(storage, [linked_page()], title="Linked page")
    make_scope(storage, [document(page("Stranger"), [])], title="Stranger")

    build_link_table(storage, [person("Cleo"), person("Nobody asked")])

    with open_slice(storage, key) as links:
        assert links.folder == f"Every block {identifier('Every block')[-8:]}"
        assert links.entry(LINKED).title == "Linked page"
        assert links.entry(identifier("Every mention")).json_path == (
            f"json/{links.folder}/{identifier('Every mention')}.json"
        )
        assert links.entry(identifier("Stranger")) is None
        assert links.entry(identifier("Hidden page")) is None
        assert links.user(identifier("Cleo")) == person("Cleo")
        assert links.user(identifier("Nobody asked")) is None


def test_a_closed_slice_holds_nothing_of_what_was_looked_up(storage):
    key = tasks(storage)
    build_link_table(storage, [])
    with open_slice(storage, key) as links:
        links.answer(f"entry:{identifier('Tasks')}")
        assert links.answer.cache_info().currsize == 1
    assert links.answer.cache_info().currsize == 0


def test_the_head_of_a_data_source_gives_its_container_and_what_it_refers_to(storage):
    key = tasks(storage)
    make_scope(storage, [document(page("Guide"), [])], title="Guide")

    build_link_table(storage, [person("Gus")])

    with open_slice(storage, key) as links:
        folder = f"Tasks {identifier('Tasks')[-8:]}"
        assert links.folder == folder
        assert links.entry(identifier("Tasks")).kind == "data_source"
        assert links.entry(identifier("Tasks database")).csv_path == f"csv/{folder}.csv"
        assert links.entry(identifier("Guide")).title == "Guide"
        assert links.user(identifier("Gus")) == person("Gus")


def test_relation_targets_and_people_of_rows_are_in_the_slice(storage):
    key = tasks(storage)
    make_scope(storage, [linked_page()], title="Linked page")

    build_link_table(storage, [person("Dan")])

    with open_slice(storage, key) as links:
        assert links.entry(LINKED).title == "Linked page"
        assert links.user(identifier("Dan")) == person("Dan")


def test_a_rename_moves_only_the_slices_that_refer_to_it(storage):
    referring = make_scope(storage, [mentioning("Referring")], title="Referring").commit.scope
    make_scope(storage, [document(page("Stranger"), [])], title="Stranger")
    own = make_scope(storage, [linked_page()], title="Linked page").commit.scope
    before = build_link_table(storage, []).slices

    make_scope(storage, [linked_page("New title")], title="Linked page")
    after = build_link_table(storage, [])

    assert after.written == sorted([referring, own])
    assert {key for key in before if before[key] != after.slices[key]} == {referring, own}
    with open_slice(storage, referring) as links:
        assert links.entry(LINKED).title == "New title"


def test_unchanged_slices_are_not_rewritten(storage):
    make_scope(storage, [mentioning("Referring"), linked_page()], title="Referring")
    build_link_table(storage, [person("Ada")])
    stamps = {path: storage.path(path).stat().st_mtime_ns for path in storage.walk("state/links")}

    again = build_link_table(storage, [person("Ada")])

    assert again.written == []
    assert {path: storage.path(path).stat().st_mtime_ns for path in storage.walk("state/links")} == stamps


def test_a_damaged_slice_is_written_again(storage):
    key = make_scope(storage, [linked_page()], title="Linked page").commit.scope
    build_link_table(storage, [])
    whole = storage.read(f"state/links/{key}.parquet")
    storage.write(f"state/links/{key}.parquet", whole[:100])

    assert build_link_table(storage, []).written == [key]
    assert storage.read(f"state/links/{key}.parquet") == whole


def test_a_slice_does_not_depend_on_how_the_state_came_about(storage, tmp_path):
    fresh = LocalStorage(tmp_path / "fresh")
    make_scope(storage, [mentioning("Referring"), document(page("Dropped"), [])], title="Referring")
    make_scope(storage, [linked_page("First title")], title="Linked page")
    build_link_table(storage, [])
    for place in (storage, fresh):
        make_scope(place, [linked_page("Last title")], title="Linked page")
        make_scope(place, [mentioning("Referring")], title="Referring")

    tables = [build_link_table(place, [person("Ada")]) for place in (storage, fresh)]

    assert tables[0].slices == tables[1].slices
    for path in storage.walk("state/links"):
        assert storage.read(path) == fresh.read(path)


def test_a_tombstone_gives_no_entry(storage):
    key = make_scope(storage, [mentioning("Referring")], title="Referring").commit.scope
    make_scope(storage, [linked_page(), document(page("Stays"), [])], title="Other")
    make_scope(storage, [document(page("Stays"), [])], title="Other")

    build_link_table(storage, [])

    with open_slice(storage, key) as links:
        assert links.entry(LINKED) is None


def test_links_of_an_earlier_version_of_a_page_are_forgotten(storage):
    key = make_scope(storage, [mentioning("Referring")], title="Referring").commit.scope
    make_scope(storage, [linked_page()], title="Linked page")
    make_scope(storage, [document(page("Referring"), [])], title="Referring")

    build_link_table(storage, [])

    with open_slice(storage, key) as links:
        assert links.entry(LINKED) is None


@pytest.mark.parametrize(("old", "new"), [("Old home", "New home"), ("Z home", "A home")])
def test_a_page_in_two_scopes_belongs_to_the_later_read(storage, monkeypatch, old, new):
    make_scope(storage, [linked_page("Where it was")], title=old)
    monkeypatch.setattr(corpus_scopes, "COMMITTED", "2026-06-02T00:00:00Z")
    key = make_scope(storage, [linked_page("Where it is")], title=new).commit.scope

    build_link_table(storage, [])

    with open_slice(storage, key) as links:
        assert (links.entry(LINKED).title, links.entry(LINKED).scope) == ("Where it is", key)


def test_a_container_is_named_as_read_last_and_lies_with_its_first_source(storage):
    def head(name, title, edited):
        source = {**every_property_head()["data_source"], "id": identifier(name), "title": [text(name)]}
        owner = {
            **database("Owner", sources=("One", "Two")),
            "title": [text(title)],
            "last_edited_time": edited,
        }
        return {"data_source": source, "database": owner, "views": [], "templates": []}

    first = make_scope(
        storage, [], kind="data_source", title="One", head=head("One", "Old name", "2026-04-02")
    ).commit.scope
    make_scope(storage, [], kind="data_source", title="Two", head=head("Two", "New name", "2026-04-03"))

    build_link_table(storage, [])

    with open_slice(storage, first) as links:
        owner = links.entry(identifier("Owner"))
        assert (owner.title, owner.scope, owner.kind) == ("New name", first, "database")


def test_folders_follow_the_title_of_now_not_the_key(storage):
    first = make_scope(storage, [document(page("Handbook"), [])], title="Handbook").commit.scope
    make_scope(storage, [document(page("Manual", id=identifier("Handbook")), [])], title="Handbook")

    build_link_table(storage, [])

    with open_slice(storage, first) as links:
        assert links.folder == f"Manual {identifier('Handbook')[-8:]}"


def test_a_data_source_without_title_is_named_by_its_database(storage):
    head = every_property_head()
    key = tasks(storage, data_source={**head["data_source"], "title": []})

    build_link_table(storage, [])

    with open_slice(storage, key) as links:
        assert links.folder == f"Tasks database {identifier('Tasks')[-8:]}"


def test_backlinks_are_the_pages_that_refer_to_a_page(storage):
    make_scope(storage, [mentioning("Referring"), mentioning("Another")], title="Referring")
    tasks(storage)
    own = make_scope(storage, [linked_page()], title="Linked page").commit.scope

    build_link_table(storage, [])

    with open_slice(storage, own) as links:
        titles = {source.title for source in links.backlinks(LINKED)}
        assert titles == {"Referring", "Another", "Every property"}
        assert links.backlinks(identifier("Referring")) == []


def test_a_new_backlink_leaves_the_slice_itself_alone(storage):
    own = make_scope(storage, [linked_page()], title="Linked page").commit.scope
    before = build_link_table(storage, [])
    with open_slice(storage, own) as links:
        backlinks_before = links.backlinks_hash

    make_scope(storage, [mentioning("Referring")], title="Referring")
    after = build_link_table(storage, [])

    assert after.slices[own] == before.slices[own]
    assert own in after.written
    with open_slice(storage, own) as links:
        assert links.backlinks_hash != backlinks_before


def test_a_scope_without_pages_has_no_slice(storage):
    key = make_scope(storage, [linked_page()], title="Linked page").commit.scope
    build_link_table(storage, [])
    make_scope(storage, [], title="Linked page")

    assert build_link_table(storage, []).slices == {}
    assert [name for name in storage.names("state/links") if name.startswith(key)] == []


def test_a_data_source_without_rows_has_a_slice(storage):
    key = make_scope(storage, [], kind="data_source", title="Tasks", head=every_property_head()).commit.scope

    assert list(build_link_table(storage, []).slices) == [key]


def test_only_the_scopes_asked_for_are_written(storage):
    wanted = make_scope(storage, [mentioning("Referring")], title="Referring").commit.scope
    other = make_scope(storage, [linked_page()], title="Linked page").commit.scope

    table = build_link_table(storage, [], scopes=[wanted, "unknown"])

    assert table.written == [wanted]
    assert table.slices.keys() == {wanted, other}
    assert table.slices[other] is None


def test_failed_pages_are_in_the_table_with_their_state(storage):
    key = make_scope(storage, [linked_page()], title="Linked page", failed=[LINKED]).commit.scope

    build_link_table(storage, [])

    with open_slice(storage, key) as links:
        assert (links.entry(LINKED).state, links.entry(LINKED).rendered) == ("failed", True)
