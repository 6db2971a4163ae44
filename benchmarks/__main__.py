"""`python -m benchmarks [--pages N]`: requests against the minimum, and speed against a bare crawl, in one run.

The bare crawl reads the same objects with the official client, one after another, and keeps nothing: the ratio says
what commits, events and formats cost. Absolute times belong to the machine; ratios can be compared.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time

from notion_client import APIResponseError, AsyncClient

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import RunningEmulator, running_emulator


def main() -> None:
    """Run all benchmarks and print their results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    pages = parser.parse_args().pages
    results = {
        "machine": {
            "python": platform.python_version(),
            "system": platform.system(),
            "cores": os.cpu_count(),
        },
        "demo": measure(EmulatorConfig(limit=0)),
        "generated": measure(EmulatorConfig(limit=0, world="generated", pages=pages, rows=2 * pages)),
    }
    print(json.dumps(results, indent=2))


def measure(config: EmulatorConfig) -> dict[str, float]:
    """Return requests and seconds of a first export, of one without change, and of a bare crawl."""
    with running_emulator(config) as notion, tempfile.TemporaryDirectory() as folder:
        first, first_made = export(notion, folder)
        again, again_made = export(notion, folder)
        oracle = notion.control.oracle()
        bare, bare_made = bare_crawl(notion)
    least = oracle["total"] + oracle["comments"] + oracle["probes"] + len(oracle["unlisted_users"])
    return {
        "requests": first_made,
        "requests_at_least": least,
        "made_over_needed": round(first_made / least, 4),
        "requests_unchanged": again_made,
        "seconds": round(first, 2),
        "seconds_unchanged": round(again, 2),
        "bare_seconds": round(bare, 2),
        "bare_requests": bare_made,
        "seconds_over_bare": round(first / bare, 2),
    }


def export(notion: RunningEmulator, folder: str) -> tuple[float, int]:
    """Run the command line once; return seconds and requests."""
    notion.control.reset()
    variables = {
        "NOTION_TOKEN": "secret_bench",
        "NOTION_BASE_URL": notion.url,
        "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0",
    }
    command = [
        sys.executable,
        "-m",
        "notion_sync_assets",
        "export",
        "--quiet",
        "--json",
        "--output",
        f"{folder}/export",
    ]
    began = time.perf_counter()
    subprocess.run(command, env={**os.environ, **variables}, check=True, capture_output=True)
    return time.perf_counter() - began, notion.control.stats()["requests"]


def bare_crawl(notion: RunningEmulator) -> tuple[float, int]:
    """Read every page's blocks and comments with the official client alone; return seconds and requests."""
    notion.control.reset()
    began = time.perf_counter()
    asyncio.run(_read_everything(notion.url))
    return time.perf_counter() - began, notion.control.stats()["requests"]


async def _read_everything(url: str) -> None:
    async with AsyncClient(auth="secret_bench", base_url=url) as client:
        cursor = None
        while True:
            found = await client.search(**({"start_cursor": cursor} if cursor else {}))
            for item in found["results"]:
                if item["object"] == "page":
                    await _read_blocks(client, item["id"])
                    await client.comments.list(block_id=item["id"])
            cursor = found["next_cursor"]
            if not found["has_more"]:
                return


async def _read_blocks(client: AsyncClient, block_id: str) -> None:
    cursor = None
    while True:
        found = await client.blocks.children.list(block_id, **({"start_cursor": cursor} if cursor else {}))
        for block in found["results"]:
            if block["has_children"] and block["type"] not in ("child_page", "child_database"):
                try:
                    await _read_blocks(client, block["id"])
                except APIResponseError as error:
                    print(f"bare crawl: {block['type']} {type(error).__name__}", file=sys.stderr)
        cursor = found["next_cursor"]
        if not found["has_more"]:
            return


if __name__ == "__main__":
    main()
