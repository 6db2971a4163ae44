"""What tests of the deployment need: tools that are not Python packages."""

from notion_sync_assets_tests.system.conftest import tool

__all__ = ["tool"]
