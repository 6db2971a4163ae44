"""The secret: kept once, for its owner only, replaced by nobody."""

import stat

import pytest

from notion_sync_assets.core.webhooks.secret import WebhookSecret

TOKEN = "secret_" + "a" * 40


def test_it_is_kept_for_its_owner_only_and_out_of_version_control(tmp_path):
    secret = WebhookSecret(tmp_path / "state" / "webhooks")
    assert secret.read() is None
    assert secret.keep(TOKEN)
    assert secret.read() == TOKEN
    folder = tmp_path / "state" / "webhooks"
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "secret"]


def test_another_token_does_not_replace_it_and_the_same_one_is_no_news(tmp_path):
    secret = WebhookSecret(tmp_path)
    secret.keep(TOKEN)
    assert not secret.keep("secret_" + "b" * 40)
    assert secret.keep(TOKEN)
    assert secret.read() == TOKEN


@pytest.mark.parametrize("odd", ["", "short", "secret with spaces in it", "x" * 600, "secret_\n" + "a" * 30])
def test_what_cannot_be_a_token_is_not_kept(tmp_path, odd):
    secret = WebhookSecret(tmp_path)
    assert not secret.keep(odd)
    assert secret.read() is None


def test_it_can_be_forgotten(tmp_path):
    secret = WebhookSecret(tmp_path)
    assert not secret.remove()
    secret.keep(TOKEN)
    assert secret.remove()
    assert secret.read() is None
