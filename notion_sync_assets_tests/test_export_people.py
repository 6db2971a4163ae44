"""``output.people``: what an export leaves behind names nobody it must not name, in any format, event or table."""

import duckdb
import pyarrow.parquet as pq
import pytest
import zstandard

from notion_sync_assets.core.notion.people import pseudonym
from notion_sync_assets.emulator.blocks import paragraph
from notion_sync_assets_tests.core.sync import meadow
from notion_sync_assets_tests.core.sync.worlds import serve
from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system

EMAIL = "anna@meadow.example"


def world():
    """The meadow with a mention of Anna, and the name nowhere but where people are told."""
    made = meadow.meadow()
    user = made.get("user", meadow.ANNA)
    plain = {"plain_text": "@Anna", "href": None, "annotations": {}}
    mention = {**plain, "type": "mention", "mention": {"type": "user", "user": user}}
    for block_id in [
        each for each in made.objects["block"] if made.objects["block"][each]["type"] == "paragraph"
    ][:1]:
        made.objects["block"][block_id]["paragraph"] = {**paragraph([mention]).payload}
    return made


def everything(folder):
    """All text an export holds, also what is compressed."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        if path.suffix == ".zst":
            yield path, zstandard.ZstdDecompressor().decompress(path.read_bytes()).decode()
        elif path.suffix == ".parquet":
            yield path, str(pq.read_table(path).to_pylist())
        elif path.suffix == ".duckdb":
            yield path, tables(path)
        else:
            yield path, path.read_bytes().decode("utf-8", "replace")


def tables(path):
    with duckdb.connect(path, read_only=True) as connection:
        names = connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        return str([connection.execute(f"FROM {name}").fetchall() for (name,) in names])


def holding(folder, word):
    return [str(path.relative_to(folder)) for path, text in everything(folder) if word in text]


def test_a_pseudonym_stands_in_every_format_event_and_table(start_emulator, tmp_path):
    notion = serve(start_emulator, world())
    exporter = Exporter(tmp_path / "export", notion.url, settings={"OUTPUT__PEOPLE": "pseudonym"})
    done = exporter.call("export", "--quiet")
    assert done.code == 0, done.err
    assert holding(exporter.folder, EMAIL) == holding(exporter.folder, "Anna") == []
    places = {path.split("/")[0] for path in holding(exporter.folder, pseudonym(meadow.ANNA))}
    assert places >= {"state", "json", "html", "markdown", "csv", "parquet", "notion.duckdb"}


def test_after_the_setting_changes_the_newest_state_names_nobody(start_emulator, tmp_path):
    notion = serve(start_emulator, world())
    few = {"OUTPUT__FORMATS": "json"}
    full = Exporter(tmp_path / "export", notion.url, settings=few)
    assert full.call("export", "--quiet").code == 0
    places = {path.split("/")[0] for path in holding(full.folder, EMAIL)}
    assert places >= {"state", "json", "notion.duckdb"}
    none = Exporter(tmp_path / "export", notion.url, settings={**few, "OUTPUT__PEOPLE": "none"})
    assert none.call("export", "--quiet").code == 0
    for word in (EMAIL, "Anna"):
        assert {path.split("/")[1] for path in holding(none.folder, word)} <= {
            "documents",
            "scopes",
            "events",
        }
    first = [each for each in holding(none.folder, EMAIL) if "/scopes/" in each]
    assert first
    assert all("/000001-" in each for each in first)
