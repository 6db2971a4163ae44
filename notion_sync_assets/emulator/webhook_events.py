"""Which webhook events a change makes (reference §14).

Here: the map from operations to events. Not here: the changes themselves (`changes.py`), sending (`webhooks.py`).
What Notion tells nobody about stays silent here, too: lost access, people, formulas, restored shares.
"""

from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import parent_of
from notion_sync_assets.emulator.webhooks import Webhooks
from notion_sync_assets.emulator.workspace import Workspace

_KINDS = ("page", "database", "data_source", "view", "comment", "block")
_ON_TITLED = {
    "rename": "content_updated",
    "set_icon": "content_updated",
    "set_property": "properties_updated",
    "add_page": "created",
    "add_row": "created",
    "add_database": "created",
    "move_page": "moved",
    "trash": "deleted",
    "restore": "undeleted",
}
_ON_SCHEMAS = ("add_option", "rename_option", "add_property", "rename_property", "remove_property")
_ON_BLOCKS = ("edit_block", "add_block", "replace_file", "trash", "restore")


def tell(webhooks: Webhooks, workspace: Workspace, operation: str, arguments: Json, made: Json) -> None:
    """Emit the events of a change that was made; `made` is the operation's answer."""
    if operation in _ON_SCHEMAS:
        _tell_of(webhooks, workspace, "data_source", str(arguments["data_source_id"]), "schema_updated")
        return
    identifier = str(made.get("id") or "")
    if operation in ("add_comment", "remove_comment"):
        _tell_of_comment(webhooks, workspace, identifier, operation)
        return
    kind = next((each for each in _KINDS if workspace.get(each, identifier) is not None), None)
    if kind is None or not workspace.accessible(kind, identifier):
        return
    if kind in ("page", "database", "data_source") and operation in _ON_TITLED:
        _tell_of(webhooks, workspace, kind, identifier, _ON_TITLED[operation])
    elif kind == "page" and operation == "replace_file":
        _tell_of(webhooks, workspace, "page", identifier, "properties_updated")
    elif kind == "block" and operation in _ON_BLOCKS:
        _tell_of_block(webhooks, workspace, identifier)
    elif kind == "view":
        view = workspace.get("view", identifier) or {}
        data = {"parent": _parent(view), "updated_fields": ["name"]}
        webhooks.emit("view.updated", {"id": identifier, "type": "view"}, data)


def _tell_of(webhooks: Webhooks, workspace: Workspace, kind: str, identifier: str, what: str) -> None:
    found = workspace.get(kind, identifier) or {}
    data: Json = {"parent": _parent(found)}
    if what == "content_updated":
        data["updated_blocks"] = []
    webhooks.emit(f"{kind}.{what}", {"id": identifier, "type": kind}, data)


def _tell_of_block(webhooks: Webhooks, workspace: Workspace, identifier: str) -> None:
    for kind, step in workspace.lineage("block", identifier):
        if kind == "page":
            found = workspace.get("page", step) or {}
            updated = [{"id": identifier, "type": "block"}]
            data = {"parent": _parent(found), "updated_blocks": updated}
            webhooks.emit("page.content_updated", {"id": step, "type": "page"}, data)
            return


def _tell_of_comment(webhooks: Webhooks, workspace: Workspace, identifier: str, operation: str) -> None:
    # A deleted comment is no longer answered for, but where it was is still known.
    comment = workspace.overlay.get(("comment", identifier)) or workspace.world.get("comment", identifier)
    held = parent_of(comment or {})
    owner = held[1] if held is not None else ""
    kind = "page" if workspace.get("page", owner) is not None else "block"
    page = next((step for each, step in workspace.lineage(kind, owner) if each == "page"), owner)
    what = "created" if operation == "add_comment" else "deleted"
    data = {"parent": {"id": owner, "type": kind}, "page_id": page}
    webhooks.emit(f"comment.{what}", {"id": identifier, "type": "comment"}, data)


def _parent(found: Json) -> Json:
    """The parent as events name it: `space` for the workspace, the database with its data source for a row."""
    parent = found.get("parent") or {}
    kind = str(parent.get("type") or "")
    if kind == "data_source_id":
        return {
            "id": parent.get("database_id"),
            "type": "database",
            "data_source_id": parent.get("data_source_id"),
        }
    if kind in ("page_id", "database_id", "block_id"):
        return {"id": parent.get(kind), "type": kind.removesuffix("_id")}
    return {"id": None, "type": "space"}
