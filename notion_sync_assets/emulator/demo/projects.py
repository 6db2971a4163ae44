"""Projects and tasks: two-way relations, rollups, formulas, status, people, dates, unique ids, templates, views."""

from typing import Any

from notion_sync_assets.emulator.blocks import bullet, heading, paragraph, place, to_do
from notion_sync_assets.emulator.columns import (
    Column,
    choices,
    column,
    date_value,
    formula,
    relation,
    rollup,
    status,
)
from notion_sync_assets.emulator.demo.people import MEMBERS, member, user_of
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.hosted import external, hosted
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.richtext import mention_user, text

PROJECTS_SOURCE = (named_id("database", "projects"), Draft.source_id("projects", "Projects"))
TASKS_SOURCE = (named_id("database", "tasks"), Draft.source_id("tasks", "Tasks"))
GROUPS = {
    "To-do": ("Not started",),
    "In progress": ("In progress", "Blocked"),
    "Complete": ("Done", "Dropped"),
}
NAMES = ("Snail sensor", "Rain mode", "Solar lid", "Quiet gears", "Hedge map", "Gravel tyres")
MANY = 30
GARDENERS = {"object": "group", "id": named_id("group", "gardeners"), "name": "Gardeners"}
DAY = 8
_MANUAL = {"type": "manual"}
STATES = ("Not started", "In progress", "Done", "Blocked")
PLAIN_TASK = column("tasks", "Task", "title")
PROJECT_LINK = relation("tasks", "Project", PROJECTS_SOURCE, column("projects", "Tasks", "relation"))
TASK_LINK = relation("projects", "Tasks", TASKS_SOURCE, PROJECT_LINK)
HOURS = column("tasks", "Hours", "number", format="number")
PROJECT_TITLE = column("projects", "Project", "title")
PROJECT_COLUMNS: tuple[Column, ...] = (
    PROJECT_TITLE,
    status("projects", "Status", GROUPS),
    column("projects", "Lead", "people"),
    column("projects", "Dates", "date"),
    TASK_LINK,
    rollup("projects", "Hours in all", TASK_LINK, HOURS, "sum"),
    rollup("projects", "Task titles", TASK_LINK, PLAIN_TASK, "show_original"),
    column("projects", "Budget", "number", format="euro"),
    column("projects", "Code", "unique_id", prefix="PRJ"),
    column("projects", "Brief", "files"),
    column("projects", "Notes", "rich_text"),
    column("projects", "Everyone", "people"),
    column("projects", "Start", "button"),
)
TASK_COLUMNS: tuple[Column, ...] = (
    PLAIN_TASK,
    PROJECT_LINK,
    status("tasks", "State", GROUPS),
    HOURS,
    formula("tasks", "Days", TASKS_SOURCE[1], HOURS, " / 8"),
    formula("tasks", "Label", TASKS_SOURCE[1], HOURS, '.format() + " h"'),
    formula("tasks", "Long", TASKS_SOURCE[1], HOURS, " > 8"),
    column("tasks", "Due", "date"),
    choices("tasks", "Kind", "select", ("Build", "Test", "Write, review")),
    choices("tasks", "Parts", "multi_select", ("Frame", "Gears", "Code")),
    column("tasks", "Done", "checkbox"),
    column("tasks", "Nr", "unique_id", prefix=None),
    column("tasks", "Assignee", "people"),
    column("tasks", "Created", "created_time"),
    column("tasks", "Created by", "created_by"),
    column("tasks", "Edited", "last_edited_time"),
    column("tasks", "Edited by", "last_edited_by"),
    relation("tasks", "Blocked by", TASKS_SOURCE),
)


def write_projects(draft: Draft) -> None:
    """Both databases inside one page, with templates and several views."""
    draft.database(
        "projects", "Projects", {"Projects": PROJECT_COLUMNS}, icon={"type": "emoji", "emoji": "🚀"}
    )
    draft.database("tasks", "Tasks", {"Tasks": TASK_COLUMNS}, description="What is left to do", inline=True)
    tasks = _tasks_by_project()
    for number, name in enumerate(NAMES):
        _project(draft, number, name, tasks[number])
    for number, own in enumerate(tasks):
        for position, task in enumerate(own):
            _task(draft, number, task, own[position - 1] if position else None, 100 * number + position + 1)
    draft.template("project template", "projects", "Projects", PROJECT_COLUMNS, "New project")
    draft.body(named_id("page", "project template"), [heading(2, "Goal"), to_do("Write the goal")])
    draft.template("second template", "projects", "Projects", PROJECT_COLUMNS, "Small project")
    _views(draft)
    draft.view("Overview", "dashboard", TASKS_SOURCE[0], None)
    work = [heading(1, "Work"), place(PROJECTS_SOURCE[0]), paragraph("Open tasks:"), place(TASKS_SOURCE[0])]
    draft.page("work", "Work", work)


def _views(draft: Draft) -> None:
    """Views that choose columns, sort and group, and some that say nothing."""
    ids = {each.name: each.id for each in PROJECT_COLUMNS}
    by_status = {"type": "status", "property_id": ids["Status"], "group_by": "option", "sort": _MANUAL}
    table = {"type": "table", "properties": _shown(ids, "Project", "Status", "Lead", "Dates")}
    sorts = [{"property": ids["Budget"], "direction": "descending"}]
    draft.view("All", "table", *PROJECTS_SOURCE, configuration=table, sorts=sorts)
    cards = {"type": "board", "group_by": by_status, "properties": _shown(ids, "Lead", "Budget")}
    draft.view("Board", "board", *PROJECTS_SOURCE, configuration=cards)
    draft.view("Roadmap", "timeline", *PROJECTS_SOURCE)
    days = {"type": "calendar", "date_property_id": {each.name: each.id for each in TASK_COLUMNS}["Due"]}
    draft.view("By due date", "calendar", *TASKS_SOURCE, configuration=days)


def write_filtered_view(draft: Draft) -> None:
    """A view of tasks that filters and groups; written last, so that it moves no other object's times."""
    ids = {each.name: each.id for each in TASK_COLUMNS}
    by_state = {"type": "status", "property_id": ids["State"], "group_by": "group", "sort": _MANUAL}
    shown = _shown(ids, "Task", "State", "Due", "Hours")
    draft.view(
        "Open tasks",
        "table",
        *TASKS_SOURCE,
        configuration={"type": "table", "group_by": by_state, "properties": shown},
        filter={"property": ids["Done"], "checkbox": {"equals": False}},
    )


def _shown(ids: dict[str, str], *names: str) -> list[dict[str, Any]]:
    return [{"property_id": ids[name], "property_name": name, "visible": True} for name in names]


def _tasks_by_project() -> list[list[str]]:
    """Names of tasks; the first project has more than a page object shows."""
    counts = (MANY, 4, 3, 5, 0, 2)
    return [[f"{NAMES[n]} step {step + 1}" for step in range(count)] for n, count in enumerate(counts)]


def _project(draft: Draft, number: int, name: str, tasks: list[str]) -> None:
    titles = [{"type": "title", "title": [text(task)]} for task in tasks]
    many = number == 0
    values: dict[str, Any] = {
        "Project": name,
        "Status": ("In progress", "Done", "Not started")[number % 3],
        "Lead": [user_of(draft, member(number))],
        "Dates": date_value(f"2024-0{number + 1}-01", f"2024-0{number + 2}-15"),
        "Tasks": [named_id("page", f"task {task}") for task in tasks],
        "Hours in all": {"type": "number", "number": float(sum(map(hours_of, tasks))), "function": "sum"},
        "Task titles": {"type": "array", "array": titles, "function": "show_original"},
        "Budget": 1250.5 * number if number else None,
        "Code": {"prefix": "PRJ", "number": number + 1},
        "Brief": _files(name) if number % 2 == 0 else [],
        "Notes": [mention_user(user_of(draft, id_)) for id_ in MEMBERS[:MANY]] if many else "Looks good",
        "Everyone": [user_of(draft, id_) for id_ in MEMBERS[:MANY]] if many else [GARDENERS],
        "Start": {},
    }
    body = [
        heading(2, "Plan"),
        paragraph(f"{name} is for people with gardens."),
        bullet("Build"),
        bullet("Test"),
    ]
    draft.row(f"project {name}", "projects", "Projects", PROJECT_COLUMNS, values, body if tasks else [])


def _files(name: str) -> list[dict[str, Any]]:
    return [
        {"name": "brief.pdf", **hosted("brief.pdf", name)},
        {"name": "idea", **external("https://files.example/idea.png")},
    ]


def _task(draft: Draft, project: int, name: str, before: str | None, number: int) -> None:
    hours = hours_of(name)
    state = STATES[hours % len(STATES)]
    values: dict[str, Any] = {
        "Task": name,
        "Project": [named_id("page", f"project {NAMES[project]}")],
        "State": state,
        "Hours": hours,
        "Days": {"type": "number", "number": hours / DAY},
        "Label": {"type": "string", "string": f"{hours} h"},
        "Long": {"type": "boolean", "boolean": hours > DAY},
        "Due": date_value("2024-11-05T09:00:00.000+01:00", None, None)
        if hours % 2
        else date_value("2024-10-31"),
        "Kind": ("Build", "Test", "Write, review")[hours % 3],
        "Parts": ("Frame", "Gears", "Code")[: hours % len(STATES)],
        "Done": state == "Done",
        "Nr": {"prefix": None, "number": number},
        "Assignee": [user_of(draft, member(hours))],
        "Blocked by": [named_id("page", f"task {before}")] if before and hours % 3 == 0 else [],
    }
    body = [paragraph(f"Details of {name.lower()}."), to_do("Ask the garden")] if hours % 3 else []
    draft.row(f"task {name}", "tasks", "Tasks", TASK_COLUMNS, values, body)


def hours_of(task: str) -> int:
    """Hours of a task, from its name."""
    return sum(map(ord, task)) % 13 + 1
