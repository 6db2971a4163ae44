"""Templates: the frames around what Python makes, loaded from the package and compiled once.

Here: the environment. Not here: what is filled in (``pages``, ``data_sources``, ``render.site``). Every value is
escaped unless it is ``Markup``.
"""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(name: str, **values: Any) -> bytes:
    """Return a template filled with values, as UTF-8."""
    return _environment().get_template(name).render(**values).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__name__, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
