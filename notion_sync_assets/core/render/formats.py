"""The formats a scope can be rendered in.

Here: the registry; a new format is one more entry. Not here: what a format looks like (``json_pages``,
``markdown``, ``html``, ``csv_table``, ``parquet_tables``), writing it (``publish``).
An exporter is a pure generator: a snapshot, the scope's slice of the link table and options in, pairs of
(path below the export root, content) out. Content is bytes, or a finished file in ``options.scratch`` that the
receiver moves away. The same input gives the same pairs.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from notion_sync_assets.core.render import csv_table, json_pages, parquet_tables, places
from notion_sync_assets.core.render.html import export as html
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.markdown import export as markdown
from notion_sync_assets.core.render.options import RenderOptions, Step
from notion_sync_assets.core.render.rows import OrderedSnapshot
from notion_sync_assets.core.sync.scopes import ScopeKind

Exporter = Callable[[OrderedSnapshot, LinkSlice, RenderOptions], Iterator[Step]]


@dataclass(frozen=True, slots=True)
class Format:
    """One form of rendered output.

    ``name`` is also the folder below the export root. ``version`` moves when the same input renders differently.
    ``backlinks`` tells that a page's output shows who refers to it, so that a new back-link renders it again.
    """

    name: str
    version: int
    kinds: frozenset[ScopeKind]
    export: Exporter
    backlinks: bool = False

    def applies_to(self, kind: ScopeKind) -> bool:
        """Tell whether scopes of a kind have output in this format."""
        return kind in self.kinds


_EVERY_SCOPE: frozenset[ScopeKind] = frozenset(("data_source", "page_tree"))
_TABLES: frozenset[ScopeKind] = frozenset(("data_source",))

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        form.name: form
        for form in (
            Format(places.JSON, json_pages.VERSION, _EVERY_SCOPE, json_pages.export_json),
            Format(places.MARKDOWN, markdown.VERSION, _EVERY_SCOPE, markdown.export_markdown),
            Format(places.HTML, html.VERSION, _EVERY_SCOPE, html.export_html, backlinks=True),
            Format(places.CSV, csv_table.VERSION, _TABLES, csv_table.export_csv),
            Format(places.PARQUET, parquet_tables.VERSION, _TABLES, parquet_tables.export_parquet),
        )
    }
)
