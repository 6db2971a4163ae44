"""Notion's markdown of a page (reference §3): the block types its dialect knows, `<unknown>` for the others.

One newline between blocks, tabs for nesting; child pages and databases are references. Truncation is not emulated.
"""

from collections.abc import Callable

from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import page_url
from notion_sync_assets.emulator.workspace import Workspace

SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\*~`$[]<>{}|^"})
MARKS = (("code", "`"), ("bold", "**"), ("italic", "*"), ("strikethrough", "~~"))
MENTIONED = {"user": "user", "page": "page", "database": "database", "agent": "agent"}
PREFIXES = {"bulleted_list_item": "- ", "numbered_list_item": "1. ", "quote": "> "}
MEDIA = ("video", "audio", "pdf", "file")
TRANSPARENT = ("tab",)
PLACED = ("child_page", "child_database")


def page_markdown(workspace: Workspace, block_id: str, address: Callable[[Json], str]) -> Json:
    """`{object: page_markdown, id, markdown, truncated, unknown_block_ids}`; `address` signs a hosted file."""
    return {
        "object": "page_markdown",
        "id": block_id,
        "markdown": "\n".join(Dialect(workspace, address).lines(block_id, 0)),
        "truncated": False,
        "unknown_block_ids": [],
    }


def inline(items: list[Json]) -> str:
    """Rich text in the dialect."""
    return "".join(_span(item) for item in items)


class Dialect:
    """Blocks of one workspace as lines."""

    def __init__(self, workspace: Workspace, address: Callable[[Json], str]) -> None:
        self.workspace = workspace
        self.address = address

    def lines(self, holder_id: str, depth: int) -> list[str]:
        """The lines of everything under a page or block, `depth` tabs in."""
        made: list[str] = []
        for child in self.workspace.children(holder_id):
            block = self.workspace.block(child)
            if block is not None:
                made += self._block(block, depth)
        return made

    def _block(self, block: Json, depth: int) -> list[str]:
        kind, indent = block["type"], "\t" * depth
        if kind in TRANSPARENT:
            return self.lines(block["id"], depth)
        inside = [] if kind in PLACED else self.lines(block["id"], depth + 1)
        if kind in _ELEMENTS:
            opening, closing = _ELEMENTS[kind](block)
            return [*_indented(opening, indent), *inside, indent + closing]
        return [*_indented(self._leaf(block), indent), *inside]

    def _leaf(self, block: Json) -> str:
        kind = block["type"]
        if kind == "image":
            return f"![{inline(block[kind].get('caption', []))}]({self._source(block[kind])})"
        if kind in MEDIA:
            return (
                f'<{kind} src="{self._source(block[kind])}">{inline(block[kind].get("caption", []))}</{kind}>'
            )
        return _LEAVES[kind](block) if kind in _LEAVES else _text_line(block)

    def _source(self, payload: Json) -> str:
        held = payload[payload["type"]]
        return self.address(held["emulator_file"]) if "emulator_file" in held else str(held["url"])


def _indented(text: str, indent: str) -> list[str]:
    return [indent + line for line in text.split("\n")]


def _text_line(block: Json) -> str:
    kind, payload = block["type"], block[block["type"]]
    if "rich_text" not in payload or kind == "template":
        return f'<unknown url="{page_url(block["id"])}" alt="{kind}"/>'
    words = inline(payload["rich_text"]).replace("\n", "<br>")
    color = payload.get("color", "default")
    tail = "" if color == "default" else f' {{color="{color.replace("_background", "_bg")}"}}'
    if kind.startswith("heading_"):
        return f"{'#' * int(kind[-1])} {words}{tail}"
    if kind == "to_do":
        return f"- [{'x' if payload['checked'] else ' '}] {words}{tail}"
    return f"{PREFIXES.get(kind, '')}{words}{tail}" or "<empty-block/>"


def _span(item: Json) -> str:
    kind = item["type"]
    if kind == "equation":
        return f"${item['equation']['expression']}$"
    if kind == "mention":
        return _mention(item)
    words = item["plain_text"].translate(SPECIAL)
    for name, mark in MARKS:
        if item["annotations"].get(name):
            words = f"{mark}{words}{mark}"
    return f"[{words}]({item['href']})" if item.get("href") else words


def _mention(item: Json) -> str:
    held = item["mention"]
    kind = held["type"]
    if kind == "date":
        return f'<mention-date start="{held["date"]["start"]}"/>'
    if kind in MENTIONED:
        return f'<mention-{kind} url="{page_url(held[kind]["id"])}">{item["plain_text"]}</mention-{kind}>'
    return str(item["plain_text"])


def _toggle(block: Json) -> tuple[str, str]:
    return f"<details>\n<summary>{inline(block['toggle']['rich_text'])}</summary>", "</details>"


def _synced(block: Json) -> tuple[str, str]:
    name = "synced_block_reference" if block["synced_block"]["synced_from"] else "synced_block"
    return f'<{name} url="{page_url(block["id"])}">', f"</{name}>"


def _table(block: Json) -> tuple[str, str]:
    flags = {
        "header-row": block["table"]["has_column_header"],
        "header-column": block["table"]["has_row_header"],
    }
    shown = " ".join(f'{name}="{str(value).lower()}"' for name, value in flags.items())
    return f"<table {shown}>", "</table>"


def _cells(block: Json) -> str:
    cells = (inline(cell).replace("\n", "<br>") for cell in block["table_row"]["cells"])
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


_ELEMENTS: dict[str, Callable[[Json], tuple[str, str]]] = {
    "toggle": _toggle,
    "callout": lambda block: (f"<callout>\n{inline(block['callout']['rich_text'])}", "</callout>"),
    "column_list": lambda _: ("<columns>", "</columns>"),
    "column": lambda _: ("<column>", "</column>"),
    "table": _table,
    "synced_block": _synced,
    "meeting_notes": lambda _: ("<meeting-notes>", "</meeting-notes>"),
}
_LEAVES: dict[str, Callable[[Json], str]] = {
    "divider": lambda _: "---",
    "table_of_contents": lambda _: "<table_of_contents/>",
    "equation": lambda block: f"$$\n{block['equation']['expression']}\n$$",
    "code": lambda block: (
        f"```{block['code']['language']}\n{''.join(i['plain_text'] for i in block['code']['rich_text'])}\n```"
    ),
    "table_row": _cells,
    "child_page": lambda block: f'<page url="{page_url(block["id"])}">{block["child_page"]["title"]}</page>',
    "child_database": lambda block: (
        f'<database url="{page_url(block["id"])}">{block["child_database"]["title"]}</database>'
    ),
}
