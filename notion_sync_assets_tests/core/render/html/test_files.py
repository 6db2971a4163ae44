"""Files: pictures are shown, films wait for a click, and nothing that could run is a click away."""

import pytest

from notion_sync_assets.core.render.html.files import file_link, is_active, size_text
from notion_sync_assets_tests.core.render.html.reading import read
from notion_sync_assets_tests.corpus import HOSTED, block, document, external, hosted, page, stored_file, text


def with_file(kind, name, media_type, caption=""):
    payload = {**hosted(name), "caption": [text(caption)] if caption else []}
    files = {f"{HOSTED}/{name}": stored_file(name, media_type)}
    return document(page("Files"), [block(kind, payload)], files=files)


def test_a_picture_is_shown_with_its_caption_as_words(shown):
    image = shown(with_file("image", "a.png", "image/png", "A cat")).one("img")
    assert image.attributes["alt"] == "A cat"
    assert image.attributes["src"].startswith("../../files/")
    assert image.attributes["loading"] == "lazy"


def test_a_picture_without_caption_has_its_name_as_words(shown):
    assert shown(with_file("image", "a.png", "image/png")).one("img").attributes["alt"] == "a.png"


@pytest.mark.parametrize(
    ("kind", "name", "media_type"), [("video", "a.mp4", "video/mp4"), ("audio", "a.mp3", "audio/mpeg")]
)
def test_a_film_or_sound_loads_nothing_before_it_is_played(kind, name, media_type, shown):
    player = shown(with_file(kind, name, media_type)).one(kind)
    assert player.attributes["preload"] == "none"
    assert "controls" in player.attributes
    assert player.attributes["aria-label"] == name


def test_a_drawing_with_scripts_is_an_image_and_nothing_else(shown):
    found = shown(with_file("image", "a.svg", "image/svg+xml"))
    assert found.one("img").attributes["src"].endswith(".svg")
    assert not any(href.endswith(".svg") for href in found.links)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.html", "text/html"),
        ("a.txt", "text/html; charset=utf-8"),
        ("a.HTM", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a.xml", "application/xml"),
        ("a.mhtml", "message/rfc822"),
        ("a.js", "text/javascript"),
    ],
)
def test_a_file_that_could_run_is_told_but_not_linked(name, media_type, shown):
    found = shown(with_file("file", name, media_type))
    told = found.one("span", class_="file")
    assert name in told.text
    assert told.attributes["data-file"].startswith("../../files/")
    assert not any("files/" in href for href in found.links)


def test_other_files_are_saved_under_their_name(shown):
    found = shown(with_file("file", "a.zip", "application/zip"))
    assert found.one("a", class_="file").attributes["download"] == "a.zip"


def test_a_document_for_the_browser_is_opened_in_it(shown):
    found = shown(with_file("pdf", "a.pdf", "application/pdf"))
    assert "download" not in found.one("a", class_="file").attributes


@pytest.mark.parametrize("kind", ["image", "video", "audio", "pdf", "file"])
def test_what_lives_elsewhere_is_a_link_and_never_loaded(kind, shown):
    url = "https://example.com/a.png"
    found = shown(document(page("Files"), [block(kind, {**external(url), "caption": [text("Words")]})]))
    assert url in found.links
    assert not any("example.com" in load for load in found.loads)
    assert found.one("figcaption").text == "Words"


def test_a_file_that_was_not_stored_is_named(context):
    assert (
        read(file_link(hosted("lost%20file.bin"), context())).elements[0].text
        == "lost file.bin not in this export"
    )


def test_an_address_that_is_not_allowed_is_text(context):
    made = file_link(external("javascript:alert(1)"), context())
    assert made == "javascript:alert(1)"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (5_000_000, "5.0 MB"), (None, "")],
)
def test_sizes_are_for_people(size, words):
    assert size_text(size) == words


def test_a_picture_is_not_active():
    assert not is_active(stored_file("a.png", "image/png"))
