"""The JSON type of the emulator. Objects of an open API are plain dictionaries here, on purpose: no behaviour."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
