"""How people are shown: masked in every answer of Notion, before anything else sees it.

Here: the rules. Not here: the call (``client``). What is masked here is in no document, index, event, format, table or
message. Sources: notion_api.md §§6 (mentions), 9 (comments), 10 (users).

- ``full``: as Notion gives them;
- ``name``: name and id, no address, no picture;
- ``pseudonym``: the id stays and the name becomes a word made of it, the same everywhere and in every export;
- ``none``: nobody: one id for all, no name, empty people properties.

Bots are no people: they keep name and id. What people wrote about people (texts, titles, results of formulas) is content
and stays.
"""

import hashlib
from typing import Any, Literal

People = Literal["full", "name", "pseudonym", "none"]
NOBODY = "00000000-0000-0000-0000-000000000000"
_DIGITS = 8


def masked(value: Any, people: People) -> Any:
    """Return an answer with all people in it shown as ``people`` says; the answer itself is not changed."""
    if people == "full":
        return value
    if isinstance(value, list):
        return [masked(item, people) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("object") == "user":
        return _user(value, people)
    if value.get("type") == "people" and isinstance(value.get("people"), list) and people == "none":
        return {**value, "people": []}
    shown = {name: masked(item, people) for name, item in value.items()}
    if "plain_text" in shown and shown.get("type") == "mention":
        _rename_mention(shown, people)
    if shown.get("object") == "comment":
        _rename_author(shown, people)
    return shown


def pseudonym(user_id: str) -> str:
    """Return the word that stands for a person: made of the id, so that a name can be told from another and no more."""
    return f"Person {hashlib.sha256(user_id.encode()).hexdigest()[:_DIGITS]}"


def _user(user: dict[str, Any], people: People) -> dict[str, Any]:
    if user.get("type") == "bot":
        return {name: masked(item, people) for name, item in user.items()}
    shown: dict[str, Any] = {"object": "user", "id": NOBODY if people == "none" else user.get("id")}
    # A user told by id only stays one told by id only.
    if len(user.keys() - {"object", "id"}):
        shown |= {"type": user.get("type"), "name": _name(user, people), "avatar_url": None}
        if user.get("type") == "person":
            shown["person"] = {}
    return shown


def _name(user: dict[str, Any], people: People) -> str | None:
    if people == "name":
        name = user.get("name")
        return name if isinstance(name, str) else None
    return pseudonym(str(user.get("id"))) if people == "pseudonym" else None


def _rename_mention(item: dict[str, Any], people: People) -> None:
    mention = item.get("mention")
    user = mention.get("user") if isinstance(mention, dict) else None
    if not isinstance(user, dict) or people == "name":
        return
    if user.get("type") != "bot":
        item["plain_text"] = "@Somebody" if people == "none" else f"@{pseudonym(str(user.get('id')))}"


def _rename_author(comment: dict[str, Any], people: People) -> None:
    """A comment repeats its author's name."""
    display = comment.get("display_name")
    author = comment.get("created_by")
    if people == "name" or not isinstance(display, dict) or display.get("type") != "user":
        return
    name = None
    if isinstance(author, dict) and people == "pseudonym":
        name = pseudonym(str(author.get("id")))
    comment["display_name"] = {**display, "resolved_name": name}
