"""Reading a page as a person and a browser do: visible text, elements by id, what is linked, what is loaded.

Here: one parser for the tests of HTML. An equation reads as its TeX, which is beside it.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "source"))
LOADS = {
    "img": "src",
    "script": "src",
    "link": "href",
    "video": "src",
    "audio": "src",
    "iframe": "src",
    "object": "data",
    "embed": "src",
    "source": "src",
}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""
    parents: tuple[str, ...] = ()


@dataclass
class Page:
    elements: list[Element] = field(default_factory=list)

    def all(self, tag, **attributes):
        """Elements with a tag and the given attributes (``class_``: one of its classes)."""
        name = attributes.pop("class_", None)
        return [
            each
            for each in self.elements
            if each.tag == tag
            and (name is None or name in each.attributes.get("class", "").split())
            and all(each.attributes.get(key) == value for key, value in attributes.items())
        ]

    def one(self, tag, **attributes):
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def by_id(self):
        return {each.attributes["id"]: each for each in self.elements if each.attributes.get("id")}

    @property
    def links(self):
        return [each.attributes["href"] for each in self.all("a") if "href" in each.attributes]

    @property
    def loads(self):
        return [
            each.attributes[LOADS[each.tag]]
            for each in self.elements
            if LOADS.get(each.tag) in each.attributes
        ]


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.page = Page()
        self.open = []

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        element.parents = tuple(each.tag for each in self.open)
        self.page.elements.append(element)
        if tag == "br":
            self.handle_data("\n")
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert tag in VOID or (self.open and self.open[-1].tag == tag), f"</{tag}> closes {self.open[-1:]}"
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data):
        tags = {each.tag for each in self.open}
        if tags & {"script", "style"} or ("math" in tags and "annotation" not in tags):
            return
        for each in self.open:
            each.text += data


def read(markup):
    """Parse a page or a piece of one; an element that is not closed in order fails the test."""
    reader = _Reader()
    reader.feed(markup.decode() if isinstance(markup, bytes) else str(markup))
    reader.close()
    assert not reader.open, f"never closed: {[each.tag for each in reader.open]}"
    return reader.page


def squeezed(text):
    """Text without any white space, for comparing what is said and not how it is laid out."""
    return "".join(text.split())
