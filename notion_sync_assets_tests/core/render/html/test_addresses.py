"""Addresses inside the export."""

import posixpath

import pytest

from notion_sync_assets.core.render.html.addresses import relative


@pytest.mark.parametrize(
    ("target", "source", "expected"),
    [
        ("html/a/x.html", "html/a/y.html", "x.html"),
        ("html/b/x.html", "html/a/y.html", "../b/x.html"),
        ("files/ab/abc.png", "html/a/y.html", "../../files/ab/abc.png"),
        ("html/a/x.html", "html/index.html", "a/x.html"),
        ("html/a/x.html", "html/a/x.html", "x.html"),
        ("files/ab/a b#c.png", "html/a/y.html", "../../files/ab/a%20b%23c.png"),
    ],
)
def test_a_file_is_named_from_another(target, source, expected):
    assert relative(target, source) == expected
    assert (
        "%" in expected or posixpath.normpath(posixpath.join(posixpath.dirname(source), expected)) == target
    )
