"""The corpus as somebody who means harm would have written it: an attack in every field that can hold text.

Here: the attacks, and putting them into API objects of any kind. Not here: objects (``corpus``), what must not happen
(the tests). An attack that runs says so: it sets ``window.ran`` or the title of the page.
"""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from notion_sync_assets_tests.corpus_objects import HOSTED

RUN = "window.ran=1;document.title='RAN'"
ATTACKS = (
    f"</script><script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}">',
    f"' onmouseover='{RUN}' onfocus='{RUN}' autofocus='",
    f"javascript:{RUN}",
    f" \x01java\nscript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f'<svg onload="{RUN}"><a xlink:href="javascript:{RUN}"><text>x</text></a></svg>',
    "</style><style>*{background:url(http://203.0.113.1/css)}</style>",
    f'</title></textarea></template><iframe srcdoc="<script>{RUN}</script>">',
    "{{ 7 * 7 }}{% raw %}${7*7}<%= 7 * 7 %>#{7*7}",
    "\\text{<script>" + RUN + "</script>}\\href{javascript:" + RUN + "}{x}\\unicode{60}",
    f"<!--><script>{RUN}</script>-->",
    f"]]><script>{RUN}</script>",
    f'\u2028{RUN}\u2029");{RUN}//',
    '=HYPERLINK("http://203.0.113.1","x")',
    "\x1b]0;forged\x07\x1b[2Jforged\r\nforged line",
    "../../../../forged",
    f'<math><maction actiontype="statusline" xlink:href="javascript:{RUN}">x</maction></math>',
)
_KEPT = frozenset(
    ("object", "id", "type", "created_time", "last_edited_time", "color", "sha256", "extension", "media_type")
)


def attacked(value: Any, attacks: Iterator[str] | None = None) -> Any:
    """Return an API value with an attack in place of every text; ids, types, times and hosted files stay."""
    attacks = cycle(ATTACKS) if attacks is None else attacks
    if isinstance(value, dict):
        return {key: item if _is_kept(key, item) else attacked(item, attacks) for key, item in value.items()}
    if isinstance(value, list):
        return [attacked(item, attacks) for item in value]
    return next(attacks) if isinstance(value, str) else value


def _is_kept(key: str, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    return key in _KEPT or key.endswith("_id") or value.startswith(HOSTED)
