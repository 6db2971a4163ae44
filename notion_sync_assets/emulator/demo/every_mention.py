"""The page "Every mention": each kind of mention, annotation, colour and link; icons and covers of every kind."""

from notion_sync_assets.emulator.blocks import Node, bullet, heading, paragraph, place
from notion_sync_assets.emulator.demo.people import BOT, EMOJIS, GUEST, REMOVED, member, user_of
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.hosted import external, hosted
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import (
    API_COLORS,
    equation,
    mention,
    mention_date,
    mention_page,
    mention_user,
    page_url,
    text,
)

ICONS: dict[str, Json | None] = {
    "no icon": None,
    "emoji": {"type": "emoji", "emoji": "🦔"},
    "native": {"type": "icon", "icon": {"name": "leaf", "color": "purple"}},
    "external": external("https://images.example/leaf.png"),
    "hosted": hosted("leaf.gif"),
    "custom emoji": {"type": "custom_emoji", "custom_emoji": EMOJIS[0]},
}
COVERS: dict[str, Json | None] = {
    "none": None,
    "gallery": external("https://www.notion.so/images/page-cover/woodcuts_3.jpg"),
    "hosted": hosted("cover.jpg"),
}


def write_every_mention(draft: Draft) -> None:
    """The page, and one child page for each pair of icon and cover kind."""
    children = [
        draft.page(
            f"icon {icon} {cover}", f"Icon {icon}, cover {cover}", icon=ICONS[icon], cover=COVERS[cover]
        )
        for icon in ICONS
        for cover in COVERS
    ]
    draft.page("unlisted", "Search never finds me", [paragraph("But a mention does.")])
    draft.mark("unlisted", named_id("page", "unlisted"))
    body = [
        heading(1, "Mentions"),
        *_mentions(draft),
        heading(1, "Styles"),
        *_styles(),
        *map(place, children),
    ]
    draft.page("every mention", "Every mention", body)


def _mentions(draft: Draft) -> list[Node]:
    database = named_id("database", "tasks")
    emoji = {key: EMOJIS[0][key] for key in ("id", "name", "url")}
    preview = {"url": "https://github.example/pebble/robot/issues/3"}
    items = [
        mention_user(user_of(draft, member(0))),
        mention_user(user_of(draft, GUEST)),
        mention_user({"object": "user", "id": REMOVED}),
        mention_user(user_of(draft, BOT)),
        mention_date("2025-04-01"),
        mention_date("2025-04-01", "2025-04-03"),
        mention_date("2025-04-01T10:00:00.000+02:00", None, None),
        mention_page(named_id("page", "handbook"), "Handbook"),
        mention_page(named_id("page", "task Rain mode step 1"), "Rain mode step 1"),
        mention_page(named_id("page", "unlisted"), "Search never finds me"),
        mention_page(named_id("page", "private plan"), "Untitled"),
        mention("database", {"id": database}, "Tasks", page_url(database)),
        mention("link_preview", preview, preview["url"], preview["url"]),
        _link_mention(),
        mention("template_mention", _template("date", "today"), "@Today"),
        mention("template_mention", _template("date", "now"), "@Now"),
        mention("template_mention", _template("user", "me"), "@Me"),
        mention("custom_emoji", emoji, ":pebble-bot:"),
    ]
    return [bullet(["Mention: ", item, " and on."]) for item in items]


def _link_mention() -> Json:
    held = {
        "href": "https://pebble.example/launch",
        "title": "Launch day",
        "description": "We launched",
        "link_provider": "Pebble",
        "thumbnail_url": "https://pebble.example/thumb.png",
        "icon_url": "https://pebble.example/icon.png",
    }
    return mention("link_mention", held, "https://pebble.example/launch", "https://pebble.example/launch")


def _template(kind: str, value: str) -> Json:
    return {"type": f"template_mention_{kind}", f"template_mention_{kind}": value}


def _styles() -> list[Node]:
    names = ("bold", "italic", "strikethrough", "underline", "code")
    home = named_id("page", "home").replace("-", "")
    block = named_id("block", "commented").replace("-", "")
    links = (
        f"/{home}",
        f"/{home}#{block}",
        f"https://www.notion.so/Home-{home}",
        f"https://app.notion.com/p/Home-{home}?pvs=4",
        "https://pebble.example/a(b)c?d=e&f=g",
        "mailto:hello@pebble.example",
    )
    return [
        paragraph([text(f"{name} ", None, **{name: True}) for name in names]),
        paragraph([text("all of it", None, **dict.fromkeys(names, True))]),
        paragraph([text(f"{color} ", color=color) for color in API_COLORS]),
        paragraph([text(f"link {number} ", link) for number, link in enumerate(links)]),
        paragraph(["Before ", equation("a_b^{c*d}", bold=True), " after"]),
        paragraph(
            [text("a*b_c`d`[e](f)<g>&amp; #h |i| ~j~ $k$ \\l"), text("\ttab "), text("nbsp\u00a0", bold=True)]
        ),
        paragraph(
            [text("**not bold** ", bold=True), text(" spaced ", italic=True), text("x", strikethrough=True)]
        ),
    ]
