"""notionfs: its command line clones what stands at the top of the workspace, one by one."""

import subprocess
import sys

from pages import given, one_by_one

targets, output = given()


def clone(identifier: str) -> None:
    """Clone one page or database with all that is below it."""
    command = [sys.executable, "-m", "notionfs", "clone", identifier, "--path", str(output / identifier)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        lines = [line for line in (made.stderr or made.stdout).splitlines() if line.strip()]
        raise RuntimeError(lines[-1] if lines else f"exit code {made.returncode}")


sys.exit(one_by_one([*targets["roots"], *targets["databases"]], clone))
