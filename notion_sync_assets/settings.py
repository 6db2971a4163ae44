"""Where settings come from; the only module of the package that touches variables.

Belongs here: which variables, file and folder a process has. Does not: how the layers are put together
(`settings_layers.py`), what can be set (`settings_model.py`) and how it is worded (`settings_fields.py`). These are
imported when settings are asked for: their model takes longer to import than `--help` takes to print.

Later layers win: defaults < packaged `base.toml` < packaged `<environment>.toml` < the user's file < variables <
flags.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notion_sync_assets.settings_model import Settings

USER_FILE = "notion-sync.toml"
VARIABLE_PREFIX = "NOTION_SYNC_"
FILE_VARIABLE = f"{VARIABLE_PREFIX}CONFIG"
MASK = "********"
# The names that other tools use too; the longer name wins when both are set.
COMMON_VARIABLES = {
    "NOTION_TOKEN": "notion.token",
    "NOTION_BASE_URL": "notion.base_url",
    "DAGSTER_HOME": "dagster.home",
}


def load_settings(
    overrides: Mapping[str, object] | None = None,
    *,
    config_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    overrides_from: str = "flag",
) -> "Settings":
    """The effective settings.

    `overrides` are flags, or what `overrides_from` names: dotted keys or nested mappings; None means not given.
    `config_file` is the user's file; without it NOTION_SYNC_CONFIG names it, or `notion-sync.toml` in the working
    directory is read if it is there. Relative folders in a file are meant from that file, all others from the working directory.
    An empty variable counts as not set. Raises ConfigurationError: one line per wrong setting.
    """
    from notion_sync_assets.settings_layers import effective

    variables = os.environ if environ is None else environ
    return effective(
        variables, Path.cwd() if cwd is None else cwd, config_file, overrides or {}, overrides_from
    )


def prefer_variable(name: str, value: str) -> None:
    """Set a variable of a library that can be told in no other way, unless the operator did."""
    os.environ.setdefault(name, value)
