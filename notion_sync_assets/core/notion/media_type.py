"""What kind of file some bytes are.

Belongs here: `detect`. Does not belong here: the tables (`media_type_tables`), reading files.

The content decides. Where it leaves several answers (any text; the zip and OLE containers of office programs; bytes
nobody knows), the host's Content-Type and then the extension of the name choose among those that fit; so a claim can
make a text a CSV, but never a picture a web page. The extension always comes from the table, never from a name.

Own tables instead of a library, after trying: `puremagic` 2.2 takes any zip for a .docx, an MP3 for a .koz and a text
that begins with `BM` for a picture; `filetype` knows no text formats and has had no release since 2022; the standard
`mimetypes` reads the system's files, so the same bytes would be named differently on two machines.
"""

import re
from dataclasses import dataclass

import orjson

from notion_sync_assets.core.notion.media_type_tables import (
    ALIASES,
    BRANDS,
    COMPOUND,
    KNOWN,
    OLE,
    OOXML,
    RIFF,
    SIGNATURES,
    TEXTS,
    UNKNOWN,
    ZIP,
    ZIPPED,
    Family,
)

HEAD_BYTES = 65_536


@dataclass(frozen=True)
class MediaType:
    """`media_type` in lower case without parameters; `extension` without dot, empty when the type is not known."""

    media_type: str
    extension: str


_OFFICE_FOLDERS = {
    b"word/": f"{OOXML}.wordprocessingml.document",
    b"xl/": f"{OOXML}.spreadsheetml.sheet",
    b"ppt/": f"{OOXML}.presentationml.presentation",
}
_ZIP_ENTRY = b"PK\x03\x04"
_ZIP_MIMETYPE = re.compile(rb"PK\x03\x04.{26}mimetype(application/[a-z.+-]+)", re.DOTALL)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
# Atomic groups: hostile nesting of comments must not cost more than one pass.
_PROLOGUE = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!doctype\s+svg[^>\[]*(?:\[.*?\]\s*)?>)*+", re.DOTALL | re.IGNORECASE
)
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_TEXT_CONTROLS = frozenset("\t\n\r\f\x1b")


def detect(head: bytes, *, size: int, content_type: str = "", name: str = "") -> MediaType:
    """Return the media type of a file from its first `HEAD_BYTES` bytes, its size, and what is claimed of it.

    `content_type` is the header's value, `name` the file's; both may be empty, wrong or hostile.
    """
    found = _from_signature(head)
    if found == ZIP:
        found = _from_zip(head) or _claimed(ZIPPED, content_type, name) or ZIP
    elif found == OLE:
        found = _claimed(COMPOUND, content_type, name) or OLE
    elif found is None:
        found = _from_text(head, size, content_type, name) or _from_claims(content_type, name)
    extensions = KNOWN.get(found) or ("",)
    return MediaType(found, extensions[0])


def _from_signature(head: bytes) -> str | None:
    for offset, signature, media_type in SIGNATURES:
        if head.startswith(signature, offset):
            return media_type
    if head.startswith((_ZIP_ENTRY, b"PK\x05\x06")):
        return ZIP
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return OLE
    return _from_container(head)


def _from_container(head: bytes) -> str | None:
    if head.startswith(b"RIFF"):
        return RIFF.get(head[8:12])
    if head.startswith(b"FORM") and head[8:12] in {b"AIFF", b"AIFC"}:
        return "audio/aiff"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return next((kind for mark, kind in BRANDS if brand.startswith(mark)), "video/mp4")
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "image/bmp"
    return _from_audio_frame(head)


def _from_audio_frame(head: bytes) -> str | None:
    """MPEG audio without a tag begins with a frame: eleven bits of sync, then version, layer and rates."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - bits of the frame header
        return None
    if head[1] & 0xF6 == 0xF0:  # noqa: PLR2004 - sync of ADTS, layer 0
        return "audio/aac"
    is_layer_3 = head[1] & 0x06 == 0x02  # noqa: PLR2004
    has_rates = head[2] & 0xF0 not in {0x00, 0xF0} and head[2] & 0x0C != 0x0C  # noqa: PLR2004
    return "audio/mpeg" if is_layer_3 and has_rates else None


def _from_zip(head: bytes) -> str | None:
    """The office format whose folder an early entry is in, or the type an ODF or EPUB file states first."""
    stated = _ZIP_MIMETYPE.match(head)
    if stated:
        media_type = stated[1].decode("ascii")
        return media_type if media_type in ZIPPED else None
    at = head.find(_ZIP_ENTRY)
    while at >= 0:
        entry = head[at + 30 : at + 40]
        for folder, media_type in _OFFICE_FOLDERS.items():
            if entry.startswith(folder):
                return media_type
        at = head.find(_ZIP_ENTRY, at + 4)
    return None


def _from_text(head: bytes, size: int, content_type: str, name: str) -> str | None:
    text = _decoded(head)
    if text is None:
        return None
    body = _PROLOGUE.sub("", text, count=1)
    if body[:4].lower() == "<svg":
        return "image/svg+xml"
    if _HTML.match(body):
        return "text/html"
    claimed = _claimed(TEXTS, content_type, name)
    if claimed or not head:
        return claimed
    if text.lstrip().startswith("<?xml"):
        return "application/xml"
    return "application/json" if size == len(head) and _is_json(head) else "text/plain"


def _decoded(head: bytes) -> str | None:
    """The head as text, None when it is not: UTF-8, UTF-16 with its mark, or an older encoding.

    What an older encoding means is not asked: tables from spreadsheets come in many. No text in any of them has
    control characters, and hardly anything else lacks them.
    """
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(encoding, errors="replace")
    return text if all(c.isprintable() or c in _TEXT_CONTROLS or c > "\x9f" for c in text) else None


def _is_json(data: bytes) -> bool:
    try:
        return isinstance(orjson.loads(data), dict | list)
    except orjson.JSONDecodeError:
        return False


def _claimed(fitting: Family, content_type: str, name: str) -> str | None:
    """The first claim that fits and says more than the family does: the header's, then the name's."""
    general = next(iter(fitting))
    for claim in (_of_header(content_type), _of_name(name)):
        if claim in fitting and claim != general:
            return claim
    return None


def _from_claims(content_type: str, name: str) -> str:
    """A claim about bytes that say nothing themselves; they are no text, no picture, no archive that is known."""
    for claim in (_of_header(content_type), _of_name(name)):
        if claim and claim not in TEXTS and claim not in ZIPPED and not claim.startswith("text/"):
            return claim
    return UNKNOWN


def _of_header(content_type: str) -> str | None:
    value = content_type.split(";", 1)[0].strip().lower()
    value = ALIASES.get(value, value)
    generic = value in {UNKNOWN, "binary/octet-stream"}
    return value if _MEDIA_TYPE.fullmatch(value) and not generic else None


def _of_name(name: str) -> str | None:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    return next((kind for kind, extensions in KNOWN.items() if extension in extensions), None)
