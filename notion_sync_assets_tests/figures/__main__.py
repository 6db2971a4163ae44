"""`python -m notion_sync_assets_tests.figures`: measure and expect from now on what was measured.

To be run after a change that is meant to cost more or less; the difference then stands in the commit.
"""

from notion_sync_assets_tests.figures.measured import EXPECTED, figures, text

if __name__ == "__main__":
    EXPECTED.write_text(text(figures()), encoding="utf-8")
