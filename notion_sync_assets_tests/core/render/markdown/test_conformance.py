"""What Markdown adds to the text of blocks: comments, links, front matter, tables of rows."""

import posixpath
from urllib.parse import unquote

from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.markdown.pages import page_markdown
from notion_sync_assets_tests.core.render.markdown.parsing import front_matter, tokens, visible
from notion_sync_assets_tests.corpus import (
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    make_scope,
    page,
    paragraph,
    person,
    text,
)
from notion_sync_assets_tests.corpus_recorded import NEEDS_RECORDINGS, recorded_documents


def words(text):
    return text.replace("\ufffd", " ").split()


def test_comments_and_their_authors_are_there(known):
    markdown = page_markdown(every_block_document(), "markdown/S/P.md", known())

    said = " ".join(visible(markdown).split("Comments", 1)[1].split())
    when = "Ada, 2026-05-01T08:00:00.000Z"
    assert said == f"{when} Well done {when} (in the text) See @Cleo picture.png"


@NEEDS_RECORDINGS
def test_the_front_matter_of_what_was_recorded_is_yaml(known):
    links = known()
    for whole in recorded_documents():
        assert front_matter(page_markdown(whole, "markdown/S/P.md", links))["id"] == whole.page_id


def commit(storage, title="Linked page"):
    make_scope(storage, [every_block_document(), every_mention_document()], title="Every block")
    rows = [every_property_page(), every_property_page("Other row")]
    make_scope(storage, rows, kind="data_source", title="Tasks", head=every_property_head())
    linked = page(title, id=every_property_page().page["properties"]["Related"]["relation"][0]["id"])
    make_scope(storage, [document(linked, [paragraph("x", name="anchor")])], title="Linked page")


def test_every_relative_link_leads_to_a_file_and_every_anchor_to_a_block(storage, export):
    commit(storage)
    files = export([person("Cleo")])
    checked = 0
    for path, markdown in files.items():
        for token in tokens(markdown):
            target = token.attrs.get("href") or token.attrs.get("src") or ""
            if ":" in target or not target:
                continue
            name, _, anchor = unquote(target).partition("#")
            lies = posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) if name else path
            assert lies in files or lies.startswith("files/"), (path, target)
            assert not anchor or f'<a id="{anchor}"></a>' in files[lies], (path, target)
            checked += 1
    assert checked > 20


def test_a_rename_elsewhere_changes_the_text_of_links_and_where_they_lead(storage, export):
    commit(storage)
    before = export()
    commit(storage, "New (name)")
    after = export()

    own = next(path for path in before if "/Every mention " in path)
    old_lines, new_lines = before[own].split("\n"), after[own].split("\n")
    changed = [(old, new) for old, new in zip(old_lines, new_lines, strict=True) if old != new]
    assert all("Linked%20page%20" in old and "New%20%28name%29%20" in new for old, new in changed)
    assert changed[0][1].startswith("[New (name)](../New%20%28name%29%20")
    assert len(changed) == 4


def test_the_same_state_gives_the_same_bytes(storage, export):
    commit(storage)

    assert export() == export()


def test_a_data_source_has_a_table_of_its_rows(storage, export):
    commit(storage)
    files = export()

    own = next(markdown for path, markdown in files.items() if path.count("Tasks ") == 2)
    rows = [line for line in own.split("\n") if line.startswith("| [")]
    assert {row.split("]", 1)[0] for row in rows} == {"| [Other row", "| [Every property"}
    assert "| Some **notes** |" in rows[0]
    assert plain_text(every_property_head()["data_source"]["title"]) in own.split("\n# ")[1]


def test_hostile_titles_break_neither_front_matter_nor_heading(known):
    titles = ['"]: {x', "---", "a\nb: c", "a\u2028\x85\x7fb", "# <b> #", "é\U0001f600", ""]
    for title in titles:
        whole = document(
            page(title, properties={f"key {title}": {"id": "k", "type": "number", "number": 1e20}})
        )
        markdown = page_markdown(whole, "markdown/S/P.md", known())

        front = front_matter(markdown)
        assert front["title"] == title
        assert front["properties"][f"key {title}"] == 1e20
        assert words(visible(markdown)) == (words(title.replace("\x7f", " ")) or ["Untitled"])


def test_properties_are_typed_in_front_matter(known):
    markdown = page_markdown(every_property_page(), "markdown/S/P.md", known())

    values = front_matter(markdown)["properties"]
    assert values["Amount"] == 12.5
    assert values["Done"] is True
    assert values["Tags"] == ["red", "green, or so"]
    assert values["Due"] == "2026-05-03"
    assert values["Span"]["end"] == "2026-05-04T11:30:00.000-04:00"
    assert values["Rollup array"][0] == "First item"
    assert values["Number of"] == "TASK-42"
    assert values["Later"]["depth"] == 3
    assert values["No kind"] is None
    assert values["Files"][1] == {"name": "site", "path": "https://example.com/s"}
    assert values["Notes"] == "Some notes"
    assert values["People"][0] == "Cleo"
    assert values["Related"][0]["id"]


def test_deep_trees_render(known):
    block = paragraph(text("end"), name="end")
    for level in range(60):
        block = paragraph(f"level {level}", children=[block], name=str(level))

    assert (
        visible(page_markdown(document(page("P"), [block]), "markdown/S/P.md", known())).split()[-1] == "end"
    )
