"""A render makes only the pages for which something has moved, and all of them when it cannot know."""

import pytest

from notion_sync_assets.core.render import json_pages
from notion_sync_assets.core.render.html import export as html
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import build_link_table
from notion_sync_assets.core.render.markdown import export as markdown
from notion_sync_assets_tests.core.render.rendering import render_all, tree
from notion_sync_assets_tests.corpus import document, identifier, make_scope, mention, page, paragraph, text

FORMS = ("json", "markdown", "html")
ABOUT = {"Target", "Linking", "Mentioning", "Alone"}


@pytest.fixture
def made(monkeypatch):
    """Return the set that collects ``(format, title)`` of every page that is made."""
    found = set()

    def watch(module, form, name, at):
        whole = getattr(module, name)

        def noted(*arguments):
            found.add((form, arguments[at].page["properties"]["title"]["title"][0]["plain_text"]))
            return whole(*arguments)

        monkeypatch.setattr(module, name, noted)

    watch(json_pages, "json", "_page", 1)
    watch(markdown, "markdown", "_page", 3)
    watch(html, "html", "_made", 3)
    return found


def save(storage, *, target="Target", said="said", link=False, extra=()):
    """Commit four pages; ``link``: one of them leads to a block of another."""
    to_block = f"/{identifier('Target')}#{identifier('said')}".replace("-", "") if link else None
    pages = [
        document(page(target, id=identifier("Target")), [paragraph(said, name="said")]),
        document(page("Linking"), [paragraph(text("see", link=to_block))]),
        document(page("Mentioning"), [paragraph(mention("page", {"id": identifier("Target")}, "as read"))]),
        document(page("Alone"), [paragraph("of nothing else")]),
        *extra,
    ]
    return make_scope(storage, pages, title="Scope").commit.scope


def test_a_first_render_makes_every_page(storage, made):
    save(storage)
    render_all(storage, forms=FORMS)
    assert made == {(form, title) for form in FORMS for title in ABOUT}


def test_an_edit_makes_the_page_itself(storage, made):
    save(storage)
    render_all(storage, forms=FORMS)
    made.clear()
    save(storage, said="more")
    render_all(storage, forms=FORMS)
    assert made == {(form, "Target") for form in FORMS}


def test_a_rename_makes_the_pages_that_show_the_name(storage, made):
    save(storage)
    render_all(storage, forms=FORMS)
    made.clear()
    save(storage, target="Renamed")
    render_all(storage, forms=FORMS)
    # The first page of a tree without a root of its own gives the scope no name: only these two show this one.
    assert made == {(form, title) for form in FORMS for title in ("Renamed", "Mentioning")}


def test_a_new_link_makes_the_page_it_leads_to_where_that_shows(storage, made):
    save(storage)
    render_all(storage, forms=FORMS)
    made.clear()
    save(storage, link=True)
    render_all(storage, forms=FORMS)
    assert made == {*((form, "Linking") for form in FORMS), ("markdown", "Target"), ("html", "Target")}


def test_another_page_makes_no_page_but_itself(storage, made):
    save(storage)
    render_all(storage, forms=FORMS)
    made.clear()
    save(storage, extra=[document(page("More"), [])])
    render_all(storage, forms=FORMS)
    assert made == {(form, "More") for form in FORMS}


def test_after_an_interrupted_render_every_page_is_made(storage, made):
    key = save(storage)
    render_all(storage, forms=FORMS)
    whole = tree(storage)
    made.clear()
    for form in FORMS:
        storage.append(f"state/renders/{form}/{key}.claims", b"\n", durable=True)
    render_all(storage, forms=FORMS)
    assert made == {(form, title) for form in FORMS for title in ABOUT}
    assert tree(storage) == whole


def test_other_options_make_every_page(storage, made):
    save(storage)
    render_all(storage, forms=FORMS)
    made.clear()
    render_all(storage, forms=FORMS, markdown_dialect="obsidian")
    assert {form for form, _ in made} == {*FORMS}
    assert len(made) == len(FORMS) * len(ABOUT)


def test_questions_are_recorded_and_answered_as_they_were(storage):
    key = save(storage, link=True)
    build_link_table(storage, [])
    target = identifier("Target")
    with open_slice(storage, key) as links:
        with links.recorded() as asked:
            links.entry(target)
            links.user("nobody")
            links.backlinks(target)
            links.anchors(target)
        links.entry(identifier("Alone"))
        assert asked == {f"entry:{target}", "user:nobody", f"backlinks:{target}", f"anchors:{target}"}
        before = {question: links.answer(question) for question in asked}
    save(storage, target="Renamed", link=True)
    build_link_table(storage, [])
    with open_slice(storage, key) as links:
        moved = {question for question, answer in before.items() if links.answer(question) != answer}
    assert moved == {f"entry:{target}"}
