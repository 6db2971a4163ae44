"""The queries of docs/recipes.md, from its text, on a generated workspace whose answers are known."""

import datetime as dt

import pytest

from benchmarks.catalog_corpus import people, write_state
from notion_sync_assets.core.catalog.builder import build_catalog
from notion_sync_assets.core.catalog.queries import run_query
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.recipes import queries

TASKS, PROJECTS, WIKI = 90, 6, 204


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    root = tmp_path_factory.mktemp("recipes") / "export"
    write_state(root, TASKS + PROJECTS + WIKI, blocks_per_page=3)
    storage = LocalStorage(root)
    build_catalog(storage, memory_limit="200MB", threads=1, workspace={}, users=people())
    return storage.path("notion.duckdb")


@pytest.fixture
def answer(path):
    def ask(heading):
        (sql,) = [sql for title, sql in queries().items() if heading in title]
        result = run_query(path, sql)
        return [dict(zip(result.columns, row, strict=True)) for row in result.rows]

    return ask


def test_there_are_ten_of_them_and_each_has_its_own_question():
    assert len(queries()) == 10


def test_stale_pages_are_the_oldest_and_none_is_young(answer):
    rows = answer("nobody has touched")
    times = [row["last_edited_time"] for row in rows]
    assert len(rows) == 50
    assert times == sorted(times)
    assert times[-1] < dt.datetime.now() - dt.timedelta(days=180)  # noqa: DTZ005
    assert all(row["last_edited_by"].startswith("Person") for row in rows)


def test_an_orphan_is_a_page_no_text_leads_to(answer, path):
    orphans = {row["url"] for row in answer("Orphans")}
    linked = run_query(
        path, "SELECT p.url FROM pages p JOIN mentions m ON m.target = p.page_id WHERE m.page_id <> p.page_id"
    ).rows
    children = run_query(path, "SELECT url FROM pages WHERE parent_type = 'page_id'").rows
    assert orphans == {url for (url,) in children} - {url for (url,) in linked}


def test_broken_links_are_those_to_pages_that_nobody_knows(answer, path):
    rows = answer("Broken links")
    nowhere = run_query(path, "SELECT count(*) FROM links WHERE target NOT IN (SELECT id FROM objects)").rows
    assert sum(row["broken"] for row in rows) == nowhere[0][0] > 0


def test_workload_counts_open_tasks_of_each_person(answer):
    rows = answer("Workload")
    # Two of three states of a task are not done; which, the generator's rule says.
    open_tasks = [n for n in range(TASKS) if state(n) != "Done"]
    assert sum(row["open_tasks"] for row in rows) == len(open_tasks)
    assert sum(row["hours"] for row in rows) == sum(1 + n % 16 for n in open_tasks)


def state(n):
    """The state of task ``n`` after four commits, by the rule of the generator."""
    changed_by = max(1, 4 - (n + 4) % 3)
    return ("Not started", "In progress", "Done")[min(changed_by - 1 + n % 2, 2)]


def test_cycle_time_is_the_time_between_two_states(answer):
    rows = answer("Cycle time")
    assert {row["days"] for row in rows} <= {7.0, 14.0, 21.0}
    assert 0 < sum(row["finished"] for row in rows) < TASKS


def test_pages_by_author_and_month_add_up_to_all_pages(answer):
    assert sum(row["pages"] for row in answer("author and month")) == TASKS + PROJECTS + WIKI


def test_every_task_is_in_its_project(answer):
    rows = answer("how far their tasks are")
    assert [row["tasks"] for row in rows] == [TASKS // PROJECTS] * PROJECTS
    assert sum(row["done"] for row in rows) == sum(state(n) == "Done" for n in range(TASKS))


def test_what_is_found_says_what_was_searched_for(answer):
    rows = answer("What is said")
    assert rows
    assert all("garden" in row["plain_text"].lower() for row in rows)


def test_the_most_referred_to_page_has_as_many_readers_as_links_say(answer, path):
    first = answer("most referred-to")[0]
    readers = run_query(
        path,
        "SELECT max(n) FROM (SELECT count(DISTINCT page_id) AS n FROM links"
        " WHERE kind <> 'child_page' AND target <> page_id AND target IN (SELECT id FROM objects) GROUP BY target)",
    )
    assert first["referred_to_by"] == readers.rows[0][0]


def test_the_largest_file_comes_first_with_its_uses(answer, path):
    rows = answer("largest files")
    largest = run_query(path, "SELECT max(size) FROM files").rows[0][0]
    assert rows[0]["bytes"] == largest
    assert {row["media_type"] for row in rows} == {"application/pdf"}
