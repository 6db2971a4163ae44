"""Health: what an installation needs to work, each part healthy, degraded or unhealthy.

Here: the values, the local checks, caching. Not here: HTTP (``serve.health_route``), asking Notion (``notion_health``),
what is wrong with a configuration in detail (``diagnosis``: ``notion-sync doctor``).

Degraded: it works, but somebody should look. Unhealthy: exports or webhooks do not get through now.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import psutil

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.errors import NotionSyncError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.core.webhooks.queue import EventQueue
from notion_sync_assets.export_root import export_root
from notion_sync_assets.instance import instance_folder, open_instance
from notion_sync_assets.settings_model import Settings
from notion_sync_assets.webhook_folder import webhook_folder

_GIB = 1 << 30
_LITTLE_SPACE, _NO_SPACE = _GIB, 100 << 20
_LITTLE_MEMORY, _NO_MEMORY = 0.10, 0.03
_NEARLY_FULL = 0.8
_OLDEST_HEARTBEAT_S = 300.0
_DAEMONS = ("SENSOR", "QUEUED_RUN_COORDINATOR")
"""The threads of the daemon that turn an event into a run; each has a heartbeat of its own."""

_CGROUP = Path("/sys/fs/cgroup")


class Level(IntEnum):
    """How well a part works; the worst part is the whole's."""

    UNHEALTHY = 0
    DEGRADED = 1
    HEALTHY = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One part; ``message`` says what was found, without content, paths or secrets."""

    level: Level
    message: str

    def to_json(self) -> Json:
        """Return ``{"status", "message"}``."""
        return {"status": self.level.name.lower(), "message": self.message}


@dataclass(frozen=True, slots=True)
class Health:
    """The parts by name."""

    parts: Mapping[str, Part]

    @property
    def level(self) -> Level:
        """The worst of the parts."""
        return min((part.level for part in self.parts.values()), default=Level.HEALTHY)

    def to_json(self) -> Json:
        """Return ``{"status", "components": {name: {"status", "message"}}}``."""
        parts = {name: part.to_json() for name, part in sorted(self.parts.items())}
        return {"status": self.level.name.lower(), "components": parts}


def local_health(settings: Settings) -> Health:
    """Look at everything on this machine; whatever goes wrong in a look is what it found."""
    looks: dict[str, Callable[[Settings], Part]] = {
        "storage": _storage,
        "memory": _memory,
        "webhooks": _webhooks,
    }
    parts = {name: looked(look, settings) for name, look in looks.items()}
    beats: dict[str, float] = {}
    parts["event_store"] = looked(lambda each: _event_store(each, beats), settings)
    parts["daemon"] = _daemon(beats)
    return Health(parts)


def looked(look: Callable[[Settings], Part], settings: Settings) -> Part:
    """Return what a look finds; an error is told by its kind, since its words may hold paths or addresses."""
    try:
        return look(settings)
    except NotionSyncError as error:
        return Part(Level.UNHEALTHY, f"{type(error).__name__}: see 'notion-sync doctor'")
    except Exception as error:  # noqa: BLE001 - one broken part never hides the state of the others
        return Part(Level.UNHEALTHY, type(error).__name__)


def _storage(settings: Settings) -> Part:
    storage = export_root(settings)
    if not isinstance(storage, LocalStorage):
        storage.exists(layout.IDENTITY)
        return Part(Level.HEALTHY, "the object store answers")
    place = next(each for each in (storage.root, *storage.root.parents) if each.exists())
    free = shutil.disk_usage(place).free
    message = f"{free / _GIB:.1f} GiB free"
    if free < _NO_SPACE:
        return Part(Level.UNHEALTHY, message)
    return Part(Level.DEGRADED if free < _LITTLE_SPACE else Level.HEALTHY, message)


def _event_store(settings: Settings, beats: dict[str, float]) -> Part:
    """Read the instance; ``beats`` gets the heartbeats it holds: opening it costs more than all else here."""
    if not instance_folder(settings).is_dir():
        return Part(Level.DEGRADED, "there is no Dagster instance yet: nothing was exported")
    with open_instance(settings) as instance:
        instance.get_run_records(limit=1)
        instance.event_log_storage.get_maximum_record_id()
        beats.update({kind: beat.timestamp for kind, beat in instance.get_daemon_heartbeats().items()})
    return Part(Level.HEALTHY, "runs and event log can be read")


def _daemon(beats: Mapping[str, float]) -> Part:
    if any(kind not in beats for kind in _DAEMONS):
        return Part(Level.DEGRADED, "no daemon has run yet: schedules and webhooks start nothing")
    age = time.time() - min(beats[kind] for kind in _DAEMONS)
    if age > _OLDEST_HEARTBEAT_S:
        return Part(Level.UNHEALTHY, f"no heartbeat for {age:.0f} s: schedules and webhooks start nothing")
    return Part(Level.HEALTHY, f"heartbeat {max(0.0, age):.0f} s ago")


def _memory(_settings: Settings) -> Part:
    share = min(_free_share_of_machine(), _free_share_of_group())
    message = f"{share:.0%} available"
    if share < _NO_MEMORY:
        return Part(Level.UNHEALTHY, message)
    return Part(Level.DEGRADED if share < _LITTLE_MEMORY else Level.HEALTHY, message)


def _free_share_of_machine() -> float:
    memory = psutil.virtual_memory()
    return float(memory.available / memory.total)


def _free_share_of_group() -> float:
    """Return the free share of a container's own limit, 1 without one."""
    try:
        limit, used = (int((_CGROUP / name).read_text()) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):
        return 1.0
    return max(0.0, 1 - used / limit)


def _webhooks(settings: Settings) -> Part:
    database = WebhookDatabase(webhook_folder(settings))
    if not database.exists():
        return Part(Level.HEALTHY, "no webhook has come yet")
    try:
        state = EventQueue(database, settings.serve.queue_events).state()
    finally:
        database.close()
    message = f"{state.pending} of {state.capacity} events wait"
    if state.pending >= state.capacity:
        return Part(Level.UNHEALTHY, message)
    full = state.pending >= _NEARLY_FULL * state.capacity
    return Part(Level.DEGRADED if full else Level.HEALTHY, message)
