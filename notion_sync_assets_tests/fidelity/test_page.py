"""The page about fidelity says what the suite counts."""

from pathlib import Path

import pytest

from notion_sync_assets_tests.fidelity.page import FORMATS, fidelity_page

pytestmark = pytest.mark.system

PAGE = Path(__file__).parents[2] / "docs" / "fidelity.md"


def test_the_page_is_current(exported):
    assert PAGE.read_text(encoding="utf-8") == fidelity_page(exported), (
        "run: python -m notion_sync_assets_tests.fidelity.page > docs/fidelity.md"
    )


def test_the_page_admits_nothing_lost(exported):
    rows = [line for line in fidelity_page(exported).splitlines() if line.startswith("| ")]
    cells = [cell.strip() for line in rows for cell in line.strip("| ").split("|")[1:]]
    lost = [cell for cell in cells if " of " in cell or cell == "no"]
    assert len(cells) > 60 * len(FORMATS)
    assert lost == []
