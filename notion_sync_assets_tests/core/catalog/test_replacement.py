"""Readers in processes of their own while the catalog is replaced again and again: none meets an error or half a catalog."""

import json
import subprocess
import sys

import pytest

from notion_sync_assets_tests.corpus import document, identifier, make_scope, page, paragraph

pytestmark = pytest.mark.system

READER = """
import json, pathlib, sys, time
import duckdb

path, stop = map(pathlib.Path, sys.argv[1:])
seen, errors = set(), []
while not stop.exists():
    try:
        with duckdb.connect(path, read_only=True) as catalog:
            titles = catalog.execute("SELECT DISTINCT title FROM pages").fetchall()
            texts = catalog.execute("SELECT DISTINCT plain_text FROM blocks").fetchall()
        if titles != texts or len(titles) != 1:
            errors.append(f"{titles} beside {texts}")
        seen.add(titles[0][0])
    except Exception as error:
        errors.append(repr(error))
    time.sleep(0.01)
print(json.dumps([sorted(seen), errors]))
"""


def state(catalog, number):
    """Let all of both scopes say a number."""
    for scope in ("One", "Two"):
        ids = [identifier(f"{scope} {place}") for place in range(5)]
        pages = [document(page(str(number), id=each), [paragraph(str(number), name=each)]) for each in ids]
        make_scope(catalog.storage, pages, title=scope)
    catalog.build(anew=number % 3 == 0)


def test_four_readers_meet_whole_catalogs_only(catalog, tmp_path):
    state(catalog, 0)
    stop, path = tmp_path / "stop", catalog.storage.path("notion.duckdb")
    command = [sys.executable, "-c", READER, str(path), str(stop)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        for number in range(1, 9):
            state(catalog, number)
    finally:
        stop.touch()
        answers = [json.loads(reader.communicate(timeout=60)[0]) for reader in readers]
    for seen, errors in answers:
        assert errors == []
        assert len(seen) > 2
