"""The standing check: what is broken now over all scopes, exactly counted, with samples and the way to repair it."""

import dagster as dg
import pytest

from notion_sync_assets.assets.samples import SAMPLES
from notion_sync_assets.checks import FAILED_SCOPES, failed_scopes
from notion_sync_assets.core.sync.scopes import key_id
from notion_sync_assets.emulator.demo.hostile import TITLES
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.deployment import SMALL_WORLD, STILL_DEMO, deployment, refuse_persistently


@pytest.fixture
def small(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export") as made:
        made.index()
        yield made


def run_check(deployed):
    """Run the check as the UI does, by itself."""
    key = dg.AssetCheckKey(deployed.names.notion("workspace_index"), FAILED_SCOPES)
    selection = dg.AssetSelection.checks(key)
    job = dg.define_asset_job("only_the_check", selection=selection)
    definition = dg.Definitions.merge(deployed.defs, dg.Definitions(jobs=[job])).resolve_job_def(
        "only_the_check"
    )
    assert definition.execute_in_process(instance=deployed.instance).success
    return deployed.outcome("workspace_index", FAILED_SCOPES)


def test_scopes_that_nobody_synced_yet_are_named_and_are_no_failure(small):
    outcome = run_check(small)
    assert outcome.passed
    assert outcome.metadata["never_synced"].value == 3
    for key in small.keys:
        assert f"- scope `{key}` was found and not synced yet" in outcome.metadata["samples"].value
    assert "repair" not in outcome.metadata


def test_when_everything_is_committed_there_is_nothing_to_say(small):
    small.batch()
    outcome = run_check(small)
    assert outcome.passed
    assert {name: value.value for name, value in outcome.metadata.items()} == {
        "failed_scopes": 0,
        "failed_pages": 0,
        "stopped_scopes": 0,
        "never_synced": 0,
    }


def test_a_scope_that_an_error_stops_is_red_until_its_sync_ends_well(small):
    """Its pages are as they were committed; without the record nothing would tell that they grow old."""
    small.batch()
    key = small.key("table-0")
    with pytest.MonkeyPatch.context() as patch:
        refuse_persistently(patch, f"/v1/data_sources/{key_id(key)}/query")
        small.batch([key])
    outcome = run_check(small)
    assert not outcome.passed
    assert outcome.severity is dg.AssetCheckSeverity.ERROR
    assert outcome.metadata["stopped_scopes"].value == 1
    assert f"- scope `{key}`: `" in outcome.metadata["samples"].value
    assert "sync_failed" in outcome.metadata["repair"].value
    assert small.run("sync_failed").success
    assert run_check(small).passed


def test_failed_pages_are_counted_exactly_and_sampled_as_text(start_emulator, tmp_path, monkeypatch):
    with deployment(start_emulator(**STILL_DEMO), tmp_path / "export") as demo:
        demo.index()
        odd = [named_id("page", f"hostile {title}") for title in TITLES]
        refuse_persistently(monkeypatch, *(f"/v1/blocks/{page_id}/children" for page_id in odd))
        demo.batch([demo.key("hostile-titles")])
        found = failed_scopes(demo.runtime)
        assert found.scopes == {demo.key("hostile-titles"): len(TITLES)}
        assert len(found.samples) == SAMPLES < len(TITLES)
        samples = run_check(demo).metadata["samples"].value
        lines = [line for line in samples.splitlines() if "notion.so" in line]
        assert len(lines) == SAMPLES
        assert all(line.startswith(("- [`", "- [``")) for line in lines)
        assert run_check(demo).metadata["failed_pages"].value == len(TITLES)
