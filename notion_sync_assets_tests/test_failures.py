"""The Dagster boundary: which error becomes a failure, which another attempt, and what people read."""

from contextlib import closing

import dagster as dg
import pytest

from notion_sync_assets.core.notion import errors
from notion_sync_assets.emulator.errors import unauthorized
from notion_sync_assets.export_run import ExportRun
from notion_sync_assets.failures import cause_of, told_to_dagster
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets_tests.deployment import SMALL_WORLD, refuse_persistently, settings_for

PASSING = [
    errors.TransientNotionError("busy"),
    errors.NotionUnavailableError("down"),
    errors.IncompleteListingError("cut short"),
    errors.LeaseHeldError("somebody", host="here", pid=1, run="other"),
    errors.CommitConflictError(2, 2, "other"),
    errors.StorageError("disk"),
]
LASTING = [
    errors.UnauthorizedError("refused"),
    errors.ConfigurationError("wrong"),
    errors.MassDisappearanceError("gone"),
    errors.NothingSharedError("nothing"),
    errors.OutputFolderError("not ours"),
    errors.RestrictedError("capability"),
]


def named(error):
    return type(error).__name__


def raised(error, **options):
    with pytest.raises((dg.Failure, dg.RetryRequested)) as caught, told_to_dagster(**options):
        raise error
    return caught.value


def leaves(kind):
    return {kind, *(leaf for below in kind.__subclasses__() for leaf in leaves(below))}


def test_every_error_of_the_package_is_one_or_the_other():
    known = {type(error) for error in PASSING + LASTING}
    abstract = {errors.NotionSyncError, errors.NotionApiError, errors.PermanentNotionError}
    permanent = leaves(errors.PermanentNotionError)
    assert leaves(errors.NotionSyncError) - known - abstract - permanent == set()


@pytest.mark.parametrize("error", PASSING + LASTING, ids=named)
def test_a_failure_says_what_happened_and_what_to_do(error):
    failure = raised(error)
    assert isinstance(failure, dg.Failure)
    assert failure.description == f"{error}\n{error.hint}"
    assert failure.metadata["error"].value == type(error).__name__
    assert failure.metadata["hint"].value == error.hint
    assert cause_of(failure) is error


@pytest.mark.parametrize("error", LASTING, ids=named)
def test_what_will_not_pass_by_itself_is_not_tried_again(error):
    failure = raised(error, attempts=3)
    assert isinstance(failure, dg.Failure)
    assert failure.allow_retries is False


@pytest.mark.parametrize("error", PASSING, ids=named)
def test_what_may_pass_is_tried_again_after_growing_pauses(error):
    retries = [raised(error, attempt=attempt, attempts=3) for attempt in range(2)]
    assert [retry.max_retries for retry in retries] == [2, 2]
    assert [retry.seconds_to_wait for retry in retries] == [10.0, 20.0]
    failure = retries[0].__cause__
    assert isinstance(failure, dg.Failure)
    assert failure.allow_retries is True
    assert cause_of(failure) is error


def test_other_errors_and_interruptions_pass_through_untouched():
    for error in (ZeroDivisionError("a defect"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught, told_to_dagster(attempts=3):
            raise error
        assert caught.value is error


def test_the_command_line_gets_the_error_itself_for_its_exit_code(start_emulator, tmp_path, monkeypatch):
    """The token is refused after the first question, so it is a step of a run that fails."""
    settings = settings_for(start_emulator(**SMALL_WORLD), tmp_path / "export")
    refuse_persistently(monkeypatch, "/v1/search", error=unauthorized())
    with closing(ExportRuntime(settings)) as runtime:
        export = ExportRun(runtime, strict=False, phase=lambda _name: None)
        with pytest.raises(errors.UnauthorizedError):
            export.run()


def test_a_failure_of_somebody_else_has_no_cause_of_ours():
    assert cause_of(dg.Failure("of its own accord")) is None
