"""Rows on disk that are gone when they are closed."""

import sqlite3
import threading
from contextlib import closing

import psutil

from notion_sync_assets.core.temporary_rows import temporary_rows

MEGABYTE = 1024 * 1024


def test_many_rows_take_no_memory():
    with closing(temporary_rows()) as rows:
        rows.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, content)")
        process = psutil.Process()
        before = process.memory_info().rss
        rows.executemany("INSERT INTO kept VALUES (?, ?)", ((each, b"x" * 1024) for each in range(24 * 1024)))
        assert process.memory_info().rss - before < 8 * MEGABYTE
        assert rows.execute("SELECT count(*), sum(length(content)) FROM kept").fetchone() == (
            24 * 1024,
            24 * MEGABYTE,
        )


def test_another_thread_may_use_them_only_when_that_was_said():
    refused = []

    def ask(rows):
        try:
            rows.execute("SELECT 1")
        except sqlite3.ProgrammingError:
            refused.append(rows)

    with closing(temporary_rows()) as own, closing(temporary_rows(any_thread=True)) as everybodys:
        for rows in (own, everybodys):
            thread = threading.Thread(target=ask, args=(rows,))
            thread.start()
            thread.join()
        assert refused == [own]
