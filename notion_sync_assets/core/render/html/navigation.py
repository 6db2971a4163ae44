"""Ways through and between pages: breadcrumbs, table of contents, back-links.

Here: lists of links as navigation landmarks. Not here: what the ancestors of a page are (``ancestors``).
"""

from collections.abc import Sequence

from markupsafe import Markup

from notion_sync_assets.core.render.html.context import PageContext
from notion_sync_assets.core.render.html.markup import element
from notion_sync_assets.core.render.html.rich_text import link
from notion_sync_assets.core.render.link_slice import LinkEntry
from notion_sync_assets.core.render.names import UNTITLED


def breadcrumbs(page: PageContext, name: str, label: str) -> Markup:
    """Return the way from the topmost page to this one, this one not among them."""
    steps = [element("li", link(crumb.title, crumb.href)) for crumb in page.crumbs]
    return element("nav", element("ol", *steps), class_="breadcrumbs", id=name, aria_label=label)


def contents(page: PageContext, name: str) -> Markup:
    """Return the headings of the page as links; the indentation follows the level."""
    items = [
        element("li", element("a", text, href=f"#{target}"), class_=f"level-{level}")
        for level, target, text in page.headings()
    ]
    return element("nav", element("ul", *items), class_="contents", id=name, aria_label="On this page")


def backlinks(entries: Sequence[LinkEntry], page: PageContext) -> list[Markup]:
    """Return the pages that refer to this one, as links in title order."""
    found = sorted(entries, key=lambda entry: (entry.title.casefold(), entry.id))
    return [link(entry.title or UNTITLED, page.link(entry)) for entry in found]
