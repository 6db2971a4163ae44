"""Rich text with a marker in every kind of item, annotation and mention (notion_api.md §6).

Here: the items. Not here: the blocks they stand in.
"""

from notion_sync_assets.emulator.blocks import Node, paragraph
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import (
    API_COLORS,
    equation,
    mention,
    mention_page,
    mention_user,
    page_url,
    text,
)
from notion_sync_assets_tests.fidelity.markers import Planter

ANNOTATIONS = ("bold", "italic", "strikethrough", "underline", "code")


def rich_text_nodes(plant: Planter, pages: dict[str, str], people: dict[str, Json]) -> list[Node]:
    """Return a paragraph for every kind of rich-text item; ``pages`` and ``people`` are those to mention."""
    items = [*_styled(plant), *_linked(plant, pages), *_mentions(plant, pages, people)]
    return [paragraph(["Before ", item, " after."]) for item in items]


def _styled(plant: Planter) -> list[Json]:
    plain = [
        text(plant.text("rich text", "text")),
        equation(plant.text("rich text", "equation", "expression")),
    ]
    marked = [text(plant.text("rich text", "annotation", name), None, **{name: True}) for name in ANNOTATIONS]
    every = text(
        plant.text("rich text", "annotation", "all together"), None, **dict.fromkeys(ANNOTATIONS, True)
    )
    colors = [text(plant.text("rich text", "colour", name), color=name) for name in API_COLORS]
    broken = text(f"first\n{plant.text('rich text', 'text', 'second line')}")
    return [*plain, *marked, every, *colors, broken]


def _linked(plant: Planter, pages: dict[str, str]) -> list[Json]:
    target = pages["target"].replace("-", "")
    return [
        text(plant.text("rich text", "link"), plant.url("rich text", "link")),
        text(plant.text("rich text", "link to a page"), f"/{target}"),
        text(
            plant.text("rich text", "link that would run"),
            f"javascript:alert('{plant.hint('rich text', 'link that would run', 'url')}')",
        ),
    ]


def _mentions(plant: Planter, pages: dict[str, str], people: dict[str, Json]) -> list[Json]:
    day, start, end = (plant.day("mention", "date", field) for field in ("start", "start of a span", "end"))
    preview = plant.url("mention", "link_preview")
    database = pages["database"]
    return [
        mention_user(people["mentioned"]),
        mention_user({"object": "user", "id": people["hidden"]["id"]}),
        mention("date", {"start": day, "end": None, "time_zone": None}, day),
        mention("date", {"start": start, "end": end, "time_zone": None}, f"{start} → {end}"),
        mention_page(pages["target"], "an old title"),
        mention_page(pages["unshared"], plant.text("mention", "page", "text of one that is not shared")),
        mention("database", {"id": database}, "an old title", page_url(database)),
        mention("data_source", {"id": pages["source"]}, "an old title"),
        mention("link_preview", {"url": preview}, preview, preview),
        _link_mention(plant),
        _template_mention(plant, "date", "today"),
        _template_mention(plant, "user", "me"),
        _emoji(plant),
        mention("agent", {"id": pages["unshared"]}, plant.text("mention", "agent", "text")),
    ]


def _template_mention(plant: Planter, kind: str, value: str) -> Json:
    held = {"type": f"template_mention_{kind}", f"template_mention_{kind}": value}
    return mention("template_mention", held, f"@{plant.text('mention', 'template_mention', kind)}")


def _emoji(plant: Planter) -> Json:
    name = plant.text("mention", "custom_emoji", "name")
    held = {"id": "7c5f1c4e-3b5a-4d0e-9f6a-0a1b2c3d4e5f", "name": name, "url": "https://example.com/e.png"}
    return mention("custom_emoji", held, f":{name}:")


def _link_mention(plant: Planter) -> Json:
    href = plant.url("mention", "link_mention", "href")
    texts = ("description", "link_author", "link_provider")
    held = {field: plant.hint("mention", "link_mention", field) for field in texts}
    title = plant.text("mention", "link_mention", "title")
    return mention("link_mention", {"href": href, "title": title, **held}, href, href)
