"""Media types: the content decides, claims choose among what fits."""

import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notion_sync_assets.core.notion.media_type import HEAD_BYTES, MediaType, detect
from notion_sync_assets.core.notion.media_type_tables import ALIASES, BINARIES, COMPOUND, KNOWN, TEXTS, ZIPPED


def kind(content, content_type="", name=""):
    return detect(content[:HEAD_BYTES], size=len(content), content_type=content_type, name=name)


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, name.removeprefix("stored:"))
    return content.getvalue()


def odf(media_type):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", media_type)
        archive.writestr("content.xml", "<x/>")
    return content.getvalue()


def box(brand):
    return b"\x00\x00\x00\x18ftyp" + brand + bytes(12)


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0....JFIF", "jpg"),
        (b"GIF89a....", "gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "wav"),
        (b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00", "bmp"),
        (b"II*\x00....", "tif"),
        (b"%PDF-1.7\n....", "pdf"),
        (box(b"isom"), "mp4"),
        (box(b"mp42"), "mp4"),
        (box(b"qt  "), "mov"),
        (box(b"M4A "), "m4a"),
        (box(b"heic"), "heic"),
        (box(b"avif"), "avif"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "webm"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "mkv"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00", "mp3"),
        (b"\xff\xfb\x90\x64" + bytes(50), "mp3"),
        (b"\xff\xf1\x50\x80" + bytes(50), "aac"),
        (b"OggS\x00\x02....", "ogg"),
        (b"fLaC....", "flac"),
        (b"FORM....AIFF", "aiff"),
        (b"\x1f\x8b\x08....", "gz"),
        (bytes(257) + b"ustar\x0000", "tar"),
        (b"{\\rtf1\\ansi}", "rtf"),
        (zipped("notes.txt"), "zip"),
        (zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "docx"),
        (zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), "xlsx"),
        (zipped("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"), "pptx"),
        (odf("application/vnd.oasis.opendocument.text"), "odt"),
        (odf("application/epub+zip"), "epub"),
        (odf("application/x-something"), "zip"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "svg"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a --><!DOCTYPE svg [<!ENTITY x "y">]>\n<svg/>', "svg"),
        (b"<!-- page -->\n<!doctype HTML>\n<p>", "html"),
        (b"<html lang='en'>", "html"),
        (b"<?xml version='1.0'?><feed/>", "xml"),
        (b'{"a": [1, 2]}\n', "json"),
        (b"Plain words.\n", "txt"),
        ("Grüße\n".encode(), "txt"),
        ("Grüße\n".encode("utf-16"), "txt"),
        (b"BM is short for benchmark", "txt"),
        (b"ID3 is a decision tree", "txt"),
        (b"{not json}", "txt"),
        (b"\x00\x01\x02\x03nothing known", ""),
        (b"latin-1: \xe9t\xe9", "txt"),
    ],
)
def test_the_content_tells(content, extension):
    assert kind(content).extension == extension


@pytest.mark.parametrize(
    ("content", "content_type", "name", "extension"),
    [
        (b"a,b\n1,2\n", "text/csv; charset=utf-8", "x.txt", "csv"),
        (b"a,b\n1,2\n", "text/plain", "x.csv", "csv"),
        (b"a,b\n1,2\n", "binary/octet-stream", "X.CSV", "csv"),
        (b"# Title\n", "", "notes.md", "md"),
        ("이름,값\n".encode("cp949"), "", "표.csv", "csv"),
        (b"", "", "empty.csv", "csv"),
        (b"", "image/png", "", "png"),
        (zipped("a.class"), "application/octet-stream", "tool.jar", "jar"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/msword", "", "doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "", "old.xls", "xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "", "old.png", ""),
        (b"\x00\x01 unknown", "audio/x-m4a", "", "m4a"),
    ],
)
def test_claims_choose_among_what_fits(content, content_type, name, extension):
    assert kind(content, content_type, name).extension == extension


@pytest.mark.parametrize(
    ("content", "content_type", "name", "extension"),
    [
        (b"\x89PNG\r\n\x1a\n", "text/html", "page.html", "png"),
        (b"just words", "image/png", "picture.png", "txt"),
        (zipped("a.txt"), "text/html", "page.html", "zip"),
        (b"\x00\x01 unknown", "text/html", "page.html", ""),
        (b"\x00\x01 unknown", "", "program.exe", ""),
        (b"\x00\x01 unknown", "", "a./../../x", ""),
    ],
)
def test_claims_that_do_not_fit_are_not_believed(content, content_type, name, extension):
    assert kind(content, content_type, name).extension == extension


def test_a_type_that_is_not_in_the_table_is_kept_without_an_extension():
    assert kind(b"\x00\x01", "Application/X-Blueprint; v=1") == MediaType("application/x-blueprint", "")


def test_a_header_that_is_no_media_type_is_ignored():
    assert kind(b"\x00\x01", "<script>/x").media_type == "application/octet-stream"


def test_a_character_cut_at_the_end_of_the_head_does_not_hide_a_text():
    content = b"x" + "文".encode() * HEAD_BYTES
    assert kind(content).media_type == "text/plain"


def test_json_larger_than_the_head_needs_its_name():
    content = b'["' + b"x" * HEAD_BYTES + b'"]'
    assert (kind(content).extension, kind(content, name="a.json").extension) == ("txt", "json")


@pytest.mark.parametrize(
    "hostile", [b"<!---->", b"<!--", b"<?", b"<!doctype svg[", b"[", b"PK\x03\x04", b" "]
)
def test_hostile_content_costs_no_time(hostile):
    content = (hostile * HEAD_BYTES)[:HEAD_BYTES]
    started = time.process_time()
    kind(content)
    assert time.process_time() - started < 1


@settings(max_examples=60)
@given(st.binary(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_the_extension_is_always_from_the_table(content, content_type, name):
    found = kind(content, content_type, name)
    assert found == kind(content, content_type, name)
    assert found.extension in {"", *(extensions[0] for extensions in KNOWN.values() if extensions)}


def test_the_tables_agree_with_each_other():
    extensions = [extension for group in KNOWN.values() for extension in group]
    assert len(extensions) == len(set(extensions))
    assert all(
        extension.isalnum() and extension.islower() and len(extension) <= 8 for extension in extensions
    )
    assert len(KNOWN) == sum(map(len, (TEXTS, ZIPPED, COMPOUND, BINARIES)))
    assert set(ALIASES.values()) <= set(KNOWN)
    assert not set(ALIASES) & set(KNOWN)
