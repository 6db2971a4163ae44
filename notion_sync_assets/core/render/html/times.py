"""Moments for people: the API's UTC stamps in a form that reads well.

Here: one stamp as markup. Not here: dates that people typed, which keep the text Notion sent (``render.values``).
"""

import re
from typing import Any

from markupsafe import Markup

from notion_sync_assets.core.render.html.markup import element

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?(?:Z|\+00:00)")


def moment(stamp: Any) -> Markup:
    """Return a UTC stamp to the minute, as the API has it (notion_api.md §11); any other text as it is."""
    text = str(stamp)
    found = _STAMP.fullmatch(text)
    return element("time", f"{found[1]} {found[2]} UTC" if found else text, datetime=text)
