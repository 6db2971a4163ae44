"""The component: what it scaffolds loads, its settings are those of the model, and secrets come from the environment."""

import dagster as dg
import pytest
import yaml
from dagster.components.core.component_tree import ComponentTreeException
from dagster.components.testing import create_defs_folder_sandbox

from notion_sync_assets.components import NotionWorkspaceComponent
from notion_sync_assets.core.notion.errors import ConfigurationError

# Dagster reads defs.yaml with a function that pydantic has since renamed.
pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20")

TYPE = "notion_sync_assets.components.NotionWorkspaceComponent"


@pytest.fixture
def sandbox(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with create_defs_folder_sandbox() as made:
        yield made


def contents(settings, **attributes):
    return {"type": TYPE, "attributes": {"settings": settings, **attributes}}


def definitions(sandbox, name, wanted):
    path = sandbox.scaffold_component(
        component_cls=NotionWorkspaceComponent, defs_path=name, defs_yaml_contents=wanted
    )
    return sandbox.load_component_and_build_defs(defs_path=path)


def runtime(defs, name="export"):
    return defs.get_repository_def().get_top_level_resources()[name].resource_fn(None)


def test_what_is_scaffolded_loads_and_keeps_the_export_beside_the_project(sandbox):
    path = sandbox.scaffold_component(component_cls=NotionWorkspaceComponent, defs_path="notion")
    written = yaml.safe_load((path / "defs.yaml").read_text())
    assert written["attributes"] == {"settings": {"output": {"path": "notion-export"}}}
    with sandbox.load_component_and_build_defs(defs_path=path) as (_component, defs):
        dg.Definitions.validate_loadable(defs)
        assert dg.AssetKey(["notion", "pages"]) in defs.resolve_all_asset_keys()
        project = sandbox.defs_folder_path.parents[2]
        assert runtime(defs).settings.output.path == str(project / "notion-export")


def test_a_token_comes_from_a_variable_and_is_in_no_dump(sandbox, monkeypatch):
    monkeypatch.setenv("ACME_NOTION_TOKEN", "ntn_of_acme")
    wanted = contents({"notion": {"token": "{{ env.ACME_NOTION_TOKEN }}"}, "output": {"workspace": "acme"}})
    with definitions(sandbox, "acme", wanted) as (_component, defs):
        token = runtime(defs, "acme_export").settings.notion.token
        assert token.get_secret_value() == "ntn_of_acme"
        assert "ntn_of_acme" not in str(runtime(defs, "acme_export").settings)


def test_a_wrong_setting_is_an_error_with_the_nearest_name(sandbox):
    with (
        pytest.raises(ComponentTreeException) as failure,
        definitions(sandbox, "notion", contents({"output": {"pth": "x"}})),
    ):
        pass
    assert isinstance(failure.value.__cause__, ConfigurationError)
    assert "output.pth (from defs.yaml); did you mean output.path" in str(failure.value.__cause__)


def test_a_configuration_file_is_read_from_the_project_and_the_component_wins_over_it(sandbox):
    project = sandbox.defs_folder_path.parents[2]
    (project / "mine.toml").write_text('[output]\nworkspace = "mine"\nformats = ["json"]\n')
    wanted = contents({"output": {"formats": ["csv"]}}, config_file="mine.toml")
    with definitions(sandbox, "notion", wanted) as (_component, defs):
        output = runtime(defs, "mine_export").settings.output
        assert [form.value for form in output.formats] == ["csv"]


def test_two_workspaces_live_in_one_project(sandbox):
    for name in ("one", "two"):
        sandbox.scaffold_component(
            component_cls=NotionWorkspaceComponent,
            defs_path=name,
            defs_yaml_contents=contents({"output": {"workspace": name, "path": f"export-{name}"}}),
        )
    with sandbox.build_all_defs() as defs:
        keys = defs.resolve_all_asset_keys()
        assert {dg.AssetKey(["one", "pages"]), dg.AssetKey(["two", "pages"])} <= set(keys)
