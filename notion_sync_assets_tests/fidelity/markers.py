"""Markers: texts that occur nowhere else, and what each of them stands for.

Here: making them and knowing them again. Not here: where they are planted (``planted_*``), where they are looked for
(``reading``).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

Area = Literal["block", "rich text", "mention", "property", "schema", "data source", "page", "comment"]
_FIRST_DAY = date(1801, 1, 1)
_FIRST_NUMBER = 90_000_000


@dataclass(frozen=True, slots=True)
class Marker:
    """One planted value: ``kind`` is Notion's word for what holds it, ``field`` names the place in it.

    ``behind``: in Notion the value is not seen until a link or picture is pointed at: an address, a hint, a file's name.
    ``told_as`` is what the API itself says in its place, such as the id of a person: formats may show either.
    """

    token: str
    area: Area
    kind: str
    field: str
    behind: bool = False
    told_as: str = ""

    @property
    def place(self) -> str:
        """What the marker stands for, in words."""
        return f"{self.area} {self.kind}: {self.field}"


@dataclass
class Planter:
    """Hands out markers and remembers them."""

    markers: list[Marker] = field(default_factory=list)

    def text(self, area: Area, kind: str, field: str = "text") -> str:
        """Return a word."""
        return self._planted(f"marker{len(self.markers):03}z", area, kind, field)

    def hint(self, area: Area, kind: str, field: str) -> str:
        """Return a word that is seen when something is pointed at."""
        return self._planted(f"marker{len(self.markers):03}z", area, kind, field, behind=True)

    def url(self, area: Area, kind: str, field: str = "url") -> str:
        """Return an address on another host."""
        token = self._planted(f"marker{len(self.markers):03}z", area, kind, field, behind=True)
        return f"https://example.com/{token}"

    def number(self, area: Area, kind: str, field: str = "number") -> int:
        """Return a number."""
        return int(self._planted(str(_FIRST_NUMBER + len(self.markers)), area, kind, field))

    def day(self, area: Area, kind: str, field: str = "start") -> str:
        """Return a date."""
        return self._planted((_FIRST_DAY + timedelta(days=len(self.markers))).isoformat(), area, kind, field)

    def known(self, token: str, area: Area, kind: str, field: str) -> str:
        """Note a value that is unique already, such as an id."""
        return self._planted(token, area, kind, field)

    def name_of(self, identifier: str, area: Area, kind: str, field: str) -> str:
        """Return a word that formats may show for the id that the API tells."""
        token = f"marker{len(self.markers):03}z"
        self.markers.append(Marker(token, area, kind, field, told_as=identifier))
        return token

    def _planted(self, token: str, area: Area, kind: str, field: str, *, behind: bool = False) -> str:
        assert all(token not in other.token and other.token not in token for other in self.markers)
        self.markers.append(Marker(token, area, kind, field, behind))
        return token
