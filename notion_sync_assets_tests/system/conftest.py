"""Tools that are not Python packages: found, or the test is skipped with the reason; in CI a missing tool fails."""

import os
import shutil
from collections.abc import Callable

import pytest


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
