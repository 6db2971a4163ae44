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
TRANSPARENT = ("column", "table", "tab")


def page_markdown(workspace: Workspace, block_id: str) -> Json:
    """`{object: page_markdown, id, markdown, truncated, unknown_block_ids}` of a page or block."""
    lines = _lines(workspace, block_id, 0)
    return {
        "object": "page_markdown",
        "id": block_id,
        "markdown": "\n".join(lines),
        "truncated": False,
        "unknown_block_ids": [],
    }


def inline(items: list[Json]) -> str:
    """Rich text in the dialect."""
    return "".join(_span(item) for item in items)


def _lines(workspace: Workspace, block_id: str, depth: int) -> list[str]:
    made: list[str] = []
    for child in workspace.children(block_id):
        block = workspace.block(child)
        if block is not None:
            made += _block(workspace, block, depth)
    return made


def _block(workspace: Workspace, block: Json, depth: int) -> list[str]:
    kind, indent = block["type"], "\t" * depth
    placed = kind in {"child_page", "child_database"}
    inside = [] if placed else _lines(workspace, block["id"], depth + (kind not in TRANSPARENT))
    if kind in _ELEMENTS:
        opening, closing = _ELEMENTS[kind](block)
        return [indent + opening, *inside, indent + closing]
    if kind in TRANSPARENT:
        return inside
    first = _LEAVES[kind](block) if kind in _LEAVES else _text_line(block)
    return [*(indent + line for line in first.split("\n")), *inside]


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


def _address(payload: Json) -> object:
    """Where a media block's file is; a hosted one is signed when the answer is written."""
    return payload.get("external", {}).get("url") or f"file://{payload.get('file', {}).get('url', 'hosted')}"


def _toggle(block: Json) -> tuple[str, str]:
    return f"<details>\n<summary>{inline(block['toggle']['rich_text'])}</summary>", "</details>"


def _synced(block: Json) -> tuple[str, str]:
    name = "synced_block_reference" if block["synced_block"]["synced_from"] else "synced_block"
    return f'<{name} url="{page_url(block["id"])}">', f"</{name}>"


def _cells(block: Json) -> str:
    return f"<tr>{''.join(f'<td>{inline(cell)}</td>' for cell in block['table_row']['cells'])}</tr>"


_ELEMENTS: dict[str, Callable[[Json], tuple[str, str]]] = {
    "toggle": _toggle,
    "callout": lambda block: (f"<callout>\n{inline(block['callout']['rich_text'])}", "</callout>"),
    "column_list": lambda _: ("<columns>", "</columns>"),
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
    "image": lambda block: f"![{inline(block['image'].get('caption', []))}]({_address(block['image'])})",
    **{
        kind: lambda block: (
            f'<{block["type"]} src="{_address(block[block["type"]])}">'
            f"{inline(block[block['type']].get('caption', []))}</{block['type']}>"
        )
        for kind in MEDIA
    },
}
