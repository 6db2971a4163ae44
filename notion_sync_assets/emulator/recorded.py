"""A world from a folder of recorded objects: JSON lines as a crawl of the real API left them.

Read here: objects, children, queries, property_items, comments, markdown, custom_emojis, me and misc `.jsonl`.
Objects that were not live when they were recorded are answered by id and listed nowhere.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import orjson

from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.world import Marks, StoredWorld


def load_recorded(folder: Path) -> StoredWorld:
    """The recorded workspace of a folder; FileNotFoundError when it holds no objects."""
    world = StoredWorld(is_recorded=True)
    trashed: set[tuple[str, str]] = set()
    for line in _lines(folder / "objects.jsonl", needed=True):
        world.objects[line["kind"]][line["id"]] = line["object"]
        if not line["live"]:
            trashed.add((line["kind"], line["id"]))
    world.marks = Marks(trashed=_listed_as_trash(world, trashed))
    _add_children(world, folder, trashed)
    _add_rows(world, folder, trashed)
    _add_answers(world, folder)
    _add_people(world, folder)
    return world


def _listed_as_trash(world: StoredWorld, trashed: set[tuple[str, str]]) -> frozenset[str]:
    """Ids no listing shows; the block of a page may have been recorded at another time than the page."""
    placed = {*world.objects["page"], *world.objects["database"]}
    return frozenset(object_id for kind, object_id in trashed if kind != "block" or object_id not in placed)


def _lines(path: Path, *, needed: bool = False) -> Iterator[Json]:
    if not needed and not path.exists():
        return
    with path.open("rb") as held:
        yield from map(orjson.loads, held)


def _add_children(world: StoredWorld, folder: Path, trashed: set[tuple[str, str]]) -> None:
    blocks = world.objects["block"]
    for line in _lines(folder / "children.jsonl"):
        holder = line["parent_block_id"]
        if holder in blocks or holder in world.objects["page"]:
            world.child_ids[holder] = [
                i for i in line["children"] if i in blocks and ("block", i) not in trashed
            ]


def _add_rows(world: StoredWorld, folder: Path, trashed: set[tuple[str, str]]) -> None:
    pages = world.objects["page"]
    for line in _lines(folder / "queries.jsonl"):
        source_id = line["data_source_id"]
        listed = dict.fromkeys([*line["page_ids"], *line["other_page_ids"]])
        world.row_ids[source_id] = [
            row_id
            for row_id in listed
            if row_id in pages
            and ("page", row_id) not in trashed
            and pages[row_id]["parent"].get("data_source_id") == source_id
        ]


def _add_answers(world: StoredWorld, folder: Path) -> None:
    for line in _lines(folder / "property_items.jsonl"):
        if line["page_id"] in world.objects["page"] and line["complete"]:
            world.property_lists[line["page_id"], unquote(line["property_id"])] = _property_answer(line)
    for line in _lines(folder / "markdown.jsonl"):
        world.markdown_texts[line["page_id"]] = line["response"]
    for line in _lines(folder / "comments.jsonl"):
        known = world.objects["comment"]
        world.links["comments"][line["block_id"]] = [i for i in line["comment_ids"] if i in known]
    for line in _lines(folder / "misc.jsonl"):
        if line["kind"] == "view" and "name" in line["object"]:
            _add_view(world, line["object"])


def _property_answer(line: Json) -> Json:
    if "item" in line:
        return {"item": line["item"]}
    head = dict((line.get("list_meta") or {}).get("property_item") or {})
    return {"items": line["items"], "head": head}


def _add_view(world: StoredWorld, recorded: Json) -> None:
    view = {key: value for key, value in recorded.items() if key != "request_id"}
    world.objects["view"][view["id"]] = view
    for owner in (view.get("data_source_id"), (view.get("parent") or {}).get("database_id")):
        if owner:
            world.links["views"][owner].append(view["id"])


def _add_people(world: StoredWorld, folder: Path) -> None:
    users = world.objects["user"]
    world.links["users"]["workspace"] = sorted(users)
    world.emoji_list = [
        {key: line[key] for key in ("id", "name", "url") if key in line}
        for line in _lines(folder / "custom_emojis.jsonl")
    ]
    own = [line["id"] for line in _lines(folder / "me.jsonl") if line["id"] in users]
    bots = [user_id for user_id, user in users.items() if user.get("type") == "bot"]
    world.bot_id = next(iter([*own, *bots]), named_id("user", "nobody"))
