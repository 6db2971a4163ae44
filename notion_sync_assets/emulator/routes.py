"""Reads by id and the small lists (reference §2). Search and queries are in `query_routes.py`."""

from urllib.parse import quote

from notion_sync_assets.emulator.calls import Call, members
from notion_sync_assets.emulator.errors import ApiError, invalid, not_found, read_only
from notion_sync_assets.emulator.ids import canonical_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.listing import envelope, sequence_scan
from notion_sync_assets.emulator.markdown import page_markdown
from notion_sync_assets.emulator.objects import title_of
from notion_sync_assets.emulator.property_items import Items, find_value, property_item, unknown_property


def retrieve_me(call: Call) -> Json:
    """`GET users/me`: the connection itself."""
    return call.fetch("user", call.engine.workspace.world.bot_id)


def list_users(call: Call) -> Json:
    """`GET users`: members and bots, no guests (reference §10)."""
    workspace = call.engine.workspace
    scan = sequence_scan(list(workspace.linked("users", "workspace")))
    return call.answer_list("user", "users", scan, lambda user_id: call.fetch("user", user_id))


def retrieve_user(call: Call) -> Json:
    """`GET users/{id}`: also guests; removed people are 404."""
    return call.fetch("user", call.object_id("user_id"))


def retrieve_page(call: Call) -> Json:
    """`GET pages/{id}`; a database's id is refused with a hint (reference §11)."""
    page_id = call.object_id("page_id")
    workspace = call.engine.workspace
    if workspace.get("database", page_id) is not None and workspace.accessible("database", page_id):
        raise invalid(
            f"Provided ID {page_id} is a database, not a page. Use the retrieve database API instead: "
            "https://developers.notion.com/reference/retrieve-a-database"
        )
    return call.shown(call.fetch("page", page_id))


def retrieve_database(call: Call) -> Json:
    """`GET databases/{id}`: the container; linked databases have no data sources (reference §7)."""
    return call.shown(call.fetch("database", call.object_id("database_id")))


def retrieve_data_source(call: Call) -> Json:
    """`GET data_sources/{id}`: the schema."""
    return call.shown(call.fetch("data_source", call.object_id("data_source_id")))


def retrieve_block(call: Call) -> Json:
    """`GET blocks/{id}`: also for pages and databases, also in the trash."""
    return call.shown(call.fetch("block", call.object_id("block_id")))


def list_children(call: Call) -> Json:
    """`GET blocks/{id}/children`: one level; 404 for the copy of a synced block that is not shared."""
    block_id = call.object_id("block_id")
    call.fetch("block", block_id)
    workspace = call.engine.workspace
    original = workspace.original_of(block_id)
    if original is not None and not workspace.children(block_id):
        call.fetch("block", original)
    if original is not None and not workspace.accessible("block", original):
        raise not_found("block", original, workspace.world.bot_id)
    scan = call.engine.listings.children(block_id)
    return call.answer_list("block", f"children:{block_id}", scan, lambda child: _child(call, child))


def retrieve_property(call: Call) -> Json:
    """`GET pages/{id}/properties/{id}`: the whole value (reference §5)."""
    page_id, property_id = call.object_id("page_id"), call.request.path_params["property_id"]
    value = find_value(call.fetch("page", page_id), property_id)
    recorded = call.engine.workspace.world.property_lists.get((page_id, property_id))
    made = _recorded_item(recorded) if recorded is not None else value and property_item(value)
    if not made:
        raise unknown_property(property_id)
    if isinstance(made, dict):
        return made
    name = f"property:{page_id}:{property_id}"
    part, cursor = call.listing(name, sequence_scan([str(n) for n in range(len(made.items))]))
    head = {**made.head, **_next_url(call, page_id, property_id, cursor, made.head)}
    return envelope([members(made.items)(position) for position in part.ids], cursor, "property_item", head)


def retrieve_markdown(call: Call) -> Json:
    """`GET pages/{id}/markdown`: of a page or a block (reference §3)."""
    page_id = call.object_id("page_id")
    workspace = call.engine.workspace
    recorded = workspace.world.markdown_texts.get(page_id)
    if recorded is not None:
        return recorded
    call.fetch("page" if workspace.get("page", page_id) else "block", page_id)
    signer, base = call.engine.signer, call.base
    return page_markdown(workspace, page_id, lambda upload: str(signer.signed(base, upload)["url"]))


def list_templates(call: Call) -> Json:
    """`GET data_sources/{id}/templates`: the first one is the default."""
    source_id = call.object_id("data_source_id")
    call.fetch("data_source", source_id)
    workspace = call.engine.workspace
    ids = [page_id for page_id in workspace.linked("templates", source_id) if workspace.live("page", page_id)]
    part, cursor = call.listing(f"templates:{source_id}", sequence_scan(ids))
    shown = [{"id": i, "name": title_of(call.fetch("page", i)), "is_default": i == ids[0]} for i in part.ids]
    return {"templates": shown, "has_more": cursor is not None, "next_cursor": cursor}


def list_views(call: Call) -> Json:
    """`GET views?database_id|data_source_id`: references; by source also the linked ones."""
    query = call.query
    owner = canonical_id(query.get("database_id")) or canonical_id(query.get("data_source_id"))
    if owner is None:
        raise invalid(
            "query failed validation: query.database_id or query.data_source_id should be a valid uuid."
        )
    kind = "database" if canonical_id(query.get("database_id")) else "data_source"
    call.fetch(kind, owner)
    scan = sequence_scan(call.engine.workspace.linked("views", owner))
    return call.answer_list("view", f"views:{owner}", scan, lambda view_id: {"object": "view", "id": view_id})


def retrieve_view(call: Call) -> Json:
    """`GET views/{id}`."""
    return call.fetch("view", call.object_id("view_id"))


def list_comments(call: Call) -> Json:
    """`GET comments?block_id`: unresolved ones on exactly this page or block (reference §9)."""
    given = call.query.get("block_id")
    if given is None:
        raise invalid("query failed validation: query.block_id should be defined, instead was `undefined`.")
    block_id = canonical_id(given)
    if block_id is None:
        raise invalid(
            f'query failed validation: query.block_id should be a valid uuid, instead was `"{given}"`.'
        )
    call.fetch("block", block_id)
    scan = sequence_scan(call.engine.workspace.linked("comments", block_id))
    return call.answer_list("comment", f"comments:{block_id}", scan, lambda i: call.fetch("comment", i))


def retrieve_comment(call: Call) -> Json:
    """`GET comments/{id}`."""
    return call.fetch("comment", call.object_id("comment_id"))


def list_custom_emojis(call: Call) -> Json:
    """`GET custom_emojis`, optionally of one name."""
    name = call.query.get("name")
    emojis = [emoji for emoji in call.engine.workspace.world.emojis() if name in (None, emoji["name"])]
    part, cursor = call.listing("custom_emojis", sequence_scan([str(n) for n in range(len(emojis))]))
    return {
        "object": "list",
        "type": "custom_emoji",
        "results": [members(emojis)(position) for position in part.ids],
        "has_more": cursor is not None,
        "next_cursor": cursor,
    }


def list_file_uploads(call: Call) -> Json:
    """`GET file_uploads`: this connection never uploaded anything."""
    return call.answer_list(
        "file_upload", "file_uploads", sequence_scan([]), lambda upload_id: {"id": upload_id}
    )


def refuse_write(_: Call) -> Json:
    """Every write: the connection may only read."""
    raise read_only()


def _child(call: Call, block_id: str) -> Json:
    found = call.engine.workspace.block(block_id)
    if found is None:
        raise ApiError(500, "internal_server_error", f"The world lists a block it does not hold: {block_id}")
    return call.shown(found)


def _recorded_item(recorded: Json) -> Json | Items:
    if "item" in recorded:
        item: Json = recorded["item"]
        return item
    return Items(recorded["items"], recorded["head"])


def _next_url(call: Call, page_id: str, property_id: str, cursor: str | None, head: Json) -> Json:
    if cursor is None:
        return {"next_url": None} if "next_url" in head else {}
    base = f"{call.base}/v1/pages/{page_id}/properties/"
    return {"next_url": f"{base}{quote(property_id, safe='')}?start_cursor={cursor}"}
