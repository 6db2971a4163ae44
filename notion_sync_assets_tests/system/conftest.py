"""Tools that are not Python packages: found, or the test is skipped with the reason; in CI a missing tool fails."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from notion_sync_assets_tests.system.browsing import running_chromium


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """The path of a program, e.g. `tool("node")`."""

    def found(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            absent(f"{name} is not installed")
        return str(path)

    return found


def absent(reason: str) -> None:
    """End the test because something outside Python is missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI must have it")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def chromium(tool: Callable[[str], str]) -> Iterator[Browser]:
    """A headless browser, one for all tests of a module."""
    with running_chromium(tool("chromium")) as browser:
        yield browser
