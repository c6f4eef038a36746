"""Ships what changes: a thread that takes the notes of the journal and puts them into the store.

An object that the store did not acknowledge is put again under the same name with the same bytes,
until it is; what changes meanwhile waits in the journal's notes. So an outage makes the next
object larger and nothing else.
"""

import logging
import random
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatbot.storage.copies.journal import Journal
from chatbot.storage.copies.objects import (
    CLAIM,
    FULL,
    IN_USE,
    SEGMENT,
    Codec,
    ObjectName,
    Writer,
)
from chatbot.storage.copies.restore import read_schema, remove_file
from chatbot.storage.copies.rows import Changes, Key, list_tables, pack_changes, pack_table
from chatbot.storage.copies.stores import Store, StoreError
from chatbot.storage.database import Database

log = logging.getLogger(__name__)

SEGMENTS_PER_FULL = 500
FULL_EVERY_SECONDS = 6 * 3600.0
FIRST_PAUSE, LONGEST_PAUSE, STOPPING_PAUSE = 0.2, 60.0, 0.1
AFTER_ERROR_SECONDS = 5.0
# Late rows of a writer that was cut off from the store for longer may bring back what was deleted.
GONE_KEPT_SECONDS = 30 * 86400.0


@dataclass
class Shipment:
    """What is on its way, under its name."""

    name: ObjectName
    blob: bytes


@dataclass
class ShipperState:
    """How it stands: times are of `time.monotonic()`; `error` is why the last try failed; `fulls`
    are the numbers of the full snapshots."""

    acked_at: float | None = None
    full_at: float | None = None
    waiting_since: float | None = None
    error: str | None = None
    objects: int = 0
    fulls: list[int] = field(default_factory=list)
    longest_stall: float = 0.0


@dataclass
class History:
    """What every object of this writer says of earlier ones; see `restore.Found`."""

    gone: dict[tuple[str, Key], float] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)


class Shipper:
    """Ships the changes of one database as one writer."""

    def __init__(
        self,
        store: Store,
        codec: Codec,
        *,
        database: Database,
        writer: Writer,
        history: History,
        journal: Journal,
        folder: Path,
    ) -> None:
        self._store = store
        self._codec = codec
        self._database = database
        self.writer = writer
        self._history = history
        self._image = folder / "copy.image"
        self._journal = journal
        self._number = 0
        self._segments = 0
        self._needs_full = True
        self._has_erased = self._erased_in_full = False
        self._next_writer: Writer | None = None
        self._must_show_life = self._is_marked = False
        self._waiters: list[Future[None]] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._give_up_at = float("inf")
        self._shipped_at = 0.0
        self.state = ShipperState(waiting_since=time.monotonic())
        self._thread = threading.Thread(target=self._run, name="copies-ship", daemon=True)

    def start(self) -> None:
        """Begin with the claim and a full snapshot."""
        self._database.after_commit = self._note_commit
        self._thread.start()

    def wait(self) -> "Future[None]":
        """Done once the store has acknowledged all that is committed by now."""
        waiter: Future[None] = Future()
        with self._lock:
            self._waiters.append(waiter)
        self._wake.set()
        return waiter

    def ask_full(self) -> None:
        """Ship a full snapshot next."""
        self._needs_full = True
        self.wait()

    def begin_anew(self) -> None:
        """Put the mark and a full snapshot into a store that has lost what it held."""
        self._is_marked = False
        self.ask_full()

    def show_life(self) -> None:
        """Ship an object soon, even when nothing has changed."""
        self._must_show_life = True
        self._wake.set()

    def lead_as(self, writer: Writer) -> None:
        """Go on as another writer, whose claim is in the store, from a full snapshot on."""
        self._next_writer = writer
        self.ask_full()

    def note_merged(self, merged: dict[str, int]) -> None:
        """What of other writers is in the database now, for the next object to say."""
        self._history.merged.update(merged)

    def merged(self) -> dict[str, int]:
        """How far the journals of other writers are in the database."""
        return dict(self._history.merged)

    def gone(self) -> dict[tuple[str, Key], float]:
        """The keys of rows that were deleted, and when."""
        with self._lock:
            return dict(self._history.gone)

    @property
    def has_erased(self) -> bool:
        """Whether the newest full snapshot lacks what was erased, and older objects have it."""
        return self._erased_in_full

    def note_pruned(self) -> None:
        """Nothing older than the newest full snapshot is left of this writer."""
        self._erased_in_full = False

    def stop(self, seconds: float) -> bool:
        """Ship what is left, for `seconds` at most; whether everything is shipped."""
        self._give_up_at = time.monotonic() + seconds
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(seconds + 0.2)
        self._database.after_commit = None
        return self.state.waiting_since is None

    def _note_commit(self) -> None:
        if self.state.waiting_since is None:
            self.state.waiting_since = time.monotonic()
        self._wake.set()

    def _run(self) -> None:
        if not self._deliver(self._build(CLAIM, [])):
            return
        while self._wait_for_work():
            try:
                self._ship_once()
            except Exception:
                # A full disk, say. What was noted may be lost by now, so all is shipped next.
                log.exception("a copy could not be made")
                self.state.error = "a copy could not be made; the log says why"
                self._needs_full = True
                self._pause(AFTER_ERROR_SECONDS)

    def _wait_for_work(self) -> bool:
        """Wait for a commit, then for more of them unless somebody waits; False at the end."""
        while not (self._needs_full or self._stopping.is_set() or self._wake.wait(1.0)):
            if self._is_full_due():
                self._needs_full = True
        due = self._shipped_at + self._store.interval
        while not self._stopping.is_set() and (left := due - time.monotonic()) > 0:
            if (self._waiters or self.state.full_at is None) and self._store.may_hurry():
                break
            self._stopping.wait(min(left, 0.05))
        if time.monotonic() >= self._give_up_at:
            return False
        return not (self._stopping.is_set() and self._is_clean())

    def _is_clean(self) -> bool:
        if self._needs_full or self._waiters:
            return False
        return not self._database.work_on_file(self._journal.has_news)

    def _ship_once(self) -> None:
        self._wake.clear()
        with self._lock:
            waiters, self._waiters = self._waiters, []
        is_safe = False
        try:
            shipment = self._take()
            is_safe = shipment is None or self._deliver(shipment)
            if shipment is None:
                self.state.waiting_since = None
        finally:
            if not is_safe:
                with self._lock:
                    self._waiters += waiters
                    self._needs_full = True
        for waiter in waiters:
            waiter.set_result(None)

    def _take(self) -> Shipment | None:
        """What has changed, as an object; the writer stands still only while it is read."""
        if self._next_writer is not None:
            self._change_writer(self._next_writer)
        has_to_show, self._must_show_life = self._must_show_life, False
        changes = self._database.work_on_file(self._drain)
        self._remember(changes)
        if self._needs_full or changes is None or self._is_full_due():
            return self._build(FULL, self._read_all())
        is_empty = not len(changes) and not has_to_show
        return None if is_empty else self._build(SEGMENT, pack_changes(changes))

    def _change_writer(self, writer: Writer) -> None:
        self._history.merged[str(self.writer)] = self._number - 1
        self.writer, self._next_writer = writer, None
        self._number, self._segments, self._needs_full = 1, 0, True
        self.state.fulls = []

    def _drain(self, connection: Any) -> Changes | None:
        begun = time.perf_counter()
        changes = self._journal.drain(connection)
        stall = time.perf_counter() - begun
        self.state.longest_stall = max(self.state.longest_stall, stall)
        return changes

    def _remember(self, changes: Changes | None) -> None:
        now, gone = time.time(), self._history.gone
        tables = changes.tables if changes is not None else {}
        with self._lock:
            for table, rows in tables.items():
                for key, row in rows.items():
                    if row is None:
                        gone[table, key] = now
                    else:
                        gone.pop((table, key), None)
        if "erasure" in tables:
            self._needs_full = self._has_erased = True

    def _is_full_due(self) -> bool:
        if self._segments >= SEGMENTS_PER_FULL:
            return True
        full_at = self.state.full_at
        return full_at is not None and time.monotonic() - full_at > FULL_EVERY_SECONDS

    def _read_all(self) -> Iterator[dict[str, Any]]:
        """Every row, read from a copy of the file that nobody else has open."""
        remove_file(self._image)
        connection = self._database.copy_file(self._image)
        try:
            schema, version = read_schema(connection)
            oldest = time.time() - GONE_KEPT_SECONDS
            with self._lock:
                for key in [key for key, at in self._history.gone.items() if at <= oldest]:
                    del self._history.gone[key]
            gone = [[table, key, at] for (table, key), at in self._history.gone.items()]
            yield {"schema": schema, "version": version, "gone": gone}
            for table in list_tables():
                yield from pack_table(connection, table.name)
        finally:
            connection.close()
            remove_file(self._image)

    def _build(self, kind: str, lines: Iterable[Any]) -> Shipment:
        name = ObjectName(self.writer, self._number, kind)
        rest = iter(lines)
        first = next(rest) if kind == FULL else {}
        header = {
            **first,
            "merged": dict(self._history.merged),
            "at": time.time(),
        }
        blob = self._codec.pack(name, _chain(header, rest))
        return Shipment(name, blob)

    def _deliver(self, shipment: Shipment) -> bool:
        """Put an object until the store acknowledges it; False when the time is over."""
        pause = FIRST_PAUSE
        while True:
            try:
                self._store.put(str(shipment.name), shipment.blob)
            except StoreError as error:
                if self.state.error != error.reason:
                    log.warning("copy not acknowledged: %s", error.reason)
                self.state.error = error.reason
                wait = max(pause * random.uniform(0.5, 1.0), error.wait)
            else:
                self._note_delivered(shipment)
                return True
            if not self._pause(wait):
                return False
            pause = min(pause * 2, LONGEST_PAUSE)

    def _pause(self, seconds: float) -> bool:
        """Leave the store alone for a while, shortly while stopping; False when time is over."""
        if self._stopping.is_set():
            time.sleep(min(seconds, STOPPING_PAUSE))
        else:
            self._stopping.wait(seconds)
        return time.monotonic() < self._give_up_at

    def _note_delivered(self, shipment: Shipment) -> None:
        now, state = time.monotonic(), self.state
        state.acked_at, state.error = now, None
        state.objects += 1
        self._number += 1
        self._shipped_at = now
        if shipment.name.kind == FULL:
            self._needs_full, self._segments = False, 0
            self._erased_in_full |= self._has_erased
            self._has_erased = False
            state.full_at = now
            state.fulls.append(shipment.name.number)
            self._mark_store()
        elif shipment.name.kind == SEGMENT:
            self._segments += 1
        if shipment.name.kind != CLAIM:
            state.waiting_since = now if self._wake.is_set() else None

    def _mark_store(self) -> None:
        """Leave a mark that no listing can hide. What it is for has not happened yet: a failure is
        made up for by the next snapshot."""
        if not self._is_marked:
            with suppress(StoreError):
                self._store.put(IN_USE, b"This store holds copies of a database.\n")
                self._is_marked = True


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest
