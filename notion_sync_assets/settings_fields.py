"""Every setting by its dotted key: variable name, default, what is allowed, how a value is shown.

Belongs here: wording, for error messages, `config show` and the documentation, all read off the model.
Does not: the model itself (`settings_model.py`), reading values (`settings.py`).
"""

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel, Secret, SecretStr
from pydantic.fields import FieldInfo

from notion_sync_assets.settings import MASK, VARIABLE_PREFIX
from notion_sync_assets.settings_model import Allowed, Settings

# A token pasted into the wrong setting must not be repeated either.
_TOKEN = re.compile(r"\b(ntn_|secret_)[^\s'\"]+")
_USER_IN_ADDRESS = re.compile(r"//[^/@\s]*@")
_LONGEST_SHOWN = 80


@dataclass(frozen=True)
class SettingField:
    """One setting: `key` is dotted (`output.path`), the texts are complete phrases without a full stop."""

    key: str
    variable: str
    default: object
    allowed: str
    description: str
    secret: bool


@cache
def setting_fields() -> dict[str, SettingField]:
    """All settings by key, in the order of the model."""
    return {field.key: field for field in _walk(Settings, "")}


def nearest_key(unknown: str) -> str | None:
    """The setting that was probably meant, by the whole key or by its last part; None if nothing is close."""
    keys = list(setting_fields())
    whole = difflib.get_close_matches(unknown, keys, n=1, cutoff=0.75)
    if whole:
        return whole[0]
    by_name = {key.rpartition(".")[2]: key for key in keys}
    last = difflib.get_close_matches(unknown.rpartition(".")[2], list(by_name), n=1, cutoff=0.75)
    return by_name[last[0]] if last else None


def masked(key: str, value: object) -> object:
    """The value as JSON has it, with nothing secret in it."""
    field = setting_fields().get(key)
    if isinstance(value, SecretStr | Secret) or (value is not None and field is not None and field.secret):
        return MASK
    if isinstance(value, list | tuple):
        return [masked(key, item) for item in value]
    if isinstance(value, str | Path):
        return _USER_IN_ADDRESS.sub(f"//{MASK}@", _TOKEN.sub(MASK, str(value)))
    return value if isinstance(value, int | float | None) else str(value)


def shown(key: str, value: object) -> str:
    """The same for people, in one short line."""
    text = json.dumps(masked(key, value), ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _walk(model: type[BaseModel], prefix: str) -> Iterator[SettingField]:
    for name, info in model.model_fields.items():
        key = f"{prefix}{name}"
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _walk(info.annotation, f"{key}.")
        else:
            yield _field(key, info)


def _field(key: str, info: FieldInfo) -> SettingField:
    return SettingField(
        key=key,
        variable=VARIABLE_PREFIX + key.upper().replace(".", "__"),
        default=info.default,
        allowed=_allowed(info.annotation, tuple(info.metadata)),
        description=info.description or "",
        secret=any(_is_secret(each) for each in (info.annotation, *get_args(info.annotation))),
    )


def _is_secret(annotation: object) -> bool:
    kind = get_origin(annotation) or annotation
    return isinstance(kind, type) and issubclass(kind, SecretStr | Secret)


def _allowed(annotation: object, metadata: tuple[object, ...]) -> str:
    in_words = next((part.text for part in metadata if isinstance(part, Allowed)), None)
    if in_words is not None:
        return in_words
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    if get_origin(annotation) is Literal:
        return ", ".join(str(argument) for argument in arguments)
    return _allowed_by_type(arguments[0] if arguments else annotation, metadata)


def _allowed_by_type(annotation: object, metadata: tuple[object, ...]) -> str:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(str(member.value) for member in annotation)
    if annotation in (int, float):
        return ("a whole number" if annotation is int else "a number") + _bounds(metadata)
    named = {bool: "true or false", SecretStr: "a secret", Path: "a local folder"}
    return next(words for kind, words in named.items() if kind is annotation)


def _bounds(metadata: tuple[object, ...]) -> str:
    bounds = {
        name: getattr(part, name) for part in metadata for name in ("ge", "gt", "le") if hasattr(part, name)
    }
    words = {"ge": "from", "gt": "above", "le": "to"}
    return "".join(f" {words[name]} {bounds[name]}" for name in words if name in bounds)
