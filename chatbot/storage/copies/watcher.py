"""Looks at what else is in the store: a newer run, late rows of an older one, old objects.

Of two runs, as during a deploy, the later one leads from its first snapshot on. The earlier one
takes no more turns; what it still ships is merged by the later one, however late. When the later
one is gone, the earlier one leads again: see `succession`.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from chatbot.errors import NotSaved
from chatbot.storage.copies.drill import Drill
from chatbot.storage.copies.merge import merge_now
from chatbot.storage.copies.objects import CLAIM, FULL, Codec, ObjectName, Writer
from chatbot.storage.copies.restore import Found, Reader, list_names
from chatbot.storage.copies.rows import Changes
from chatbot.storage.copies.shipper import Shipper
from chatbot.storage.copies.stores import Store, StoreError
from chatbot.storage.copies.succession import Succession
from chatbot.storage.database import Database

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
# Copies of earlier runs are kept for so long, for a start that is just reading them. An object that
# cannot be read for so long is lost.
LATE_SECONDS = 600.0
PRUNE_SECONDS = 3600.0
# The promise is a day.
ERASED_LATE_SECONDS = 12 * 3600.0
FIRST_DRILL_SECONDS, DRILL_SECONDS = 600.0, 86400.0


class Watcher:
    """Looks every few seconds, or as often as the store takes shipments if that is less.

    `on_lead` is called with our new name when we lead again after having stepped down.
    """

    def __init__(
        self,
        store: Store,
        reader: Reader,
        codec: Codec,
        *,
        database: Database,
        shipper: Shipper,
        on_step_down: Callable[[], object],
        on_lead: Callable[[Writer], object],
        drill: Drill,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._codec = codec
        self._clock = clock
        self._on_lead = on_lead
        self._reader = reader
        self._database = database
        self._shipper = shipper
        self._on_step_down = on_step_down
        self._drill = drill
        self._drill_at = clock() + FIRST_DRILL_SECONDS
        self._look_seconds = max(LOOK_SECONDS, store.interval)
        self._late_until = self._prune_at = clock() + LATE_SECONDS
        self._pruned_fulls = 0
        self._erased_since: float | None = None
        self._merged_rows: Future[None] | None = None
        self._damaged_since: dict[str, float] = {}
        self._answered: set[Writer] = set()
        self._succession: Succession | None = None
        self._next_writer: Writer | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="copies-watch", daemon=True)
        self.is_leader = True

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    @property
    def risk(self) -> str:
        """What the owner has to be told, "" for nothing."""
        if not self.is_leader:
            return "a newer run of the program has taken over"
        since = self._erased_since
        if since is not None and self._clock() - since > ERASED_LATE_SECONDS:
            return "older copies, which hold what was erased, could not be deleted"
        return ""

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
            self._step_down()
        if not self.is_leader:
            self._try_to_lead(names)
            return
        self._answer_claims(names)
        self._replace_lost(names)
        self._merge_late(names)
        self._prune(names)
        if self._clock() > self._drill_at:
            self._drill_at = self._clock() + DRILL_SECONDS
            # Beside: it may take minutes, and a run that does not look is taken for dead.
            threading.Thread(target=self._run_drill, name="copies-drill", daemon=True).start()

    def _run_drill(self) -> None:
        try:
            result = self._drill.run(self._stopping.wait)
            if not result.is_ok and not self._stopping.is_set():
                # What the store lacks or holds wrongly is put right, which is to be proved soon.
                self._shipper.begin_anew()
                self._drill_at = self._clock() + FIRST_DRILL_SECONDS
        except Exception:
            if not self._stopping.is_set():  # else the database has been closed meanwhile
                log.exception("the restore drill failed")

    def _step_down(self) -> None:
        self.is_leader = False
        self._succession = Succession(
            self._store, self._codec, look_seconds=self._look_seconds, clock=self._clock
        )
        log.warning("a newer run has taken over: no more turns here")
        self._on_step_down()

    def _try_to_lead(self, names: list[ObjectName]) -> None:
        """Lead again when the newer run is gone, from our own snapshot of what both had on."""
        assert self._succession is not None
        if self._next_writer is None:
            self._next_writer = self._succession.look(names, self._shipper.writer)
            if self._next_writer is None:
                return
            log.warning("the newer run is gone: leading again")
            self._merge_late(names)
            self._shipper.lead_as(self._next_writer)
        if self._shipper.writer == self._next_writer and self._shipper.state.fulls:
            self._late_until = self._prune_at = self._clock() + LATE_SECONDS
            self._pruned_fulls, self._next_writer = 0, None
            self.is_leader = True
            self._on_lead(self._shipper.writer)

    def _answer_claims(self, names: list[ObjectName]) -> None:
        """Show that we live to a run that asks, or starts."""
        ours = self._shipper.writer
        claims = {n.writer for n in names if n.kind == CLAIM and n.writer > ours}
        if claims - self._answered:
            self._shipper.show_life()
            self._answered |= claims

    def _replace_lost(self, names: list[ObjectName]) -> None:
        """Ship everything anew when somebody emptied the store: no start can use a journal alone.

        A listing may hide our snapshot, so that it is asked for by its name.
        """
        fulls = self._shipper.state.fulls
        newest = ObjectName(self._shipper.writer, fulls[-1], FULL) if fulls else None
        if newest and newest not in names and self._store.get(str(newest)) is None:
            log.warning("the snapshot is gone from the store, and is shipped anew")
            self._shipper.begin_anew()

    def _merge_late(self, names: list[ObjectName]) -> None:
        merged, now = self._shipper.merged(), self._clock()
        found = Found(self._shipper.writer, 0, [], "", Changes(), {}, dict(merged))
        given_up = self._list_given_up() if not self._is_prune_due() else ()
        readable = [name for name in names if str(name) not in given_up]
        self._reader.add_late(found, readable, waits_for_damaged=True)
        damaged = {*found.damaged, *given_up}
        self._damaged_since = {name: self._damaged_since.get(name, now) for name in damaged}
        if not len(found.late) and found.merged == merged:
            return
        gone = {**self._shipper.gone(), **found.gone}
        count = merge_now(self._database, found.late, gone=gone)
        self._shipper.note_merged(found.merged)
        self._merged_rows = self._shipper.wait()
        log.info("late rows of another run merged", extra={"rows": count})

    def _list_given_up(self) -> list[str]:
        """What could not be read for so long that it is not tried at every look any more."""
        oldest = self._clock() - LATE_SECONDS
        return [name for name, since in self._damaged_since.items() if since <= oldest]

    def _is_prune_due(self) -> bool:
        return self._clock() > self._prune_at

    def _prune(self, names: list[ObjectName]) -> None:
        """Delete what the newest snapshots have made superfluous.

        After an erasure a snapshot was shipped, and nothing older may stay for long.
        """
        fulls = self._shipper.state.fulls
        has_erased = self._shipper.has_erased
        if has_erased and self._erased_since is None:
            self._erased_since = self._clock()
        is_due = self._is_prune_due() or has_erased or len(fulls) > self._pruned_fulls + 1
        is_landed = self._merged_rows is None or self._merged_rows.done()
        if not fulls or not is_due or not is_landed:
            return
        kept_from = fulls[-1] if has_erased else fulls[-2:][0]
        old = [str(name) for name in names if self._is_old(name, kept_from)]
        if old:
            self._store.delete(old)
            log.info("old copies deleted", extra={"objects": len(old)})
        if self._is_prune_due():
            self._prune_at = self._clock() + PRUNE_SECONDS
        self._pruned_fulls = len(fulls)
        self._erased_since = None
        if has_erased:
            self._shipper.note_pruned()

    def _is_old(self, name: ObjectName, kept_from: int) -> bool:
        ours: Writer = self._shipper.writer
        if name.writer == ours:
            return name.kind != CLAIM and name.number < kept_from
        if name.writer > ours or self._clock() <= self._late_until:
            return False
        # An earlier run's copies are in our snapshot, unless they have only just come.
        is_merged = name.number <= self._shipper.merged().get(str(name.writer), -1)
        return name.kind == CLAIM or is_merged or str(name) in self._list_given_up()
