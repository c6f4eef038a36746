"""Carries signals between the processes on one database, over a line that may break.

Two threads with a connection each, so that nothing waits for the line: one sends what waits, one
listens. Whoever was cut off has missed something that nobody can name, so all pages read again.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from chatbot.storage.signals import Signal, SignalKind, read_signal

log = logging.getLogger(__name__)

# A signal has at most 130 bytes, and a payload of PostgreSQL's 8,000.
_SIGNALS_AT_ONCE = 50
_WAITING_SIGNALS = 1000
_RECEIVE_SECONDS = 1.0
_PAUSE_SECONDS = 1.0
_STOP_SECONDS = 2.0


class LineLost(Exception):
    """The connection broke, or none could be made."""


class OpenLine(Protocol):
    """A connection; both methods raise LineLost."""

    def send(self, payloads: Sequence[str]) -> None:
        """Give texts of at most 7,000 bytes to all who listen, this process included."""
        ...

    def receive(self, seconds: float) -> Sequence[str]:
        """What has come, as soon as something has; nothing after `seconds`."""
        ...


class Line(Protocol):
    """What connects the processes; `is_prompt` says whether what is sent arrives at once."""

    name: str
    is_prompt: bool

    def open(self, *, listens: bool) -> AbstractContextManager[OpenLine]:
        """A new connection, to listen or to send; raises LineLost."""
        ...


class Wire:
    """Tells the other processes, and hears them. `sender` tells this run's signals from theirs."""

    def __init__(self, line: Line, *, sender: str) -> None:
        self._line = line
        self._sender = sender
        self._waiting: dict[Signal, None] = {}
        self._has_changed = threading.Condition()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def is_prompt(self) -> bool:
        """Whether the others hear a signal at once, if they are there."""
        return self._line.is_prompt

    def start(self, hear: Callable[[Signal], None], missed: Callable[[], None]) -> None:
        """Begin. `hear` is given each signal of another process, and `missed` is called when some
        may have been missed; both by a thread of the wire, which they must not hold up."""
        self._threads = [
            threading.Thread(target=self._send_all, name="wire-send", daemon=True),
            threading.Thread(
                target=self._listen, args=(hear, missed), name="wire-listen", daemon=True
            ),
        ]
        for thread in self._threads:
            thread.start()

    def tell(self, signal: Signal) -> None:
        """Let the others hear a signal soon; any thread may call this, and it returns at once."""
        with self._has_changed:
            if len(self._waiting) >= _WAITING_SIGNALS:
                self._waiting = {Signal(SignalKind.RING_ALL): None}
            self._waiting[signal] = None
            self._has_changed.notify()

    def stop(self) -> None:
        """Send what waits, if the line holds, and end; for a worker thread."""
        with self._has_changed:
            self._stopping.set()
            self._has_changed.notify()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)

    def _send_all(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._line.open(listens=False) as line:
                    while signals := self._take_waiting():
                        line.send(self._pack(signals))
            except LineLost as error:
                log.warning("other processes cannot be told: %s", error)
                self.tell(Signal(SignalKind.RING_ALL))
                self._stopping.wait(_PAUSE_SECONDS)

    def _take_waiting(self) -> list[Signal]:
        """What is to be sent, as soon as there is something; nothing when this ends."""
        with self._has_changed:
            self._has_changed.wait_for(lambda: self._waiting or self._stopping.is_set())
            signals, self._waiting = list(self._waiting), {}
            return signals

    def _pack(self, signals: list[Signal]) -> list[str]:
        starts = range(0, len(signals), _SIGNALS_AT_ONCE)
        parts = (signals[start : start + _SIGNALS_AT_ONCE] for start in starts)
        return ["\n".join([self._sender, *(one.encode() for one in part)]) for part in parts]

    def _listen(self, hear: Callable[[Signal], None], missed: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                with self._line.open(listens=True) as line:
                    log.info("listening to other processes", extra={"line": self._line.name})
                    missed()
                    while not self._stopping.is_set():
                        for payload in line.receive(_RECEIVE_SECONDS):
                            self._unpack(payload, hear)
            except LineLost as error:
                log.warning("other processes are not heard: %s", error)
                self._stopping.wait(_PAUSE_SECONDS)

    def _unpack(self, payload: str, hear: Callable[[Signal], None]) -> None:
        sender, *lines = payload.split("\n")
        if sender == self._sender:
            return
        for line in lines:
            if (signal := read_signal(line)) is not None:
                hear(signal)
