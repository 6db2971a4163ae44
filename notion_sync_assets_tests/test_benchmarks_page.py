"""The page of benchmarks says what the kept results say."""

from pathlib import Path

from benchmarks.report import page
from benchmarks.results import RESULTS

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def test_the_page_is_the_one_the_results_give():
    assert PAGE.read_text(encoding="utf-8").splitlines() == list(page(RESULTS)), (
        "run: python -m benchmarks.report > docs/benchmarks.md"
    )


def test_a_section_without_results_is_left_out(tmp_path):
    assert not [line for line in page(tmp_path) if line.startswith("## ")]
