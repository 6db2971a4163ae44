"""A slice of `benchmarks/crash_matrix`, so that the whole of it can be trusted to run: every kind of point once."""

import pytest

from benchmarks.crash_matrix import STEPS, Case, Matrix
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def matrix(tmp_path_factory):
    config = EmulatorConfig(world="generated", pages=12, rows=18, databases=2, limit=0, latency_ms=4, seed=7)
    with running_emulator(config) as notion:
        yield Matrix(notion, tmp_path_factory.mktemp("matrix"), "engine")


def test_every_named_step_and_both_counts_are_among_the_cases(matrix):
    cases = matrix.cases(30, seed=1)
    assert len({case.key for case in cases}) > 25
    assert {case.name for case in cases if case.kind == "step"} == set(STEPS)
    assert {case.kind for case in cases} == {"step", "files", "requests"}
    assert cases == matrix.cases(30, seed=1)


@pytest.mark.parametrize("step", STEPS)
def test_an_engine_that_ends_itself_at_a_step_is_resumed(matrix, step):
    number = max(1, matrix.uninterrupted.steps[step] // 2)
    outcome = matrix.run(Case("engine", "step", step, number))
    assert outcome.killed
    assert outcome.held, outcome


@pytest.mark.parametrize(("kind", "share"), [("files", 0.3), ("files", 0.9), ("requests", 0.5)])
def test_an_engine_that_ends_at_a_count_is_resumed(matrix, kind, share):
    most = {"files": matrix.uninterrupted.operations, "requests": matrix.uninterrupted.requests}[kind]
    outcome = matrix.run(Case("engine", kind, "", int(most * share)))
    assert outcome.killed
    assert outcome.held, outcome
