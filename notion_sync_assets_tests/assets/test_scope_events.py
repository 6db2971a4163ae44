"""What a scope's sync tells Dagster, where no sync of a workspace gets to."""

from notion_sync_assets.assets.scope_events import OUTPUTS, completeness, data_version, output_metadata
from notion_sync_assets.core.sync.context import ScopeResult
from notion_sync_assets.core.sync.scopes import Scope


def result(commit=None, **counts):
    scope = Scope("work-" + "0" * 32, "page_tree", "0" * 32, "Work")
    return ScopeResult(scope, commit, changed=True, counts=counts)


def test_a_scope_that_was_never_committed_has_the_version_zero():
    assert data_version(result().commit) == "0"
    metadata = output_metadata(result(new=0), None)
    assert set(metadata) == set(OUTPUTS)
    assert all(facts["sequence"].value == 0 for facts in metadata.values())
    assert completeness(None)[0] is True
