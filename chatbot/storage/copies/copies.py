"""The copies of one database, from the restoring at the start to the last shipment."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from chatbot.errors import StartupError
from chatbot.storage.copies.drill import Drill, read_last_drill
from chatbot.storage.copies.journal import Journal
from chatbot.storage.copies.merge import merge_now
from chatbot.storage.copies.objects import CLAIM, Codec, ObjectName, Writer, new_instance
from chatbot.storage.copies.restore import Found, Reader, build_file, list_names
from chatbot.storage.copies.rows import Changes
from chatbot.storage.copies.shipper import History, Shipper
from chatbot.storage.copies.states import CopiesState, DrillResult
from chatbot.storage.copies.stores import Store, StoreError
from chatbot.storage.copies.watcher import Watcher
from chatbot.storage.database import Database, DatabaseValues

log = logging.getLogger(__name__)

# On an empty disk a start waits this long for a store that does not answer.
PATIENCE_SECONDS = 300.0
LONGEST_PAUSE = 15.0
CORRECT_STORE = "Correct SNAPSHOT_STORE and SNAPSHOT_TOKEN, or wait until the store answers."
ASK_SECONDS = 0.05
# Of what was committed; more than this is worth telling the owner.
LATE_SECONDS = 60.0


class Copies:
    """Restores, then ships, until it is stopped. `path` is the database file."""

    def __init__(
        self,
        store: Store,
        values: DatabaseValues,
        path: Path,
        *,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._store = store
        self._values = values
        self._path = path
        self._patience = patience
        self._codec = Codec(values.key)
        self._reader = Reader(store, self._codec)
        self._journal = Journal()
        self._marker = path.with_name(f"{path.name}.copies")
        self._database: Database | None = None
        self._shipper: Shipper | None = None
        self._watcher: Watcher | None = None
        self._epoch = 0
        self._found: Found | None = None
        self._is_ours = False
        self._is_connected = False
        self._error = "the store has not been reached yet"
        self._stopping = threading.Event()
        self._on_step_down: Callable[[], object] = lambda: None
        self._on_lead: Callable[[], object] = lambda: None

    def restore(self) -> None:
        """Make the database file from the store when it is not on this disk.

        A store that was never used is a first run. Raises StartupError when the store does not
        answer and there is no file: an empty database must not take the place of a full one.
        """
        if self._path.exists():
            # What is on this disk is enough to start with; the store is asked beside.
            return
        until, pause = time.monotonic() + self._patience, 0.5
        while True:
            try:
                self._connect()
                break
            except StoreError as error:
                if error.is_final or time.monotonic() + pause > until:
                    raise StartupError(
                        f"SNAPSHOT_STORE: {error.reason}, so the data cannot be restored. "
                        f"{error.remedy or CORRECT_STORE}"
                    ) from error
                log.warning("the store does not answer: %s", error.reason)
                time.sleep(max(pause, min(error.wait, LONGEST_PAUSE)))
                pause = min(2 * pause, LONGEST_PAUSE)
        if self._found is not None:
            self._build(self._found)
        else:
            # Right at a first run; else it tells of a folder whose disk is not mounted.
            log.warning("SNAPSHOT_STORE holds no copy: this start begins with an empty database")

    def _build(self, found: Found) -> None:
        begun = time.perf_counter()
        try:
            build_file(found, self._values, self._path)
        except StoreError as error:
            raise StartupError(f"SNAPSHOT_STORE: {error.reason}.") from error
        rows = sum(map(len, found.rows.tables.values()))
        ms = round((time.perf_counter() - begun) * 1000)
        fields = {"rows": rows, "damaged": len(found.damaged), "ms": ms}
        log.info("database restored", extra={"writer": str(found.writer), **fields})

    def _connect(self) -> None:
        """Look at the store; raises StoreError."""
        self._store.prepare()
        names = list_names(self._store)
        self._epoch = max((name.writer.epoch for name in names), default=0) + 1
        self._found = self._reader.find(names)
        self._is_ours = self._path.exists() and self._was_last(names)
        self._is_connected = True

    def _was_last(self, names: list[ObjectName]) -> bool:
        """Whether the last to ship anything was the last run on this disk: then nothing in the
        store is newer than the file."""
        last = max((name.writer for name in names if name.kind != CLAIM), default=None)
        with suppress(OSError, ValueError):
            return last is not None and json.loads(self._marker.read_text()) == str(last)
        return False

    def start(
        self,
        database: Database,
        on_step_down: Callable[[], object],
        on_lead: Callable[[], object] = lambda: None,
    ) -> None:
        """Begin to ship what is committed.

        `on_step_down` is called when another run took over, `on_lead` when we lead again since that
        one is gone.
        """
        self._database = database
        self._on_step_down, self._on_lead = on_step_down, on_lead
        # From here on, so that nothing that is deleted before the first shipment is missed.
        database.work_on_file(self._journal.drain)
        if self._is_connected:
            self._begin(database, self._found, is_restored=True)
        else:
            thread = threading.Thread(
                target=self._connect_later, name="copies-connect", daemon=True
            )
            thread.start()

    def _connect_later(self) -> None:
        assert self._database is not None
        pause = 0.5
        while not self._stopping.is_set():
            try:
                self._connect()
                self._begin(self._database, self._found, is_restored=False)
                return
            except StoreError as error:
                self._error = error.reason
                log.warning("the store does not answer: %s", error.reason)
            except Exception:
                self._error = "the copying did not begin by an error; see the log"
                log.exception("copies did not begin")
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _begin(self, database: Database, found: Found | None, *, is_restored: bool) -> None:
        history = History()
        if found is not None:
            history.gone = dict(found.gone)
            history.merged = {**found.merged, str(found.writer): found.number}
            if not is_restored:
                self._merge_all(database, found)
        writer = Writer(self._epoch, new_instance())
        self._found = None
        self._mark_disk(writer)
        self._shipper = Shipper(
            self._store,
            self._codec,
            database=database,
            writer=writer,
            history=history,
            journal=self._journal,
            folder=self._path.parent,
        )
        self._shipper.start()
        self._watcher = Watcher(
            self._store,
            self._reader,
            self._codec,
            database=database,
            shipper=self._shipper,
            on_step_down=self._on_step_down,
            on_lead=self._lead_again,
            drill=self.build_drill(database),
            clock=self._clock,
        )
        self._watcher.start()

    def _mark_disk(self, writer: Writer) -> None:
        """Note who ships what is on this disk, for the next start."""
        self._marker.write_text(json.dumps(str(writer)))

    def _lead_again(self, writer: Writer) -> None:
        self._mark_disk(writer)
        self._on_lead()

    def _merge_all(self, database: Database, found: Found) -> None:
        """This disk has a file, and others have shipped since: both are kept.

        Of what the last run on this disk shipped nothing is newer than the file, and what it
        deleted last may not have been shipped.
        """
        rows = Changes()
        for changes in (found.late,) if self._is_ours else (found.rows, found.late):
            rows.apply(changes)
        for table, key in found.gone:
            rows.set(table, key, None)
        merged = merge_now(database, rows, gone=found.gone)
        log.info("rows of the store merged", extra={"rows": merged})

    def build_drill(self, database: Database) -> Drill:
        """A proof of what is in the store, against the database as it is."""
        return Drill(self._store, self._reader, self._values, database=database, path=self._path)

    async def confirm(self, seconds: float) -> bool:
        """Whether all that is committed by now is in the store, within that time."""
        until = time.monotonic() + seconds
        while self._shipper is None:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(ASK_SECONDS)
        waiter = asyncio.wrap_future(self._shipper.wait())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiter), max(0.0, until - time.monotonic()))
            return True
        return False

    def state(self) -> CopiesState:
        """How the copies stand now."""
        shipper, now = self._shipper, time.monotonic()
        drill = read_last_drill(self._path)
        if shipper is None:
            return CopiesState(self._store.kind, self._error, drill=drill)
        state = shipper.state

        def age(moment: float | None) -> float | None:
            return None if moment is None else round(now - moment, 1)

        return CopiesState(
            kind=self._store.kind,
            reason=self._find_reason(drill),
            ack_age=age(state.acked_at),
            full_age=age(state.full_at),
            pending_age=age(state.waiting_since),
            objects=state.objects,
            is_leader=self._watcher is None or self._watcher.is_leader,
            drill=drill,
        )

    def _find_reason(self, drill: DrillResult | None) -> str:
        assert self._shipper is not None
        state = self._shipper.state
        if self._watcher is not None and self._watcher.risk:
            return self._watcher.risk
        if state.error:
            return state.error
        if state.full_at is None:
            return "the first copy is on its way"
        since = state.waiting_since
        limit = LATE_SECONDS + self._store.interval
        if since is not None and time.monotonic() - since > limit:
            return "the store takes long to acknowledge"
        return f"the last restore drill failed: {drill.fault}" if drill and drill.fault else ""

    def stop_watching(self) -> None:
        """Look for other runs no more: from here on nothing is taken up again."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.stop()

    def stop(self, seconds: float) -> bool:
        """Ship what is left, for `seconds` at most; whether all of it was acknowledged."""
        self.stop_watching()
        is_done = self._shipper is not None and self._shipper.stop(seconds)
        log.info("copies stopped", extra={"shipped": is_done})
        return is_done
