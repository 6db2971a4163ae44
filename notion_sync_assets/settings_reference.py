"""The reference of all settings, `docs/configuration.md`, written from the model.

Belongs here: the page's text. Does not: descriptions of single settings, which stand beside their fields.
Run `python -m notion_sync_assets.settings_reference > docs/configuration.md` after changing a setting.
"""

import sys

from notion_sync_assets.settings import COMMON_VARIABLES, FILE_VARIABLE, USER_FILE
from notion_sync_assets.settings_fields import SettingField, setting_fields, shown

_OPENING = f"""\
# Configuration

<!-- Written by `python -m notion_sync_assets.settings_reference`; do not edit. -->

Nothing has to be configured but the token. Later layers win:

1. the defaults below
2. the packaged `base.toml`
3. the packaged `development.toml`, `staging.toml` or `production.toml`, chosen by `environment`
4. your file: `--config FILE`, or the variable `{FILE_VARIABLE}`, or `./{USER_FILE}` if it is there
5. variables, named in the tables; lists are separated by commas; an empty variable counts as not set
6. flags of the command

`notion-sync config show` prints every value and where it comes from, with secrets masked;
`notion-sync config check` says what is wrong. An unknown setting is an error, in a file and in a variable.
Relative folders in a file are meant from that file, all others from the working directory.

The names that other tools use are read too: {", ".join(f"`{name}`" for name in COMMON_VARIABLES)}.
Where the name with the prefix is set as well, it wins.

A file has one table per group:

```toml
environment = "production"

[notion]
requests_per_minute = 600

[output]
path = "/srv/backup/notion"
formats = ["json", "parquet"]
```
"""


def configuration_page() -> str:
    """The whole page in Markdown, ending with a line break."""
    groups: dict[str, list[SettingField]] = {}
    for field in setting_fields().values():
        groups.setdefault(field.key.rpartition(".")[0], []).append(field)
    return "\n".join([_OPENING, *(_table(group, fields) for group, fields in groups.items())])


def _table(group: str, fields: list[SettingField]) -> str:
    heading = f"## `[{group}]`" if group else "## Top of the file"
    lines = [heading, "", "| setting | default | allowed | what it does |", "|---|---|---|---|"]
    return "\n".join([*lines, *(_row(field) for field in fields), ""])


def _row(field: SettingField) -> str:
    name = field.key.rpartition(".")[2]
    default = "none" if field.default in (None, ()) else f"`{shown(field.key, field.default)}`"
    return f"| `{name}`<br>`{field.variable}` | {default} | {field.allowed} | {field.description} |"


if __name__ == "__main__":
    sys.stdout.write(configuration_page())
