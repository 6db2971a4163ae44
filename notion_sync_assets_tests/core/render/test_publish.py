import dataclasses

import pytest

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.publish import input_hash, remove_outputs, remove_vanished, render_scope
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests import corpus_scopes
from notion_sync_assets_tests.core.render.rendering import render_all, tree
from notion_sync_assets_tests.corpus import (
    document,
    every_block_document,
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


def linked_page(title="Linked page"):
    return document(page(title, id=identifier("Linked page")), [])


def mentioning(title="Referring"):
    blocks = [paragraph(mention("page", {"id": identifier("Linked page")}, "as read"), name=title)]
    return document(page(title), blocks)


def tasks(storage, *rows, title="Tasks"):
    head = every_property_head()
    source = {**head["data_source"], "title": [text(title)]}
    return make_scope(storage, rows, kind="data_source", title="Tasks", head={**head, "data_source": source})


def stamps(storage):
    return {
        path: storage.path(path).stat().st_mtime_ns
        for path in (*tree(storage), *storage.walk("state/renders"))
    }


def first_state(storage):
    tasks(storage, every_property_page("Row one"), every_property_page("Row two"))
    make_scope(storage, [linked_page(), mentioning(), every_block_document()], title="Linked page")
    make_scope(storage, [document(page("Short lived"), [])], title="Short lived")


def second_state(storage):
    """Rename a scope, a page and a user's name, drop a row and a scope, add a page."""
    tasks(storage, every_property_page("Row two"), every_property_page("Row three"), title="Work")
    make_scope(storage, [linked_page("Renamed"), mentioning(), mentioning("Added")], title="Linked page")
    make_scope(storage, [], title="Short lived")


USERS = [person("Cleo"), person("Ada")]
USERS_LATER = [{**person("Cleo"), "name": "Cleopatra"}, person("Ada")]


def fresh(tmp_path, state, users):
    storage = LocalStorage(tmp_path / f"fresh {state.__name__}")
    state(storage)
    render_all(storage, users)
    return tree(storage)


def test_an_increment_equals_a_fresh_export(storage, tmp_path):
    first_state(storage)
    render_all(storage, USERS)
    second_state(storage)
    render_all(storage, USERS_LATER)

    assert tree(storage) == fresh(tmp_path, second_state, USERS_LATER)


def test_rendering_again_touches_nothing(storage):
    first_state(storage)
    render_all(storage, USERS)
    before = stamps(storage)

    results = render_all(storage, USERS)

    assert not any(result.rendered for result in results)
    assert stamps(storage) == before


def test_a_rename_renders_the_scopes_that_refer_to_it_and_no_other(storage):
    make_scope(storage, [mentioning()], title="Referring")
    make_scope(storage, [document(page("Stranger"), [])], title="Stranger")
    make_scope(storage, [linked_page()], title="Linked page")
    render_all(storage)

    make_scope(storage, [linked_page("New title")], title="Linked page")
    rendered = {result.scope.rsplit("-", 1)[0] for result in render_all(storage) if result.rendered}

    assert rendered == {"referring", "linked-page"}
    path = f"json/Referring {identifier('Referring')[-8:]}/{identifier('Referring')}.json"
    assert b'"plain_text":"New title"' in storage.read(path)


def test_a_renamed_user_changes_output_without_a_new_document(storage):
    tasks(storage, every_property_page())
    render_all(storage, USERS)
    before = tree(storage)

    results = render_all(storage, USERS_LATER)

    assert [(result.form, result.rendered) for result in results] == [(form, True) for form in FORMATS]
    changed = {path for path, content in tree(storage).items() if before[path] != content}
    assert {path.split("/")[0] for path in changed} == FORMATS.keys()
    assert all(
        "database.json" not in path and "schema" not in path and "relations" not in path for path in changed
    )


def test_equal_files_of_a_changed_scope_keep_their_time(storage):
    make_scope(storage, [linked_page(), document(page("Other"), [])], title="Linked page")
    render_all(storage)
    kept = next(path for path in tree(storage) if identifier("Other") in path)
    before = storage.path(kept).stat().st_mtime_ns

    changed = document(page("Linked page"), [paragraph("new")])
    make_scope(storage, [changed, document(page("Other"), [])], title="Linked page")
    (result, *_) = render_all(storage)

    assert (result.written, result.unchanged, result.deleted) == (1, 1, 0)
    assert storage.path(kept).stat().st_mtime_ns == before


def test_a_renamed_scope_leaves_nothing_stale(storage):
    tasks(storage, every_property_page())
    render_all(storage)
    tasks(storage, every_property_page(), title="Work")
    render_all(storage)

    assert tree(storage)
    named = [path for path in tree(storage) if not path.startswith("html/")]
    assert all(f"Work {identifier('Tasks')[-8:]}" in path for path in named)
    assert storage.names("json") == storage.names("markdown") == [f"Work {identifier('Tasks')[-8:]}"]


def test_a_page_that_is_gone_leaves_nothing_stale(storage):
    make_scope(storage, [linked_page(), document(page("Other"), [])], title="Linked page")
    render_all(storage)
    make_scope(storage, [linked_page()], title="Linked page")
    render_all(storage)

    assert [path for path in tree(storage) if identifier("Other") in path] == []


def test_a_scope_that_vanished_leaves_nothing(storage):
    make_scope(storage, [linked_page()], title="Linked page")
    render_all(storage)
    make_scope(storage, [], title="Linked page")
    render_all(storage)

    assert tree(storage) == {}
    assert [form for form in FORMATS if storage.names(form)] == []
    assert list(storage.walk("state/renders")) == []


def test_removing_outputs_counts_the_files(storage):
    key = tasks(storage, every_property_page()).commit.scope
    render_all(storage)

    removed = {form: remove_outputs(storage, form, key) for form in FORMATS}
    assert removed.items() >= {"json": 2, "markdown": 2, "csv": 1, "parquet": 3}.items()
    assert remove_vanished(storage, []) == 0


def test_files_of_other_people_are_left_alone(storage):
    tasks(storage, every_property_page())
    render_all(storage)
    folder = next(path for path in tree(storage) if path.startswith("json/")).rsplit("/", 1)[0]
    storage.write(f"{folder}/notes of mine.txt", b"mine")

    remove_vanished(storage, [])

    assert list(storage.walk("json")) == [f"{folder}/notes of mine.txt"]


def test_options_and_renderer_versions_render_again(storage):
    snapshot = tasks(storage, every_property_page())
    build_link_table(storage, [])
    form, options = FORMATS["csv"], RenderOptions(storage.scratch())
    with open_slice(storage, snapshot.commit.scope) as links:
        hashes = {
            input_hash(snapshot, links, form, options),
            input_hash(snapshot, links, form, dataclasses.replace(options, csv_byte_order_mark=True)),
            input_hash(snapshot, links, form, dataclasses.replace(options, csv_guard_formulas=False)),
            input_hash(snapshot, links, dataclasses.replace(form, version=form.version + 1), options),
            input_hash(snapshot, links, FORMATS["json"], options),
        }
        elsewhere = dataclasses.replace(options, scratch=storage.scratch() / "elsewhere")

        assert len(hashes) == 5
        assert input_hash(snapshot, links, form, elsewhere) == input_hash(snapshot, links, form, options)


def test_a_new_backlink_renders_only_formats_that_show_backlinks(storage):
    snapshot = make_scope(storage, [linked_page()], title="Linked page")
    plain, shown = FORMATS["json"], dataclasses.replace(FORMATS["json"], backlinks=True)
    options = RenderOptions(storage.scratch())

    def hashes():
        build_link_table(storage, [])
        with open_slice(storage, snapshot.commit.scope) as links:
            return input_hash(snapshot, links, plain, options), input_hash(snapshot, links, shown, options)

    before = hashes()
    make_scope(storage, [mentioning()], title="Referring")
    after = hashes()

    assert after[0] == before[0]
    assert after[1] != before[1]


def test_an_exporter_cannot_leave_its_folder(storage):
    snapshot = make_scope(storage, [linked_page()], title="Linked page")
    build_link_table(storage, [])
    for path in ("json/elsewhere/page.json", "csv/x.csv", "state/identity.json", "json/../state/x"):
        form = dataclasses.replace(FORMATS["json"], export=lambda *_, path=path: iter([(path, b"")]))
        with open_slice(storage, snapshot.commit.scope) as links, pytest.raises(StorageError):
            render_scope(storage, snapshot, links, form, RenderOptions(storage.scratch()))

    assert not storage.exists("json/elsewhere/page.json")


def test_scopes_that_share_a_title_and_eight_digits_do_not_share_a_file(storage, monkeypatch):
    ids = {"One": "0" * 24 + "aaaaaaaa", "Two": "1" * 24 + "aaaaaaaa"}
    monkeypatch.setattr(corpus_scopes, "identifier", lambda name: ids.get(name, name))
    for name, root in ids.items():
        make_scope(storage, [document(page("Same", id=root), [])], title=name)
    render_all(storage)

    paths = sorted(tree(storage))
    assert [path for path in paths if path.startswith("json/")] == [
        f"json/Same {root}/{root}.json" for root in ids.values()
    ]
    assert len({path.casefold() for path in paths}) == 2 * len(FORMATS.keys() - {"csv", "parquet"})
