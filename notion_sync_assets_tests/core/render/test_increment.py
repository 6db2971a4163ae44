"""Whatever is renamed, added and dropped in whatever order: an increment equals a fresh export (design §2)."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.core.render.rendering import render_all, tree
from notion_sync_assets_tests.corpus import (
    block,
    database,
    document,
    every_property_head,
    identifier,
    make_scope,
    mention,
    page,
    paragraph,
    person,
    text,
)

TITLES = st.sampled_from(["Plan", "plan", "PLAN ", "Plan/B", "", "CON", "ünï"])


@dataclass(frozen=True)
class State:
    """Titles of the four objects, the name of a person, and what a version of each page says beside titles."""

    home: str
    child: str
    row: str
    source: str
    person: str
    version: int
    second_row: bool
    linked: bool
    moved: bool

    @property
    def above_child(self):
        return "shelf" if self.moved else "Home"


STATES = st.builds(
    State,
    TITLES,
    TITLES,
    TITLES,
    TITLES,
    st.sampled_from(["Ada", "Ada L.", "=Ada"]),
    st.integers(0, 1),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def ada(state):
    return {**person("Ada"), "name": state.person}


def documents(state, seen):
    """Return ``(tree, rows, head)`` of a state; what pages repeat of others is as it was in ``seen``."""
    to_row = mention("page", {"id": identifier("row")}, seen.row or "Untitled")
    to_ada = mention("user", ada(seen), f"@{seen.person}")
    stub = block("child_page", {"title": seen.child}, name="child")
    said = paragraph(f"version {state.version} ", to_row, to_ada, name="said")
    home = document(page(state.home, id=identifier("Home")), [said, stub])
    shelf = document(page("Shelf", id=identifier("shelf"), parent=under("Home")), [])
    child = document(page(state.child, id=identifier("child"), parent=under(state.above_child)), [])
    # No edit of the leaf: what it shows of the pages above it and of who links to it moves around it.
    to_home = f"/{identifier('Home')}#{identifier('said')}".replace("-", "") if state.linked else None
    leaf = document(page("Leaf", id=identifier("leaf"), parent=under("child")), [paragraph("leaf")])
    linking = document(
        page("Linking", id=identifier("linking"), parent=under("Home")),
        [paragraph(text("see", link=to_home))],
    )
    properties = {
        "Who": {"id": "w", "type": "people", "people": [ada(seen)]},
        "Related": {
            "id": "r",
            "type": "relation",
            "relation": [{"id": identifier("child")}],
            "has_more": False,
        },
    }
    rows = [document(page(state.row, id=identifier("row"), properties=properties), [])]
    if state.second_row:
        rows.append(document(page("second", properties=properties), []))
    return [home, shelf, child, leaf, linking], rows, head(state)


def under(name):
    return {"type": "page_id", "page_id": identifier(name)}


def head(state):
    names = {"Name": "title", "Who": "people", "Related": "relation"}
    ids = {"Name": "title", "Who": "w", "Related": "r"}
    schema = {name: {"id": ids[name], "name": name, "type": kind, kind: {}} for name, kind in names.items()}
    source = {**every_property_head()["data_source"], "title": [text(state.source)], "properties": schema}
    return {
        "data_source": source,
        "database": database("Owner", sources=["Tasks"]),
        "views": [],
        "templates": [],
    }


def export(storage, state, seen):
    tree_pages, rows, schema = documents(state, seen)
    make_scope(storage, tree_pages, title="Home")
    make_scope(storage, rows, kind="data_source", title="Tasks", head=schema)
    render_all(storage, [ada(state)])


@pytest.fixture(autouse=True)
def _no_flushes(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STATES, min_size=2, max_size=3))
def test_an_increment_equals_a_fresh_export(states):
    with tempfile.TemporaryDirectory() as folder:
        grown, fresh = LocalStorage(Path(folder, "grown")), LocalStorage(Path(folder, "fresh"))
        for state in states:
            # Pages are read when they change themselves, so what they repeat is of the first state throughout.
            export(grown, state, states[0])
        export(fresh, states[-1], states[-1])

        assert tree(grown) == tree(fresh)
