"""Equations as MathML, which browsers show without any script.

Here: TeX in, markup out, with the TeX beside it as an annotation. Not here: where equations stand. The converter's
output is rebuilt from an allow-list of elements and attributes; what it cannot read is shown as TeX.
"""

from functools import lru_cache
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert
from markupsafe import Markup

from notion_sync_assets.core.render.html.markup import element, joined

_LONGEST = 2000
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
        "mover",
        "munder",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mstyle",
        "mpadded",
        "mphantom",
        "menclose",
        "mmultiscripts",
        "mprescripts",
        "none",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "display",
        "mathvariant",
        "stretchy",
        "fence",
        "separator",
        "lspace",
        "rspace",
        "width",
        "height",
        "depth",
        "linethickness",
        "displaystyle",
        "scriptlevel",
        "columnalign",
        "rowspacing",
        "columnspacing",
        "columnlines",
        "rowlines",
        "accent",
        "accentunder",
        "form",
        "minsize",
        "maxsize",
        "movablelimits",
        "notation",
        "largeop",
        "symmetric",
    ]
)


@lru_cache(1024)
def equation(expression: str, *, block: bool = False) -> Markup:
    """Return an equation; ``block`` gives it a line of its own."""
    made = _mathml(expression, "block" if block else "inline") if len(expression) <= _LONGEST else None
    return made or element("code", expression, class_="tex")


def _mathml(expression: str, display: str) -> Markup | None:
    try:
        root = ET.fromstring(convert(expression, display=display))  # noqa: S314 - our converter's output
        inner = joined(_clean(child) for child in root)
    except Exception:  # noqa: BLE001 - the converter raises whatever its input makes it raise
        return None
    annotation = element("annotation", expression, encoding="application/x-tex")
    semantics = element("semantics", element("mrow", inner), annotation)
    return element("math", semantics, display=display)


def _clean(node: ET.Element) -> Markup:
    name = node.tag.removeprefix(_NAMESPACE)
    if name not in _ELEMENTS:
        raise ValueError(f"{name} is no element of MathML's presentation")
    kept = {key: value for key, value in node.attrib.items() if key in _ATTRIBUTES}
    content = [node.text or "", *(_clean(child) for child in node)]
    return element(name, *content, **kept)
