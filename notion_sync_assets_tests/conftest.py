"""Fixtures every test may use: a local Notion over HTTP, the folder of recorded objects, a clean environment."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import RunningEmulator, running_emulator
from notion_sync_assets_tests.corpus_recorded import WHY_WITHOUT

if TYPE_CHECKING:
    from notion_sync_assets_tests.object_store import ObjectStore

# How long an example takes is the machine's business.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")

_SHARED = Path(__file__).resolve().parents[2] / "shared"


# What a shell or supervisor began in the background may ignore the signals that some tests send to processes.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGTERM) is signal.SIG_IGN:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one of them at the end."""
    items.sort(key=lambda item: item.path.parent.name not in ("processes", "system"))


@pytest.fixture(scope="session")
def user_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's state folder, which holds the shared budget of requests; no test touches the real one."""
    return tmp_path_factory.mktemp("user-state")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, user_state: Path) -> None:
    """No variable of the machine changes what a test sees."""
    for name in (
        "NOTION_TOKEN",
        "NOTION_BASE_URL",
        "NOTION_SYNC_CONFIG",
        "NOTION_SYNC_STATE_DIR",
        "DAGSTER_HOME",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(user_state))


@pytest.fixture
def start_emulator() -> Iterator[Callable[..., RunningEmulator]]:
    """Start local Notions with given options; all end with the test. By default without a rate limit."""
    with ExitStack() as stack:

        def start(**options) -> RunningEmulator:
            return stack.enter_context(running_emulator(EmulatorConfig(**{"limit": 0, **options})))

        yield start


@pytest.fixture(scope="session")
def object_store() -> Iterator["ObjectStore"]:
    """An S3-compatible server on loopback, one for all tests of a process; each makes a bucket of its own."""
    from notion_sync_assets_tests.object_store import running_object_store

    with running_object_store() as running:
        yield running


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder with recorded objects and the replay server, which only some machines have."""
    if not _SHARED.is_dir():
        pytest.skip(WHY_WITHOUT)
    return _SHARED
