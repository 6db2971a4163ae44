"""Small valid files by extension, a pure function of id, name and size. Signing and serving are in `files.py`."""

import base64
import hashlib
import io
import struct
import zipfile
import zlib

TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "zip": "application/zip",
}
_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////"
    "////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
_GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def content_type(name: str) -> str:
    """The media type of a file by its extension."""
    return TYPES.get(_extension(name), "application/octet-stream")


def content(file_id: str, name: str, size: int = 0) -> bytes:
    """The bytes of a file; at least `size` of them, the filling comes after the valid part."""
    made = _MAKERS.get(_extension(name), _plain)(file_id.encode())
    if len(made) >= size:
        return made
    filling = hashlib.sha256(file_id.encode()).digest()
    return made + (filling * ((size - len(made)) // len(filling) + 1))[: size - len(made)]


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _png(tag: bytes) -> bytes:
    pixels = b"".join(b"\0" + hashlib.sha256(tag + bytes([row])).digest()[:24] for row in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"tEXt", b"Comment\0" + tag),
        (b"IDAT", zlib.compress(pixels)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, data) for kind, data in chunks)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _jpeg(tag: bytes) -> bytes:
    return _JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(tag) + 2) + tag + _JPEG[2:]


def _gif(tag: bytes) -> bytes:
    return _GIF[:-1] + b"\x21\xfe" + bytes([len(tag)]) + tag + b"\0;"


def _svg(tag: bytes) -> bytes:
    desc = b"<desc>" + tag + b"</desc>"
    return (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">'
        + desc
        + b'<rect width="8" height="8"/></svg>'
    )


def _pdf(tag: bytes) -> bytes:
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
    ]
    body, offsets = b"%PDF-1.4\n%" + tag + b"\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += b"%d 0 obj" % number + part + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    tail = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 4\n0000000000 65535 f \n" + table + tail


def _mp4(tag: bytes) -> bytes:
    return b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2" + struct.pack(">I", 8 + len(tag)) + b"free" + tag


def _mp3(tag: bytes) -> bytes:
    return b"ID3\x04\0\0\0\0\0" + bytes([len(tag)]) + tag + b"\xff\xfb\x90\0" + b"\0" * 413


def _zip(tag: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo("contents.txt"), tag)
    return held.getvalue()


def _csv(tag: bytes) -> bytes:
    return b"part,quantity\nbearing,12\n" + tag + b",1\n"


def _html(tag: bytes) -> bytes:
    return b"<!doctype html><title>A file</title><p>" + tag + b"</p>\n"


def _plain(tag: bytes) -> bytes:
    return b"A file of the emulated workspace.\n" + tag + b"\n"


_MAKERS = {
    "png": _png,
    "jpg": _jpeg,
    "jpeg": _jpeg,
    "gif": _gif,
    "svg": _svg,
    "pdf": _pdf,
    "mp4": _mp4,
    "mp3": _mp3,
    "zip": _zip,
    "csv": _csv,
    "html": _html,
}
