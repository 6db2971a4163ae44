"""How worlds name files that Notion hosts. The signed, expiring address is put in when an answer is written.

A hosted file is kept as `{"emulator_file": {"id", "name", "size"}}` in place of `{"url", "expiry_time"}`;
a public one (emoji pictures, avatars) as a string that starts with `PUBLIC`.
"""

from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json

PUBLIC = "emulator-public:"
SPACE_ID = named_id("space")


def hosted_file(name: str, *identity: object, size: int = 0) -> Json:
    """The `file` object of an upload; `size` bytes at least when the content should be big."""
    return {"emulator_file": {"id": named_id("file", name, *identity), "name": name, "size": size}}


def hosted(name: str, *identity: object, size: int = 0) -> Json:
    """`{type: file, file: …}` as icons, covers and media blocks hold it."""
    return {"type": "file", "file": hosted_file(name, *identity, size=size)}


def external(url: str) -> Json:
    """`{type: external, external: {url}}`: a file Notion never stored."""
    return {"type": "external", "external": {"url": url}}


def public_url(name: str) -> str:
    """The address of a picture that needs no signature."""
    return f"{PUBLIC}{name}"
