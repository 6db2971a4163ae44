"""The Dagster Component: a workspace as one ``defs.yaml`` in somebody's project (docs/code-location.md).

Here: the component that ``dg`` lists, and the file it scaffolds. Not here: definitions (``build``), what can be set
(``settings_model``). ``dg`` imports this module to list components, so nothing is opened and no setting is read at
import.
"""

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from notion_sync_assets.build import build_definitions
from notion_sync_assets.settings import load_settings
from notion_sync_assets.settings_model import Settings

_SOURCE = "defs.yaml"


class NotionWorkspaceScaffolder(dg.Scaffolder):
    """Writes a ``defs.yaml`` to start from."""

    def scaffold(self, request: dg.ScaffoldRequest[Any]) -> None:
        """Write the file; the export goes beside the project until somebody names another place."""
        attributes = {"settings": {"output": {"path": "notion-export"}}}
        dg.scaffold_component(request, attributes)


@dg.scaffold_with(NotionWorkspaceScaffolder)
class NotionWorkspaceComponent(dg.Component, dg.Model, dg.Resolvable):
    """A complete, current, versioned copy of a Notion workspace: its assets, jobs, schedules, sensors and checks.

    The token is read from the variable NOTION_TOKEN; two workspaces in one project name theirs in ``settings``, as
    ``notion: {token: "{{ env.ACME_NOTION_TOKEN }}"}``.
    """

    settings: dict[str, Any] = Field(
        default={},
        description=(
            "Settings as in notion-sync.toml, e.g. {output: {path: notion-export, workspace: notion}}. They win over"
            " files and variables; folders are meant from the project."
        ),
    )
    config_file: str | None = Field(
        default=None,
        description="A notion-sync.toml, from the project's folder; the one there is read if none is named.",
    )

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Return the definitions of the workspace; ``ConfigurationError`` names a wrong setting."""
        return build_definitions(self._settings(Path(context.project_root)))

    def _settings(self, project: Path) -> Settings:
        file = project / self.config_file if self.config_file else None
        return load_settings(self.settings, config_file=file, cwd=project, overrides_from=_SOURCE)
