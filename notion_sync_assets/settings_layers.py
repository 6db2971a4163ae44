"""The layers settings come from, their order, and errors that name the layer.

Here: configuration files, variables and flags as layers, merged and validated. Not here: what can be set
(`settings_model.py`), how it is worded (`settings_fields.py`), which process, folder and variables it is for
(`settings.py`).

Every layer is one flat mapping from dotted keys to values, so that the origin of a value is known (docs/adr/0013).
"""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.settings import COMMON_VARIABLES, FILE_VARIABLE, USER_FILE, VARIABLE_PREFIX
from notion_sync_assets.settings_fields import masked, nearest_key, setting_fields, shown
from notion_sync_assets.settings_model import Environment, Settings

_PATH_KEYS = ("output.path", "state_dir", "dagster.home", "limiter.folder")
_DEFAULT = "default"


@dataclass(frozen=True)
class _Entry:
    value: object
    source: str


Layer = dict[str, _Entry]


def effective(
    environ: Mapping[str, str],
    cwd: Path,
    config_file: Path | None,
    overrides: Mapping[str, object],
    source: str,
) -> Settings:
    """Merge and validate all layers; ``source`` names where ``overrides`` come from."""
    above = [
        _user_file(config_file, environ, cwd),
        _variables(environ),
        _overrides(overrides, source),
    ]
    default: Layer = {
        key: _Entry(setting_fields()[key].default, _DEFAULT) for key in ("environment", "output.path")
    }
    environment = _merged([default, *above])["environment"].value
    merged = _merged([default, _packaged("base"), _packaged(str(environment)), *above])
    for key in _PATH_KEYS:
        if key in merged:
            merged[key] = replace(merged[key], value=_absolute(merged[key].value, cwd))
    return _validated(merged)


def provenance(settings: Settings) -> dict[str, tuple[object, str]]:
    """Per dotted key, in the order of the model: the value as JSON has it, secrets masked, and its origin."""
    values = dict(_flattened(settings.model_dump()))
    sources = settings._sources  # noqa: SLF001 - written by the loader below, for this report only
    return {key: (masked(key, values[key]), sources.get(key, _DEFAULT)) for key in setting_fields()}


def _user_file(config_file: Path | None, environ: Mapping[str, str], cwd: Path) -> Layer:
    named = config_file or environ.get(FILE_VARIABLE) or None
    path = cwd / Path(named or USER_FILE).expanduser()
    if named is None and not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(f"cannot read the configuration file {path}: {reason}") from error
    layer = _toml(text, str(path))
    for key in _PATH_KEYS:
        if key in layer:
            layer[key] = replace(layer[key], value=_absolute(layer[key].value, path.parent))
    return layer


def _packaged(name: str) -> Layer:
    """The packaged file of that name; none for a wrong environment, which validation reports."""
    file = resources.files("notion_sync_assets") / "config" / f"{name}.toml"
    known = name == "base" or name in list(Environment)
    return _toml(file.read_text(encoding="utf-8"), f"packaged {name}.toml") if known else {}


def _toml(text: str, source: str) -> Layer:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is not valid TOML: {error}") from error
    return {key: _Entry(value, source) for key, value in _flattened(tables)}


def _variables(environ: Mapping[str, str]) -> Layer:
    layer = {key: _Entry(environ[name], name) for name, key in COMMON_VARIABLES.items() if environ.get(name)}
    for name in sorted(environ):
        if name.startswith(VARIABLE_PREFIX) and name != FILE_VARIABLE and environ[name]:
            key = name.removeprefix(VARIABLE_PREFIX).lower().replace("__", ".")
            layer[key] = _Entry(environ[name], name)
    return layer


def _overrides(overrides: Mapping[str, object], source: str) -> Layer:
    return {key: _Entry(value, source) for key, value in _flattened(overrides) if value is not None}


def _flattened(tables: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in tables.items():
        if isinstance(value, Mapping) and f"{prefix}{name}" not in setting_fields():
            yield from _flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _merged(layers: Iterable[Layer]) -> Layer:
    return {key: entry for layer in layers for key, entry in layer.items()}


def _absolute(value: object, base: Path) -> object:
    """A folder from `base`; URLs and wrong types stay, the latter for validation to report."""
    if isinstance(value, Path) or (isinstance(value, str) and value and "://" not in value):
        return os.path.normpath(base / Path(value).expanduser())
    return value


def _validated(merged: Layer) -> Settings:
    unknown = [_unknown(key, entry) for key, entry in merged.items() if key not in setting_fields()]
    nested: dict[str, Any] = {}
    for key, entry in merged.items():
        if key in setting_fields():
            group, _, name = key.rpartition(".")
            (nested.setdefault(group, {}) if group else nested)[name] = entry.value
    try:
        settings = Settings.model_validate(nested)
    except ValidationError as error:
        raise _configuration_error([*unknown, *_wrong(error, merged)]) from None
    if unknown:
        raise _configuration_error(unknown)
    settings._sources.update({key: entry.source for key, entry in merged.items()})  # noqa: SLF001 - see provenance
    return settings


def _unknown(key: str, entry: _Entry) -> str:
    near = nearest_key(key)
    meant = f"; did you mean {near}?" if near else ""
    return f"unknown setting {key} (from {entry.source}){meant}"


def _wrong(error: ValidationError, merged: Layer) -> Iterator[str]:
    """One line per setting, however many ways its value is wrong in."""
    found = dict.fromkeys(_key_of(detail) for detail in error.errors(include_url=False, include_input=False))
    for key in found:
        entry = merged[key]
        allowed = setting_fields()[key].allowed
        yield f"{key} = {shown(key, entry.value)} (from {entry.source}) is not allowed; allowed: {allowed}"


def _key_of(detail: ErrorDetails) -> str:
    parts = [str(part) for part in detail["loc"]]
    return parts[0] if parts[0] in setting_fields() else ".".join(parts[:2])


def _configuration_error(lines: list[str]) -> ConfigurationError:
    return ConfigurationError(
        "\n".join(lines), hint="`notion-sync config show` lists every setting and its origin"
    )
