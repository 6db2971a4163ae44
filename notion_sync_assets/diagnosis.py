"""A finding of ``notion-sync doctor``: one check, how it went, and what to do about it.

Here: the value, and the exit code of several (design §11). Not here: the checks (``diagnosis_local``,
``diagnosis_notion``), printing (``cli_doctor``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.errors import NotionSyncError
from notion_sync_assets.exit_codes import BAD_USAGE, INCOMPLETE, NO_NOTION, OK, exit_code

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``hint``: what to do, empty when there is nothing; ``code``: the exit code if it failed."""

    name: str
    level: Level
    message: str
    hint: str = ""
    code: int = OK

    def to_json(self) -> Json:
        """Return ``{"check", "level", "message", "hint"}``."""
        return {"check": self.name, "level": self.level, "message": self.message, "hint": self.hint}


def failed(name: str, error: Exception) -> Check:
    """Return the check that ended with an error."""
    known = isinstance(error, NotionSyncError)
    message = "; ".join(str(error).splitlines()) or type(error).__name__
    if not known:
        return Check(name, "fail", f"{type(error).__name__}: {message}", NotionSyncError.hint, INCOMPLETE)
    assert isinstance(error, NotionSyncError)
    return Check(name, "fail", message, error.hint, exit_code(error))


def examined(name: str, look: Callable[[], Check]) -> Check:
    """Return what a check finds; whatever goes wrong in it is a finding too."""
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - one broken part never hides the state of the others
        return failed(name, error)


def exit_of(checks: Sequence[Check]) -> int:
    """Return 0 without a failure, the code of the first failure of configuration or Notion, else 1."""
    codes = [check.code for check in checks if check.level == "fail"]
    return next((code for code in codes if code in (BAD_USAGE, NO_NOTION)), INCOMPLETE if codes else OK)
