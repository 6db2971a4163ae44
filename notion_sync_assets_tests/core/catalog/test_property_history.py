"""What values a property had, from the commits that are kept."""

import dataclasses

from notion_sync_assets.core.sync.commits import Commits
from notion_sync_assets_tests.corpus import document, identifier, make_scope, option, page
from notion_sync_assets_tests.corpus_scopes import COMMITTED


def states(catalog, *values, title="Tasks"):
    """Commit a scope once per value of the only page's State, a day apart."""
    for day, value in enumerate(values, 1):
        properties = {"State": {"id": "st", "type": "status", "status": option(value) if value else None}}
        made = document(page("Dig", properties=properties, last_edited_time=f"2026-05-0{day}T08:00:00.000Z"))
        commit = make_scope(catalog.storage, [made], title=title).commit
        later = dataclasses.replace(commit, committed_at=COMMITTED.replace("06-01", f"06-0{day}"))
        Commits(catalog.storage).replace(later)
    return commit.scope


HISTORY = "SELECT text, day(valid_from), day(valid_to) FROM property_history WHERE name = 'State' ORDER BY 2"


def test_a_value_holds_until_another_one_is_committed(catalog):
    states(catalog, "Open", "Open", "Done", "Open")
    catalog.build()
    assert catalog.ask(HISTORY) == [("Open", 1, 3), ("Done", 3, 4), ("Open", 4, None)]


def test_of_a_page_committed_once_the_history_is_what_it_is(catalog):
    states(catalog, "Open")
    catalog.build()
    assert catalog.ask(HISTORY) == [("Open", 1, None)]
    assert catalog.ask("SELECT DISTINCT page_id FROM property_history") == [(identifier("Dig"),)]


def test_an_emptied_value_is_a_value(catalog):
    states(catalog, "Open", None)
    catalog.build()
    assert catalog.ask(HISTORY) == [("Open", 1, 2), ("", 2, None)]


def test_a_history_built_in_steps_is_the_one_built_at_once(catalog):
    states(catalog, "Open")
    states(catalog, "Alone", title="Other")
    catalog.build()
    states(catalog, "Open", "Done")
    catalog.build()
    increment = catalog.content()
    catalog.build(anew=True)
    assert catalog.content() == increment


def test_values_of_tables_that_gc_removed_go_with_the_next_build(catalog):
    scope = states(catalog, "Open", "Done")
    catalog.build()
    first = Commits(catalog.storage).read(scope, 1)
    catalog.storage.delete_tree(first.tables)
    assert catalog.build().replaced == (scope,)
    assert catalog.ask(HISTORY) == [("Done", 2, None)]
    assert not catalog.build().written


def test_what_was_read_with_other_settings_is_no_part_of_it_and_leaves_the_file(catalog):
    scope = states(catalog, "Anna")
    catalog.build()
    states(catalog, "Anna", "pseudonym 7")
    commits = Commits(catalog.storage)
    newest = dataclasses.replace(commits.head(scope), fingerprint="people: pseudonym")
    commits.replace(newest)
    assert catalog.build().rebuilt
    assert catalog.ask(HISTORY) == [("pseudonym 7", 2, None)]
    assert not catalog.build().written
