"""The page about settings says what the model says."""

from pathlib import Path

from notion_sync_assets.settings_fields import setting_fields
from notion_sync_assets.settings_reference import configuration_page

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == configuration_page(), (
        "run: python -m notion_sync_assets.settings_reference > docs/configuration.md"
    )


def test_every_setting_is_described_and_says_what_is_allowed():
    for field in setting_fields().values():
        assert field.description, field.key
        assert field.allowed, field.key
        assert f"`{field.variable}`" in configuration_page()


def test_durations_and_sizes_have_their_unit_in_name_and_description():
    for field in setting_fields().values():
        for unit in ("seconds", "hours", "bytes"):
            if field.key.endswith(f"_{unit}"):
                assert f"in {unit}" in field.description, field.key
