"""The two partition sets: scopes (what is synced) and pages (whose history the event log keeps).

Here: definitions and keys. A scope's key is ``<slug>-<32 hex>`` (``core.sync.scopes``), a page's key its 32 hex
digits: a page keeps its history whatever it is called and wherever it moves (docs/adr/0002).
"""

from collections.abc import Iterable

import dagster as dg

from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.names import Names

# SQLite allows some 32,000 variables in a statement; Dagster asks for all keys in one.
_KEYS_AT_ONCE = 10_000


def scope_partitions(names: Names) -> dg.DynamicPartitionsDefinition:
    """Return the partition set of scopes."""
    return dg.DynamicPartitionsDefinition(name=names.scopes)


def page_partitions(names: Names) -> dg.DynamicPartitionsDefinition:
    """Return the partition set of pages."""
    return dg.DynamicPartitionsDefinition(name=names.pages)


def page_key(page_id: str) -> str:
    """Return the partition key of a page."""
    return compact_id(page_id)


def add_keys(instance: dg.DagsterInstance, partition_set: str, keys: Iterable[str]) -> None:
    """Add keys in bulk; keys that are there already stay as they are."""
    pending = list(keys)
    for start in range(0, len(pending), _KEYS_AT_ONCE):
        instance.add_dynamic_partitions(partition_set, pending[start : start + _KEYS_AT_ONCE])
