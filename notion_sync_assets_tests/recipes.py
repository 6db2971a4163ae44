"""The recipes of the docs, taken from the text of the page itself.

Here: headings and code. Not here: running it (``test_recipes``, ``system/test_recipes_on_the_demo``).
"""

import json
import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "recipes.md").read_text(encoding="utf-8")


def queries():
    """Heading → SQL, of every recipe in SQL."""
    found = re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?```sql\n(.*?)```", PAGE, flags=re.DOTALL | re.MULTILINE)
    return dict(found)


def python_code():
    """Every piece of Python, in order."""
    return re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


def notebook_code():
    """The code cells of the notebook, in order."""
    notebook = json.loads((DOCS / "recipes.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
