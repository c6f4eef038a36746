"""The live bell: tells open pages to read the database again, and who is writing.

The bell carries no data but ids, so that an order or a loss of rings can corrupt nothing. A page
shows a signed ticket first; a visitor's names their session and their page, the owner's is signed
for another purpose. Neither opens anything but the bell.
"""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from chatbot.signing import Signer
from chatbot.storage.signals import Signal, SignalKind

RING, TYPING = "1", "t"
_PAGES_PER_LISTENER = 20
# Of a page that reads slowly; past that it is told to read everything.
_WAITING_FRAMES = 50


@dataclass(frozen=True)
class Ticket:
    """What a valid ticket says: whose bell (None is the owner's), and which page listens."""

    session_id: uuid.UUID | None
    page: str


@dataclass(eq=False)
class Listener:
    """One open socket and the frames that wait for it, each once."""

    page: str
    loop: asyncio.AbstractEventLoop
    _waiting: dict[str, None] = field(default_factory=dict)
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_rung(self) -> bool:
        """Whether frames wait."""
        return self._rung.is_set()

    def tell(self, frame: str) -> None:
        """Let a frame be sent; any thread may call this."""
        with suppress(RuntimeError):  # The loop is closed: the page has gone with it.
            self.loop.call_soon_threadsafe(self._add, frame)

    async def next_frames(self) -> list[str]:
        """Waits until there are frames, and takes them."""
        await self._rung.wait()
        self._rung.clear()
        frames, self._waiting = list(self._waiting), {}
        return frames

    def _add(self, frame: str) -> None:
        if len(self._waiting) >= _WAITING_FRAMES:
            self._waiting = {RING: None}
        self._waiting[frame] = None
        self._rung.set()


class LiveBell:
    """Rings open pages; implements `chatbot.events.TypingBell`.

    `secret_key` signs the tickets; they hold for `ticket_seconds`, and a visitor's is renewed with
    every view that a page is given. `tell_others`, where other processes have pages open too, lets
    their bells `hear` what this one is asked to ring.
    """

    def __init__(
        self,
        *,
        secret_key: str,
        ticket_seconds: int = 86_400,
        ping_seconds: float = 25.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._signer = Signer(secret_key, "bell")
        self._owner_signer = Signer(secret_key, "owner bell")
        self._ticket_seconds = ticket_seconds
        self._clock = clock
        self._listeners: dict[uuid.UUID | None, list[Listener]] = {}
        self._following: Counter[tuple[uuid.UUID, str]] = Counter()
        self._missed: dict[tuple[uuid.UUID, str], float] = {}
        self.ping_seconds = ping_seconds
        self.tell_others: Callable[[Signal], None] = _nobody_else

    def ring(self, session_id: uuid.UUID) -> None:
        """Tells every open page of the session to read again, save those following the turn."""
        self._pass_on(Signal(SignalKind.RING, session_id=session_id))

    def ring_owner(self, conversation_id: uuid.UUID | None = None) -> None:
        """Tells the owner's pages to read a conversation again, or with None everything."""
        self._pass_on(Signal(SignalKind.RING_OWNER, conversation_id=conversation_id))

    def tell_visitor_typing(self, conversation_id: uuid.UUID) -> None:
        """Tells the owner's pages that a visitor is writing."""
        self._pass_on(Signal(SignalKind.VISITOR_TYPES, conversation_id=conversation_id))

    def tell_owner_typing(self, session_id: uuid.UUID, conversation_id: uuid.UUID) -> None:
        """Tells a visitor's pages that the owner is writing, also those that follow a turn."""
        self._pass_on(Signal(SignalKind.OWNER_TYPES, session_id, conversation_id))

    def hear(self, signal: Signal) -> None:
        """Rings the pages of this process, as another one asks; any thread may call this."""
        conversation_id = signal.conversation_id
        match signal:
            case Signal(SignalKind.RING, uuid.UUID() as session_id):
                self._ring_visitor(session_id)
            case Signal(SignalKind.RING_OWNER):
                self._tell(None, f"{RING}:{conversation_id}" if conversation_id else RING)
            case Signal(SignalKind.VISITOR_TYPES):
                self._tell(None, f"{TYPING}:{conversation_id}")
            case Signal(SignalKind.OWNER_TYPES, uuid.UUID() as session_id):
                self._tell(session_id, f"{TYPING}:{conversation_id}")
            case Signal(SignalKind.RING_ALL):
                self.ring_everybody()

    def ring_everybody(self) -> None:
        """Tells every page of this process to read again: something may have been missed."""
        for session_id in list(self._listeners):
            if session_id is None:
                self._tell(None, RING)
            else:
                self._ring_visitor(session_id)

    def _pass_on(self, signal: Signal) -> None:
        self.hear(signal)
        self.tell_others(signal)

    def _ring_visitor(self, session_id: uuid.UUID) -> None:
        for listener in self._list_listeners(session_id):
            if self._following[(session_id, listener.page)]:
                self._missed[(session_id, listener.page)] = time.monotonic()
            else:
                listener.tell(RING)

    @contextmanager
    def following(self, ticket: str, page: str) -> Iterator[Callable[[float], None]]:
        """While open, `page` sees the turn anyway and is not rung.

        Call what it yields with the moment (`time.monotonic`) at which the reading of a view began
        that the page is given: a ring after that is delivered when the block ends, so that nothing
        said while the view was read is overlooked. Without a valid `ticket` of that page nothing
        changes: the page is rung as ever.
        """
        known = self.read_ticket(ticket)
        if known is None or known.session_id is None or known.page != page:
            yield _nothing
            return
        place = (known.session_id, page)
        self._following[place] += 1
        try:
            yield lambda read_at: self._note_view(place, read_at)
        finally:
            self._following[place] -= 1
            if not self._following[place]:
                del self._following[place]
                self._deliver_missed(place)

    def make_ticket(self, session_id: uuid.UUID, page: str) -> str:
        """A ticket for `/api/bell`: text without secrets in it, signed, good for a day."""
        return self._signer.sign(f"{session_id}|{page}|{self._expiry()}")

    def make_owner_ticket(self) -> str:
        """A ticket for the owner's bell; to be made for a signed-in owner only."""
        return self._owner_signer.sign(f"owner||{self._expiry()}")

    def read_ticket(self, ticket: str) -> Ticket | None:
        """What a ticket says; None when it is forged, malformed or too old."""
        for_owner = self._owner_signer.read(ticket)
        body = for_owner or self._signer.read(ticket)
        if body is None:
            return None
        session_text, page, expiry = body.split("|")
        if int(expiry) < self._clock():
            return None
        return Ticket(session_id=None if for_owner else uuid.UUID(session_text), page=page)

    def open_pages(self, session_id: uuid.UUID | None) -> int:
        """How many pages of the session, or with None of the owner, listen at this moment."""
        return len(self._listeners.get(session_id, ()))

    @contextmanager
    def listening(self, ticket: Ticket) -> Iterator[Listener | None]:
        """Registers one socket; yields what it is told, None when too many are open."""
        listeners = self._listeners.setdefault(ticket.session_id, [])
        if len(listeners) >= _PAGES_PER_LISTENER:
            yield None
            return
        listener = Listener(page=ticket.page, loop=asyncio.get_running_loop())
        listeners.append(listener)
        try:
            yield listener
        finally:
            listeners.remove(listener)
            if not listeners:
                self._listeners.pop(ticket.session_id, None)

    def _list_listeners(self, session_id: uuid.UUID | None) -> list[Listener]:
        return list(self._listeners.get(session_id, ()))

    def _tell(self, session_id: uuid.UUID | None, frame: str) -> None:
        for listener in self._list_listeners(session_id):
            listener.tell(frame)

    def _note_view(self, place: tuple[uuid.UUID, str], read_at: float) -> None:
        if self._missed.get(place, read_at) < read_at:
            del self._missed[place]

    def _deliver_missed(self, place: tuple[uuid.UUID, str]) -> None:
        if self._missed.pop(place, None) is None:
            return
        session_id, page = place
        for listener in self._list_listeners(session_id):
            if listener.page == page:
                listener.tell(RING)

    def _expiry(self) -> int:
        return int(self._clock()) + self._ticket_seconds


def _nothing(_read_at: float) -> None:
    """What a page without a valid ticket does with a view."""


def _nobody_else(_signal: Signal) -> None:
    """Where one process has all the pages."""
