"""The thriftiest complete crawl we know, over the official Python SDK: the oracle's other half in tests.

It reads what the oracle counts and nothing else, so that its requests can be compared with the oracle's total.
"""

from collections import deque

from notion_client import APIResponseError, Client
from notion_client.helpers import iterate_paginated_api

CUT_AT = 25


class Crawl:
    """What one crawl found: ids by kind with the id they were found under, and ids that answered 404."""

    def __init__(self, url):
        self.client = Client(auth="secret_sdk", base_url=url, retry=False)
        self.pages, self.sources, self.databases, self.blocks = {}, {}, {}, {}
        self.views, self.unshared, self.named = set(), set(), {}
        self.todo = deque()
        self.read_bodies = set()

    def run(self):
        self.client.users.me()
        list(iterate_paginated_api(self.client.users.list))
        for found in iterate_paginated_api(self.client.search):
            self.add(found)
        while self.todo or self.follow_names():
            step, found = self.todo.popleft()
            step(found)
        return self

    def add(self, found):
        held = self.pages if found["object"] == "page" else self.sources
        if found["id"] in held:
            return
        held[found["id"]] = found
        self.todo.append((self.read_page if found["object"] == "page" else self.read_source, found))

    def read_page(self, page):
        self.note(page)
        values = page["properties"].values()
        few = any(value["type"] == "relation" and is_cut(value) for value in values)
        for value in values:
            if is_cut(value) or (few and is_aggregate(value)):
                read = self.client.pages.properties.retrieve
                whole = list(iterate_paginated_api(read, page_id=page["id"], property_id=value["id"]))
                self.note({"whole": whole})
        placed = page["parent"]["type"] in ("page_id", "block_id")
        if not placed or not self.is_live_parent(page["parent"]):
            self.read_children(page["id"])

    def is_live_parent(self, parent):
        return (
            parent[parent["type"]] in self.pages
            or parent[parent["type"]] in self.blocks
            or parent["type"] == "block_id"
        )

    def read_children(self, block_id):
        if block_id in self.read_bodies:
            return
        self.read_bodies.add(block_id)
        for block in iterate_paginated_api(self.client.blocks.children.list, block_id=block_id):
            self.read_block(block, block_id)

    def read_block(self, block, holder):
        kind = block["type"]
        if kind == "child_page":
            self.need_page(block["id"])
            if block["has_children"]:
                self.todo.append((self.read_children, block["id"]))
            return
        if kind == "child_database":
            self.need_database(block["id"])
            return
        self.blocks[block["id"]] = holder
        self.note(block)
        if kind == "synced_block" and block["synced_block"]["synced_from"]:
            self.try_copy(block)
        elif block["has_children"]:
            self.read_children(block["id"])
        for section in (
            (block[kind].get("children") or {}).values() if kind in ("transcription", "meeting_notes") else ()
        ):
            self.read_children(section)

    def try_copy(self, block):
        try:
            list(iterate_paginated_api(self.client.blocks.children.list, block_id=block["id"]))
        except APIResponseError:
            self.unshared.add(block["synced_block"]["synced_from"]["block_id"])

    def need_page(self, page_id):
        if page_id not in self.pages:
            self.add(self.client.pages.retrieve(page_id))

    def need_database(self, database_id):
        if database_id in self.databases:
            return
        self.databases[database_id] = database = self.client.databases.retrieve(database_id)
        for source in database["data_sources"]:
            if source["id"] not in self.sources:
                raise AssertionError("every data source of the demo is found by search")

    def read_source(self, found):
        source = self.client.data_sources.retrieve(found["id"])
        self.note(source)
        self.need_database(source["parent"]["database_id"])
        for row in iterate_paginated_api(self.client.data_sources.query, data_source_id=source["id"]):
            self.add(row)
        for view in iterate_paginated_api(self.client.views.list, data_source_id=source["id"]):
            self.client.views.retrieve(view_id=view["id"])
            self.views.add(view["id"])
        listed = self.client.data_sources.list_templates(data_source_id=source["id"])
        for template in listed["templates"]:
            self.need_page(template["id"])

    def note(self, value):
        """Remember every page, database and data source that is named somewhere."""
        if isinstance(value, list):
            for item in value:
                self.note(item)
        if not isinstance(value, dict):
            return
        for key, kind in (("page_id", "page"), ("database_id", "database"), ("data_source_id", "source")):
            if isinstance(value.get(key), str):
                self.named[value[key]] = kind
        for key, held in value.items():
            if key in ("page", "database") and isinstance(held, dict) and "id" in held:
                self.named[held["id"]] = key
            if key == "relation" and isinstance(held, list):
                self.named.update({item["id"]: "page" for item in held})
            if key == "relation" and value.get("object") == "property_item" and "id" in held:
                self.named[held["id"]] = "page"
            self.note(held)

    def follow_names(self):
        """Read what is named and was not found; True when that gave new work."""
        known = {*self.pages, *self.sources, *self.databases, *self.unshared}
        for object_id, kind in self.named.items():
            if object_id in known:
                continue
            try:
                self.read_named(object_id, kind)
            except APIResponseError as error:
                if error.status != 404:
                    raise
                self.unshared.add(object_id)
        return bool(self.todo)

    def read_named(self, object_id, kind):
        if kind == "page":
            self.add(self.client.pages.retrieve(object_id))
        elif kind == "database":
            self.need_database(object_id)
        else:
            self.add(self.client.data_sources.retrieve(object_id))


def is_aggregate(value):
    return value["type"] == "rollup" and value["rollup"]["type"] in ("number", "date")


def is_cut(value):
    held = value[value["type"]]
    if value["type"] == "relation":
        return value["has_more"]
    if value["type"] in ("title", "rich_text"):
        return sum(item["type"] == "mention" for item in held) >= CUT_AT
    if value["type"] == "rollup":
        return len((held or {}).get("array") or []) >= CUT_AT
    return value["type"] == "people" and len(held) >= CUT_AT
