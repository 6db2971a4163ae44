"""The media types an export names, and the bytes some of them begin with.

Belongs here: tables. Does not belong here: how they are used (`media_type`). The first extension of a type is the
one its files get; the first type of a family is what is said when nothing more is known.
"""

Family = dict[str, tuple[str, ...]]

UNKNOWN = "application/octet-stream"
OOXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
ZIP = "application/zip"
OLE = "application/x-ole-storage"

TEXTS: Family = {
    "text/plain": ("txt", "text", "log"),
    "text/csv": ("csv",),
    "text/tab-separated-values": ("tsv",),
    "text/markdown": ("md", "markdown"),
    "text/html": ("html", "htm"),
    "text/css": ("css",),
    "text/javascript": ("js", "mjs"),
    "text/calendar": ("ics",),
    "text/vcard": ("vcf",),
    "text/vtt": ("vtt",),
    "text/x-python": ("py",),
    "application/json": ("json",),
    "application/jsonl": ("jsonl", "ndjson"),
    "application/geo+json": ("geojson",),
    "application/xml": ("xml",),
    "application/yaml": ("yaml", "yml"),
    "application/toml": ("toml",),
    "application/sql": ("sql",),
    "application/rtf": ("rtf",),
    "application/x-subrip": ("srt",),
    "application/x-tex": ("tex",),
    "image/svg+xml": ("svg",),
    "message/rfc822": ("eml",),
}
ZIPPED: Family = {
    ZIP: ("zip",),
    f"{OOXML}.wordprocessingml.document": ("docx",),
    f"{OOXML}.spreadsheetml.sheet": ("xlsx",),
    f"{OOXML}.presentationml.presentation": ("pptx",),
    f"{ODF}.text": ("odt",),
    f"{ODF}.spreadsheet": ("ods",),
    f"{ODF}.presentation": ("odp",),
    "application/epub+zip": ("epub",),
    "application/java-archive": ("jar",),
    "application/vnd.android.package-archive": ("apk",),
    "application/vnd.google-earth.kmz": ("kmz",),
    "application/vnd.apple.pages": ("pages",),
    "application/vnd.apple.numbers": ("numbers",),
    "application/vnd.apple.keynote": ("key",),
}
COMPOUND: Family = {
    OLE: (),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.ms-powerpoint": ("ppt",),
    "application/vnd.ms-outlook": ("msg",),
}
BINARIES: Family = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/bmp": ("bmp",),
    "image/tiff": ("tif", "tiff"),
    "image/heic": ("heic", "heif"),
    "image/avif": ("avif",),
    "image/x-icon": ("ico",),
    "image/vnd.adobe.photoshop": ("psd",),
    "application/pdf": ("pdf",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
    "video/x-matroska": ("mkv",),
    "video/x-msvideo": ("avi",),
    "video/3gpp": ("3gp",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "audio/wav": ("wav",),
    "audio/aiff": ("aiff", "aif"),
    "audio/aac": ("aac",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/flac": ("flac",),
    "audio/midi": ("mid", "midi"),
    "font/woff": ("woff",),
    "font/woff2": ("woff2",),
    "application/gzip": ("gz", "tgz"),
    "application/x-7z-compressed": ("7z",),
    "application/vnd.rar": ("rar",),
    "application/x-tar": ("tar",),
    "application/x-bzip2": ("bz2",),
    "application/x-xz": ("xz",),
    "application/zstd": ("zst",),
    "application/vnd.sqlite3": ("sqlite", "db"),
    "application/vnd.apache.parquet": ("parquet",),
    "application/wasm": ("wasm",),
}
KNOWN = TEXTS | ZIPPED | COMPOUND | BINARIES
ALIASES = {
    "image/jpg": "image/jpeg",
    "image/heif": "image/heic",
    "image/vnd.microsoft.icon": "image/x-icon",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "application/javascript": "text/javascript",
    "application/x-zip-compressed": ZIP,
    "application/ogg": "audio/ogg",
    "application/x-yaml": "application/yaml",
    "text/yaml": "application/yaml",
    "text/xml": "application/xml",
    "text/rtf": "application/rtf",
    "text/x-markdown": "text/markdown",
}
# (offset, bytes) that a file has at its beginning.
SIGNATURES = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"8BPS\x00\x01", "image/vnd.adobe.photoshop"),
    (0, b"\x00\x00\x01\x00", "image/x-icon"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"{\\rtf1", "application/rtf"),
    (0, b"ID3\x02", "audio/mpeg"),
    (0, b"ID3\x03", "audio/mpeg"),
    (0, b"ID3\x04", "audio/mpeg"),
    (0, b"OggS\x00", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"MThd\x00\x00\x00\x06", "audio/midi"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (4, b"1AY&SY", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"PAR1\x15", "application/vnd.apache.parquet"),
    (0, b"\x00asm", "application/wasm"),
    (257, b"ustar", "application/x-tar"),
)
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
# Brands of the ISO media container; all others that begin a file with `ftyp` are taken for MP4.
BRANDS = (
    (b"qt  ", "video/quicktime"),
    (b"M4A", "audio/mp4"),
    (b"M4B", "audio/mp4"),
    (b"hei", "image/heic"),
    (b"hev", "image/heic"),
    (b"mif1", "image/heic"),
    (b"msf1", "image/heic"),
    (b"avi", "image/avif"),
    (b"3g", "video/3gpp"),
)
