"""Looks at what else is in the store: a newer run, late rows of an older one, old objects.

Of two runs, as during a deploy, the later one leads from its first snapshot on. The earlier one
takes no more turns; what it still ships is merged by the later one.
"""

import logging
import threading
import time
from collections.abc import Callable

from chatbot.errors import NotSaved
from chatbot.storage.copies.drill import Drill
from chatbot.storage.copies.merge import merge_now
from chatbot.storage.copies.objects import CLAIM, FULL, ObjectName, Writer
from chatbot.storage.copies.restore import Found, Reader, list_names
from chatbot.storage.copies.rows import Changes
from chatbot.storage.copies.shipper import Shipper
from chatbot.storage.copies.stores import Store, StoreError
from chatbot.storage.database import Database

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
# A run that ended, or stepped down, ships nothing more after this.
LATE_SECONDS = 600.0
PRUNE_SECONDS = 3600.0
FIRST_DRILL_SECONDS, DRILL_SECONDS = 600.0, 86400.0


class Watcher:
    """Looks every few seconds, or as often as the store takes shipments if that is less."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        *,
        database: Database,
        shipper: Shipper,
        on_step_down: Callable[[], object],
        drill: Drill,
        look_seconds: float = LOOK_SECONDS,
        late_seconds: float = LATE_SECONDS,
    ) -> None:
        self._store = store
        self._reader = reader
        self._database = database
        self._shipper = shipper
        self._on_step_down = on_step_down
        self._drill = drill
        self._drill_at = time.monotonic() + FIRST_DRILL_SECONDS
        self._look_seconds = max(look_seconds, store.interval)
        self._late_until = time.monotonic() + late_seconds
        self._pruned_at = time.monotonic()
        self._pruned_fulls = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="copies-watch", daemon=True)
        self.is_leader = True

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(self._look_seconds):
            try:
                self.look()
            except (StoreError, NotSaved) as error:
                log.debug("the store was not looked at: %s", error)
            except Exception:
                log.exception("looking at the store failed")

    def look(self) -> None:
        """One look at the store, and what follows from it."""
        names = list_names(self._store)
        ours = self._shipper.writer
        if self.is_leader and any(n.writer > ours and n.kind == FULL for n in names):
            self.is_leader = False
            log.warning("a newer run has taken over: no more turns here")
            self._on_step_down()
        if not self.is_leader:
            return
        if time.monotonic() < self._late_until:
            self._merge_late(names)
        self._prune(names)
        if time.monotonic() > self._drill_at:
            self._drill_at = time.monotonic() + DRILL_SECONDS
            self._drill.run(self._stopping.wait)

    def _merge_late(self, names: list[ObjectName]) -> None:
        merged = self._shipper.merged()
        found = Found(self._shipper.writer, 0, [], "", Changes(), {}, dict(merged))
        self._reader.add_late(found, names)
        if not len(found.late) and found.merged == merged:
            return
        count = merge_now(self._database, found.late, gone=self._shipper.gone_keys())
        self._shipper.note_merged(found.merged)
        self._shipper.wait()
        log.info("late rows of an earlier run merged", extra={"rows": count})

    def _prune(self, names: list[ObjectName]) -> None:
        """Delete what the newest snapshots have made superfluous.

        After an erasure a snapshot was shipped, and nothing older may stay for long.
        """
        fulls = self._shipper.state.fulls
        has_erased = self._shipper.has_erased
        is_time = time.monotonic() - self._pruned_at > PRUNE_SECONDS
        if not fulls or not (is_time or has_erased or len(fulls) > self._pruned_fulls + 1):
            return
        self._pruned_at, self._pruned_fulls = time.monotonic(), len(fulls)
        kept_from = fulls[-1] if has_erased else fulls[-2:][0]
        old = [str(name) for name in names if self._is_old(name, kept_from)]
        if old:
            self._store.delete(old)
            log.info("old copies deleted", extra={"objects": len(old)})
        if has_erased:
            self._shipper.note_pruned()

    def _is_old(self, name: ObjectName, kept_from: int) -> bool:
        ours: Writer = self._shipper.writer
        if name.writer == ours:
            return name.kind != CLAIM and name.number < kept_from
        # An earlier run's copies are in our snapshot once nothing of them can come late.
        return name.writer < ours and time.monotonic() > self._late_until
