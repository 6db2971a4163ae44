"""Partition sets: their names, their keys, adding many keys at once."""

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets import partitions
from notion_sync_assets.names import Names
from notion_sync_assets.partitions import add_keys, page_key, page_partitions, scope_partitions


@pytest.fixture(scope="module")
def instance():
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def test_the_sets_are_named_after_the_workspace():
    names = Names("work")
    assert scope_partitions(names).name == "work_scopes"
    assert page_partitions(names).name == "work_pages"


@given(st.uuids())
def test_a_page_has_one_key_however_its_id_is_written(identifier):
    assert page_key(str(identifier)) == page_key(identifier.hex) == identifier.hex


def test_adding_keys_again_changes_nothing(instance):
    add_keys(instance, "again", ["b", "a"])
    add_keys(instance, "again", ["a", "c"])
    assert instance.get_dynamic_partitions("again") == ["b", "a", "c"]


def test_no_keys_are_no_call(instance):
    add_keys(instance, "none", iter(()))
    assert instance.get_dynamic_partitions("none") == []


def test_keys_are_added_in_portions_that_a_statement_can_hold(instance, monkeypatch):
    monkeypatch.setattr(partitions, "_KEYS_AT_ONCE", 3)
    portions = []
    add = instance.add_dynamic_partitions

    def counted(name, keys):
        portions.append(len(keys))
        add(name, keys)

    monkeypatch.setattr(instance, "add_dynamic_partitions", counted)
    add_keys(instance, "many", [str(number) for number in range(7)])
    assert portions == [3, 3, 1]
    assert len(instance.get_dynamic_partitions("many")) == 7


def test_more_keys_than_sqlite_has_variables_can_be_added(instance):
    add_keys(instance, "huge", [f"{number:032x}" for number in range(40_000)])
    assert len(instance.get_dynamic_partitions("huge")) == 40_000
