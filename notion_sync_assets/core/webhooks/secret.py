"""The secret that webhooks are signed with: the verification token of the handshake, in a file of mode 0600.

Here: reading it, keeping it once, removing it. Not here: when a handshake is taken (``intake``). Nothing replaces a
secret: whoever could make us take another one could sign events.
"""

import hmac
import os
import re
from pathlib import Path

_TOKEN = re.compile(r"[\x21-\x7e]{16,512}")
_FILE = "secret"


class WebhookSecret:
    """The secret in a folder of the state; the folder is made when something is kept in it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def read(self) -> str | None:
        """Return the secret, None while there is none."""
        try:
            return self._path.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def keep(self, token: str) -> bool:
        """Keep a token if it could be one and there is none yet, durably; tell whether it is the one kept now."""
        if not _TOKEN.fullmatch(token):
            return False
        prepare_folder(self._path.parent)
        draft = self._path.with_name(f".{_FILE}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as target:
                target.write(token)
                target.flush()
                os.fsync(target.fileno())
            # A link never replaces: of two handshakes at one moment the first one stays.
            os.link(draft, self._path)
        except FileExistsError:
            return hmac.compare_digest((self.read() or "").encode(), token.encode())
        finally:
            draft.unlink()
        return True

    def remove(self) -> bool:
        """Forget the secret; False when there was none."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True


def prepare_folder(folder: Path) -> None:
    """Make the folder of webhooks, for its owner only; an export under version control leaves it out."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="ascii")
        ignored.chmod(0o600)
