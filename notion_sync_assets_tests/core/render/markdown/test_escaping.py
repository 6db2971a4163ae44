import pytest

from notion_sync_assets.core.render.markdown.escaping import destination, escape, is_safe_url


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("snake_case and _edges_", r"snake_case and \_edges\_"),
        ("see https://e.com/a_b?c=1 there", "see https://e.com/a_b?c=1 there"),
        ("see https://e.com/*a* there", r"see https\://e.com/\*a\* there"),
        ("www.e.com/~me x", r"www\.e.com/\~me x"),
        ("a & b &amp; c", r"a & b \&amp; c"),
    ],
)
def test_text_is_escaped_only_where_it_would_mean_something(text, markdown):
    assert escape(text) == markdown


def test_a_bare_address_is_left_alone_only_before_a_blank_or_the_end():
    assert escape("https://e.com") == r"https\://e.com"
    assert escape("https://e.com", ends=True) == "https://e.com"


def test_a_destination_holds_nothing_that_ends_it():
    assert destination('https://e.com/a b(c)|`<>"\\$é&lt;') == (
        "https://e.com/a%20b%28c%29%7C%60%3C%3E%22%5C%24é&amp;lt;"
    )


def test_a_destination_keeps_the_host_of_a_network_address():
    assert destination("http://[::1]:80/[[x]]?100%&a=%20") == "http://[::1]:80/%5B%5Bx%5D%5D?100%25&a=%20"


@pytest.mark.parametrize(
    "url", ["javascript:x", "data:,x", "file:///etc", "//host", "http://[", "java\nscript:x"]
)
def test_only_addresses_of_the_web_mail_and_telephones_are_safe(url):
    assert not is_safe_url(url)
    assert all(map(is_safe_url, ("https://e.com", "HTTP://e.com", "mailto:a@b.c", "tel:+1")))
