"""Equations: MathML from an allow-list, TeX where that is not to be had."""

import pytest

from notion_sync_assets.core.render.html import equations
from notion_sync_assets.core.render.html.equations import equation
from notion_sync_assets_tests.core.render.html.reading import read


def test_an_equation_is_mathml():
    found = read(equation("e=mc^2", block=True))
    assert found.one("math").attributes == {"display": "block"}
    assert found.all("msup")


@pytest.mark.parametrize("odd", ["\\frac{", "\\begin{matrix}", "^", "x" * 5000])
def test_what_the_converter_cannot_read_is_shown_as_tex(odd):
    found = read(equation(odd))
    assert odd in "".join(each.text for each in found.elements)


@pytest.mark.parametrize(
    "made",
    [
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><script>alert(1)</script></math>',
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><annotation-xml><p/></annotation-xml></math>',
        "not xml <",
    ],
)
def test_nothing_but_presentation_gets_through(made, monkeypatch):
    monkeypatch.setattr(equations, "convert", lambda *_, **__: made)
    assert equation(f"x{hash(made)}") == f'<code class="tex">x{hash(made)}</code>'


def test_attributes_that_do_something_are_dropped(monkeypatch):
    made = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi href="javascript:x" onclick="x" mathvariant="bold">a</mi></math>'
    monkeypatch.setattr(equations, "convert", lambda *_, **__: made)
    assert read(equation("attributes")).one("mi").attributes == {"mathvariant": "bold"}
