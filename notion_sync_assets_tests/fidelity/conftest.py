"""One export of the planted workspace for all tests of this folder."""

import pytest

from notion_sync_assets_tests.fidelity.exported import exported_world


@pytest.fixture(scope="session")
def exported(tmp_path_factory, user_state):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(user_state))
        with exported_world(tmp_path_factory.mktemp("planted") / "export") as made:
            yield made
