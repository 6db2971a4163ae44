"""Request files: a person or a program asks for an export by dropping a file into ``state/requests`` of the export.

Here: what a request may say, reading the files, putting bad ones aside. Not here: the runs (``request_sensor``).

``state/requests/<name>.json`` holds one JSON object, every key optional: ``{"scopes": [...], "formats": [...],
"full": false}``. A scope is a partition key, an id or an address of Notion; without scopes everything is exported. The
name is what makes a request happen once: a new request needs a new name. A file that is no request is moved to
``state/requests/refused``, with the reason beside it. A request can hold neither token nor path nor SQL: nothing in it
goes any further than the keys of known scopes and the names of formats.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from notion_sync_assets.core.identifiers import parse_reference
from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.selection import selected
from notion_sync_assets.settings_model import ExportFormat

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json")
_LARGEST = 64 * 1024
_SUFFIX = ".json"
REFUSED = f"{layout.REQUESTS}/refused"

_Reference = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class ExportRequest(BaseModel):
    """What a request file says."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, strict=False)

    scopes: tuple[_Reference, ...] = Field((), max_length=1000)
    formats: tuple[ExportFormat, ...] = ()
    full: bool = False


@dataclass(frozen=True, slots=True)
class NamedRequest:
    """A request that is in order. ``scopes``: partition keys, empty for everything."""

    name: str
    scopes: tuple[str, ...]
    formats: tuple[str, ...]
    full: bool


def waiting_requests(storage: Storage) -> list[str]:
    """Return the names of request files without ``.json``, sorted; other names are nobody's request."""
    names = storage.names(layout.REQUESTS)
    return [name.removesuffix(_SUFFIX) for name in names if _NAME.fullmatch(name)]


def read_request(storage: Storage, name: str, index: Index) -> NamedRequest:
    """Return a request with its scopes looked up; ``ConfigurationError`` with the reason for a bad one."""
    data = storage.read(_path(name))
    if len(data) > _LARGEST:
        raise ConfigurationError(f"it is larger than {_LARGEST} bytes")
    try:
        asked = ExportRequest.model_validate(orjson.loads(data))
    except orjson.JSONDecodeError:
        raise ConfigurationError("it is not JSON") from None
    except ValidationError as error:
        raise ConfigurationError("; ".join(_wrong(error))) from None
    scopes = dict.fromkeys(key for reference in asked.scopes for key in _keys(index, reference))
    return NamedRequest(name, tuple(scopes), tuple(form.value for form in asked.formats), asked.full)


def refuse_request(storage: Storage, name: str, reason: str) -> None:
    """Move a bad request aside, with the reason in a text file beside it."""
    storage.write(f"{REFUSED}/{name}.reason.txt", f"{reason}\n".encode())
    storage.write(f"{REFUSED}/{name}{_SUFFIX}", storage.read(_path(name))[:_LARGEST])
    storage.delete(_path(name))


def forget_request(storage: Storage, name: str) -> None:
    """Remove the file of a request that has its run."""
    storage.delete(_path(name))


def _path(name: str) -> str:
    return f"{layout.REQUESTS}/{name}{_SUFFIX}"


def _keys(index: Index, reference: str) -> list[str]:
    scopes = index.state.scopes
    if any(scope.key == reference for scope in scopes):
        return [reference]
    identifier = parse_reference(reference)
    if identifier is None:
        raise ConfigurationError("scopes: neither a known partition key nor an id or address of Notion")
    return [scope.key for scope in selected(index, scopes, wanted=[identifier], exclude=())]


def _wrong(error: ValidationError) -> Iterator[str]:
    """One phrase per mistake, without what the file says: it may be a secret in the wrong place."""
    for detail in error.errors(include_url=False, include_input=False, include_context=False):
        where = ".".join(str(part) for part in detail["loc"] if isinstance(part, int) or part in _FIELDS)
        yield f"{where or 'a key'}: {detail['msg']}"


_FIELDS = ExportRequest.model_fields.keys()
