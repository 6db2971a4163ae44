"""Who works at Pebble Robotics: members, bots, a guest no list shows, someone who has left, custom emojis."""

from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.hosted import public_url
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import own_bot, person

BOT = named_id("user", "emulator")
GUEST = named_id("user", "guest")
REMOVED = named_id("user", "someone who left")
NAMES = (
    "Mara Quist", "Teo Balint", "Inés Okafor", "Jun Harada", "Wren Falk", "Odile Marchetti", "Sami Virtanen",
    "Priya Nandakumar", "Lev Abramov", "Chidi Eze", "Nora Lindqvist", "Beau Castellan", "Yuki Aranda", "Pavel Dusek",
    "Amara Sule", "Finn O'Dowd", "Lucía Ferrant", "Kofi Asante", "Greta Holm", "Dmitri Volk", "Aisha Rahimi",
    "Tomás Ribeiro", "Hanne Krol", "Ravi Menon", "Elif Kaya", "Otto Brandt", "Mei Castillo", "Jonas Weil",
    "Zofia Maj", "Samira Haddad", "Luc Perrin", "Ida Sørby",
)  # fmt: skip
MEMBERS = tuple(named_id("user", name) for name in NAMES)
EMOJIS: tuple[Json, ...] = tuple(
    {"id": named_id("emoji", name), "name": name, "url": public_url(f"{name}.png")}
    for name in ("pebble-bot", "shipit", "leaf")
)


def member(number: int) -> str:
    """The id of a member by number, round and round."""
    return MEMBERS[number % len(MEMBERS)]


def user_of(draft: Draft, user_id: str) -> Json:
    """The full user object, or a partial one for people who have left."""
    return draft.world.get("user", user_id) or {"object": "user", "id": user_id}


def write_people(draft: Draft) -> None:
    """Put everyone into the world."""
    draft.world.bot_id = BOT
    for number, name in enumerate(NAMES):
        mail = f"{name.split()[0].lower()}{number}@pebble.example"
        avatar = public_url(f"avatar-{number}.png") if number % 4 == 0 else None
        draft.user(person(MEMBERS[number], name, mail, avatar))
    draft.user(own_bot(BOT, "emulator", "Pebble Robotics"))
    other = {"object": "user", "id": named_id("user", "calendar bot"), "name": "Calendar", "avatar_url": None}
    draft.user({**other, "type": "bot", "bot": {}})
    draft.user(person(GUEST, "Guest Gardener", "guest@garden.example"), listed=False)
    draft.people = [*MEMBERS[:8], GUEST, REMOVED]
    draft.world.emoji_list = list(EMOJIS)
