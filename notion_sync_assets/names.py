"""Names in Dagster: asset keys, groups, partition sets, pools, tags, all derived from the workspace's name (design §4).

Here: constants and the class that spells them. Not here: file names (``core.render.names``).
"""

import dagster as dg

SCOPE_TAG = "notion_sync/scope"
SEQ_TAG = "notion_sync/seq"
CHANGE_TAG = "notion_sync/change"
WORKSPACE_TAG = "notion_sync/workspace"
REQUEST_TAG = "notion_sync/request"
OBJECT_TAG = "notion_sync/object"
DATA_VERSION_TAG = "dagster/data_version"
OWNER = "team:data"


class Names:
    """The names of one workspace; two workspaces with different names live in one Dagster."""

    def __init__(self, workspace: str) -> None:
        self.workspace = workspace
        self.scopes = f"{workspace}_scopes"
        self.pages = f"{workspace}_pages"
        self.group = workspace
        self.export_group = f"{workspace}_export"
        self.notion_pool = f"{workspace}_api"
        self.catalog_pool = f"{workspace}_catalog"

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every asset and job, to select a workspace by."""
        return {WORKSPACE_TAG: self.workspace}

    def own_run(self, run: dg.DagsterRun) -> bool:
        """Tell whether a run is of one of this workspace's jobs, or of its assets from the UI."""
        folders = {self.notion("").path[0], self.export("").path[0]}
        of_assets = any(key.path[0] in folders for key in run.asset_selection or ())
        return of_assets or run.tags.get(WORKSPACE_TAG) == self.workspace

    def notion(self, name: str) -> dg.AssetKey:
        """Return the key of an asset that mirrors Notion."""
        return dg.AssetKey([self.workspace, name])

    def export(self, name: str) -> dg.AssetKey:
        """Return the key of an asset that people open."""
        prefix = "export" if self.workspace == "notion" else f"{self.workspace}_export"
        return dg.AssetKey([prefix, name])

    def job(self, name: str) -> str:
        """Return the name of a job (or of an op that belongs to one)."""
        return self._own(name)

    def automation(self, name: str) -> str:
        """Return the name of a schedule or sensor."""
        return self._own(name)

    def resource(self, name: str) -> str:
        """Return the key of a resource or IO manager."""
        return self._own(name)

    def op(self, asset: str) -> str:
        """Return the name of the op that computes an asset, as run configuration spells it."""
        return "__".join(self.notion(asset).path)

    def _own(self, name: str) -> str:
        return name if self.workspace == "notion" else f"{self.workspace}_{name}"
