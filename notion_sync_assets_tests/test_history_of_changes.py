"""Thirty seeded changes, each followed by a sync: the event log is the emulator's own, and the past can be asked for.

What the log must hold is taken from the emulator's change log, which compares its pages before and after each change and
knows nothing of exports.
"""

import datetime as dt
import random
from collections import defaultdict

import dagster as dg
import duckdb
import pytest

from notion_sync_assets.assets.publishing import publish_scopes
from notion_sync_assets.event_log import restore_event_log
from notion_sync_assets.partitions import add_keys
from notion_sync_assets_tests.core.sync.worlds import SOURCE, garden, serve
from notion_sync_assets_tests.deployment import Deployment, filed_deployment

pytestmark = pytest.mark.system

STEPS = 30
SEED = 20261101
FITTING = {
    "added": {"created", "restored"},
    "changed": {"edited", "moved"},
    "removed": {"trashed", "not_found"},
}


class Gardener:
    """Makes seeded changes: each call one that the workspace allows now."""

    def __init__(self, notion, seed):
        self.notion = notion
        self.random = random.Random(seed)
        self.trashed = []
        self.made = 0

    def change(self):
        kinds = [
            self.edit,
            self.add_block,
            self.rename,
            self.add_page,
            self.add_row,
            self.set_value,
            self.move,
        ]
        kinds += [self.trash, self.restore, self.icon, self.schema]
        while not self.random.choice(kinds)():
            pass

    def apply(self, operation, **arguments):
        self.made += 1
        return self.notion.control.change(operation, **arguments)

    def page(self, rows=None):
        parents = self.notion.control.oracle_ids("page")
        sources = self.notion.control.oracle_ids("data_source")
        fitting = [page for page, parent in parents.items() if rows is None or rows == (parent in sources)]
        return self.random.choice(sorted(fitting))

    def edit(self):
        blocks = self.notion.control.oracle_ids("block")
        texts = [each for each in sorted(blocks) if self.is_text(each)]
        return self.apply("edit_block", block_id=self.random.choice(texts), text=f"Text {self.made}")

    def is_text(self, block_id):
        block = self.notion.engine.workspace.get("block", block_id)
        return block is not None and block["type"] == "paragraph"

    def add_block(self):
        return self.apply("add_block", parent_id=self.page(), text=f"Block {self.made}")

    def rename(self):
        return self.apply("rename", object_id=self.page(), title=f"Title {self.made}")

    def add_page(self):
        return self.apply("add_page", parent_id=self.page(), title=f"Page {self.made}", texts=["New"])

    def add_row(self):
        return self.apply("add_row", data_source_id=SOURCE, title=f"Row {self.made}")

    def set_value(self):
        value = {"name": self.random.choice(["Full", "Half"])}
        return self.apply("set_property", page_id=self.page(rows=True), name="Sun", value=value)

    def icon(self):
        return self.apply("set_icon", object_id=self.page(), emoji=self.random.choice("🌱🌿🌳"))

    def move(self):
        page, parent = self.page(rows=False), self.page(rows=False)
        lineage = [step for _, step in self.notion.engine.workspace.lineage("page", parent)]
        if page in lineage or self.notion.control.oracle_ids("page")[page] is None:
            return False
        return self.apply("move_page", page_id=page, parent_id=parent)

    def trash(self):
        page = self.page()
        if self.notion.control.oracle_ids("page")[page] is None or len(self.trashed) > 2:
            return False
        self.trashed.append(page)
        return self.apply("trash", object_id=page)

    def restore(self):
        return self.trashed and self.apply("restore", object_id=self.trashed.pop())

    def schema(self):
        return self.apply("add_property", data_source_id=SOURCE, name=f"Column {self.made}", kind="number")


def page_events(deployed):
    """Page → its events in the order of the log, as (run, change)."""
    found = defaultdict(list)
    for event in deployed.events("page_versions"):
        found[event.partition].append((event.metadata["run"].run_id, event.tags["notion_sync/change"]))
    return found


def times(deployed):
    """Page → when each of its events was committed, as the log tells it."""
    found = defaultdict(list)
    for event in deployed.events("page_versions"):
        found[event.partition].append(event.metadata["committed_at"].value)
    return found


def tables(path):
    """Every row of every table of a catalog but the facts about itself."""
    with duckdb.connect(path, read_only=True) as connection:
        names = connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        wanted = sorted(name for (name,) in names if name != "main.catalog_info")
        return {name: sorted(map(repr, connection.execute(f"FROM {name}").fetchall())) for name in wanted}


def as_of(path, moment):
    with duckdb.connect(path, read_only=True) as connection:
        found = connection.execute("SELECT page_id, title FROM pages_asof(?)", [moment.replace(tzinfo=None)])
        return dict(found.fetchall())


def synced(deployed, run_id):
    """Search, sync all scopes and publish what they committed, as a run does, without the cost of 60 Dagster runs."""
    scopes = deployed.runtime.search().scopes
    keys = [scope.key for scope in scopes]
    add_keys(deployed.instance, deployed.names.scopes, keys)
    for results in deployed.runtime.sync(scopes, run_id):
        done = [result.scope.key for result in results]
        publish_scopes(deployed.runtime, deployed.instance, deployed.names, done)
    return run_id


@pytest.fixture
def lived(start_emulator, tmp_path):
    """A deployment after all steps, what was true after each, and the run that synced each change."""
    notion = serve(start_emulator, garden())
    with filed_deployment(notion, tmp_path) as deployed:
        synced(deployed, "the first")
        notion.control.start_log()
        gardener, moments, runs = Gardener(notion, SEED), [], []
        for step in range(STEPS):
            gardener.change()
            runs.append(synced(deployed, f"step {step}"))
            moments.append((dt.datetime.now(dt.UTC), notion.control.log()["titles"]))
            if step == STEPS // 2:
                deployed.run("publish_catalog")
        deployed.run("publish_catalog")
        yield deployed, moments, runs


def test_the_event_log_is_the_change_log_and_the_past_is_as_it_was(lived, tmp_path):
    deployed, moments, runs = lived
    log = deployed.emulator.control.log()["changes"]
    assert len(log) == len(runs) == STEPS
    assert {effect for change in log for effect in change["pages"].values()} == {
        "added",
        "changed",
        "removed",
    }

    wanted = defaultdict(list)
    for change, run in zip(log, runs, strict=True):
        for page, effect in change["pages"].items():
            wanted[page.replace("-", "")].append((run, effect, change["operation"]))
    told = {
        page: [each for each in events if each[0] in runs] for page, events in page_events(deployed).items()
    }
    assert {page for page, events in told.items() if events} == set(wanted)
    for page, changes in wanted.items():
        assert [run for run, _ in told[page]] == [run for run, _, _ in changes], page
        for (_, said), (_, effect, operation) in zip(told[page], changes, strict=True):
            assert said in FITTING[effect], (page, said, operation)
            assert (said != "moved") or operation == "move_page"

    catalog = deployed.runtime.storage.path("notion.duckdb")
    for moment, titles in random.Random(SEED).sample(moments, 10):
        assert as_of(catalog, moment) == titles

    before = tables(catalog)
    assert len(before["main.versions"]) == sum(map(len, page_events(deployed).values()))
    deployed.runtime.build_catalog(anew=True)
    assert tables(catalog) == before

    (tmp_path / "new").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "new")) as instance:
        restore_event_log(deployed.runtime, instance, deployed.names)
        restored = Deployment(deployed.emulator, deployed.runtime, instance)
        assert page_events(restored) == page_events(deployed)
        assert restored.keys == deployed.keys
        assert times(restored) == times(deployed)
        assert max(max(each) for each in times(restored).values()) < moments[-1][0].isoformat()
