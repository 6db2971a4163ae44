"""`python -m benchmarks.rendering --pages 10000`: all formats rendered again from stored documents, no API calls.

CPU time of this process per page for all formats in one pass, as an export renders them, and for each alone (user and
system, so writing and syncing files is part of it), of the site's first and incremental build, and the peak of the resident set above what it was when rendering began; the peak of making
the pages counts, so it is an upper bound. Half of the pages are rows of a data source; a page has 30 blocks of the kinds
people use most.
"""

import argparse
import cProfile
import pstats
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from benchmarks.rendering_corpus import documents, table_head
from benchmarks.results import keep
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.publish import RenderResult, render_scope, render_together
from notion_sync_assets.core.render.site.build import build_site
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.commits import snapshot
from notion_sync_assets_tests.corpus import make_scope

_SCOPES = 10


def main() -> None:
    """Make a workspace, render it, and write down what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--profile", help="a format to profile instead of measuring")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalStorage(Path(folder) / "export")
        for number in range(_SCOPES):
            commit(storage, number, chosen.pages // _SCOPES)
        if chosen.profile:
            profile(storage, chosen.profile)
        else:
            keep("rendering", measure(storage, chosen.pages))


def commit(storage: LocalStorage, number: int, pages: int, word: str = "") -> None:
    """Store one scope; every other one is a data source."""
    title, rows = f"Scope {number}", bool(number % 2)
    made = documents(title, pages, rows=rows, word=word)
    make_scope(
        storage,
        made,
        kind="data_source" if rows else "page_tree",
        title=title,
        head=table_head(title) if rows else None,
    )


def measure(storage: LocalStorage, pages: int) -> dict[str, object]:
    """Return milliseconds of CPU per page and mebibytes."""
    baseline = psutil.Process().memory_info().rss
    took = {"link_table": cpu(lambda: build_link_table(storage, []))}
    took["five_formats"] = cpu(lambda: render_all_formats(storage))
    for form in FORMATS:
        storage.delete_tree(f"state/renders/{form}")
        storage.delete_tree(form)
        took[form] = cpu(lambda form=form: render(storage, form))
    took["site"] = cpu(lambda: build_site(storage))
    commit(storage, 1, pages // _SCOPES, word="changed")
    build_link_table(storage, [])
    render(storage, "html")
    took["site_after_one_scope"] = cpu(lambda: build_site(storage))
    per_page = {name: round(seconds * 1000 / pages, 3) for name, seconds in took.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "pages": pages,
        "cpu_ms_per_page": per_page,
        "cpu_ms_per_page_five_formats": per_page.pop("five_formats"),
        "peak_mib_above_start": round((peak - baseline) / 2**20, 1),
    }


def cpu(work: Callable[[], object]) -> float:
    """Return the seconds of CPU that some work takes in this process, threads included."""
    began = time.process_time()
    work()
    return time.process_time() - began


def render(storage: LocalStorage, form: str) -> None:
    """Render every scope in one format."""
    for key in keys(storage):
        state = snapshot(storage, key)
        assert state
        with open_slice(storage, key) as links:
            render_scope(storage, state, links, FORMATS[form], RenderOptions(storage.scratch()))


def render_all_formats(storage: LocalStorage) -> None:
    """Render every scope in all formats side by side, as an export does."""
    for key in keys(storage):
        state = snapshot(storage, key)
        assert state
        with open_slice(storage, key) as links:
            options = RenderOptions(storage.scratch())
            for outcome in render_together(storage, state, links, FORMATS.values(), options):
                assert isinstance(outcome, RenderResult), outcome


def keys(storage: LocalStorage) -> Iterator[str]:
    """Yield the scopes that have a slice of the link table."""
    for name in storage.names("state/links"):
        if not name.endswith(".backlinks.parquet"):
            yield name.removesuffix(".parquet")


def profile(storage: LocalStorage, form: str) -> None:
    """Print where the time of one format goes."""
    build_link_table(storage, [])
    running = cProfile.Profile()
    running.runcall(render, storage, form)
    pstats.Stats(running).sort_stats("tottime").print_stats(35)


if __name__ == "__main__":
    main()
