"""One turn: admitted, answered in a task of its own, stored whatever happens.

The task belongs to the conversation and not to a page: it goes on when the page is closed, and any
number of pages follow it. It ends in exactly one transaction, which also settles the money and
decides whether the owner is called.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from weakref import WeakValueDictionary

from sqlalchemy.exc import IntegrityError

from chatbot.engine.admission import (
    Admission,
    Draft,
    DraftIsStale,
    Turn,
    TurnIsRunning,
    TurnRequest,
)
from chatbot.engine.answering import Answering
from chatbot.engine.ending import Ending
from chatbot.engine.live_turn import LiveTurn
from chatbot.engine.other_runs import RESTART, OtherRuns
from chatbot.engine.outcome import Outcome
from chatbot.engine.publishing import Publishing
from chatbot.errors import ChatbotError
from chatbot.events import Bell, Finished, TurnEvent
from chatbot.logs import log_context
from chatbot.people.confirming import Confirming
from chatbot.people.floor import TAKEN_OVER
from chatbot.storage.database import Database
from chatbot.storage.models import Floor, MessageStatus

log = logging.getLogger(__name__)

DRAFT_TRIES = 3
STOP_SECONDS = 4.0
FINISH_PAUSES = (0.0, 0.5, 2.0, 5.0)


class ChatEngine:
    """Starts turns, keeps them running, and ends them."""

    def __init__(
        self,
        *,
        database: Database,
        admission: Admission,
        answering: Answering,
        ending: Ending,
        bell: Bell,
        confirming: Confirming,
        others: OtherRuns,
    ) -> None:
        self._database = database
        self._admission = admission
        self._answering = answering
        self._ending = ending
        self._bell = bell
        self._confirming = confirming
        self._others = others
        self._live: dict[uuid.UUID, LiveTurn] = {}
        self._starting: set[asyncio.Task[Turn]] = set()
        self._admitting: WeakValueDictionary[uuid.UUID, asyncio.Lock] = WeakValueDictionary()
        self._is_closing = False
        self.closed_at: float | None = None

    @property
    def run_id(self) -> uuid.UUID:
        """The id of this run of the program, which its streaming messages carry."""
        return self._admission.run_id

    async def start_turn(self, request: TurnRequest) -> Turn:
        """Admit what a visitor asks for and begin to answer; returns when it is stored.

        The same request again returns the turn of the first. Raises NotFound, InvalidInput
        (TurnIsRunning while an answer is being written) or NotSaved; then nothing was stored.
        """
        if self._is_closing:
            raise ChatbotError("The chat is restarting. Please send this again in a moment.")
        # A page that is closed meanwhile must not leave a turn that is admitted and never runs.
        task = asyncio.create_task(self._start(request))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)
        return await asyncio.shield(task)

    async def knows(self, request: TurnRequest) -> bool:
        """Whether this request has been admitted before; raises NotFound like `start_turn`."""
        return await self._database.read(lambda session: self._admission.is_known(session, request))

    async def _start(self, request: TurnRequest) -> Turn:
        async with self._lock_of(request.conversation_id):
            turn = await self._admit(request)
            if turn.is_new and not turn.is_silent:
                self._launch(turn)
        if turn.is_new:
            self._bell.ring(turn.draft.session_id)
            self._bell.ring_owner(turn.conversation_id)
        return turn

    def get_live(self, conversation_id: uuid.UUID) -> LiveTurn | None:
        """The turn that runs in a conversation, in this process."""
        return self._live.get(conversation_id)

    async def stop_turn(self, conversation_id: uuid.UUID, reason: str = "stopped") -> bool:
        """End the running turn of a conversation; what was shown is kept as interrupted.

        `reason` is the code of the error that it is stored with.
        """
        live = self._live.get(conversation_id)
        if live is None:
            return await self._others.stop_turn(conversation_id, reason)
        await self._cancel(live, reason)
        return True

    def hear_stop(self, conversation_id: uuid.UUID, reason: str) -> None:
        """Another process asks that a turn ends which may run here; for the loop's thread."""
        live = self._live.get(conversation_id)
        if live is not None:
            self._break_off(live, reason)

    @asynccontextmanager
    async def hold_turns(self, conversation_id: uuid.UUID) -> AsyncIterator[None]:
        """No turn of the conversation is admitted while this is open; one that runs goes on."""
        async with self._lock_of(conversation_id):
            yield

    def _lock_of(self, conversation_id: uuid.UUID | str) -> asyncio.Lock:
        """Held while a turn of the conversation is admitted and its task begins."""
        lock = asyncio.Lock()
        try:
            key = uuid.UUID(str(conversation_id))
        except ValueError:
            return lock
        return self._admitting.setdefault(key, lock)

    def open(self) -> None:
        """Take turns again after `close`."""
        self._is_closing, self.closed_at = False, None

    async def close(self) -> None:
        """Take no more turns, store what the running ones have shown, and end this run.

        `closed_at` is when this was asked for first, by `time.monotonic()`.
        """
        self._is_closing = True
        self.closed_at = self.closed_at or time.monotonic()
        await asyncio.gather(*self._starting, return_exceptions=True)
        running = list(self._live.values())
        await asyncio.gather(*(self._cancel(live, RESTART) for live in running))
        try:
            await self._others.note_end()
        except ChatbotError as error:
            log.warning("the end of this run is not noted: %s", error)

    async def _admit(self, request: TurnRequest) -> Turn:
        for _ in range(DRAFT_TRIES):
            found = await self._database.read(
                lambda session: self._admission.find_known(session, request)
            )
            if isinstance(found, Turn):
                return found
            worst_case = 0
            if found.conversation.floor == Floor.BOT:
                worst_case = self._answering.worst_case(found)
            try:
                return await self._write_turn(found, worst_case)
            except (DraftIsStale, IntegrityError):
                continue
        raise TurnIsRunning

    async def _write_turn(self, draft: Draft, worst_case: int) -> Turn:
        return await self._database.write(
            lambda session: self._admission.admit(session, draft, worst_case=worst_case)
        )

    def _launch(self, turn: Turn) -> None:
        live = LiveTurn(turn_id=turn.turn_id, conversation_id=turn.conversation_id)
        self._live[turn.conversation_id] = live
        live.task = asyncio.create_task(self._run(turn, live), name=f"turn {turn.turn_id}")

    async def _cancel(self, live: LiveTurn, reason: str) -> None:
        self._break_off(live, reason)
        if live.task is not None:
            await asyncio.wait([live.task], timeout=STOP_SECONDS)

    def _break_off(self, live: LiveTurn, reason: str) -> None:
        """Break off a turn, once: a second stop must not break off the storing of the first."""
        if live.task is not None and not live.is_ending and live.stop_reason is None:
            live.stop_reason = reason
            live.task.cancel()

    async def _run(self, turn: Turn, live: LiveTurn) -> None:
        """Answer a turn and store how it ended; never raises."""
        ids = {"turn_id": turn.turn_id, "conversation_id": turn.conversation_id}
        with log_context(**{name: str(value) for name, value in ids.items()}):
            log.info("turn started", extra={"session_id": str(turn.draft.session_id)})
            await self._answer(turn, live)

    async def _answer(self, turn: Turn, live: LiveTurn) -> None:
        outcome = Outcome()
        try:
            async with aclosing(self._answering.answer(turn, outcome)) as events:
                await self._consume(live, events)
        except asyncio.CancelledError:
            outcome.end(MessageStatus.INTERRUPTED, live.stop_reason or "stopped")
        except Exception:
            log.exception("turn failed")
            outcome.end(MessageStatus.FAILED, "internal")
        await self._finish(turn, live, outcome)

    async def _consume(self, live: LiveTurn, events: AsyncIterator[TurnEvent]) -> None:
        """Show and save what is said, until it has been said or the turn is ended elsewhere."""
        publishing = Publishing(live, self._database, lambda: self._break_off(live, TAKEN_OVER))
        try:
            async for event in events:
                if not await publishing.take(event):
                    return
        finally:
            await publishing.close()

    async def _finish(self, turn: Turn, live: LiveTurn, outcome: Outcome) -> None:
        live.is_ending = True
        is_ours = await self._store_end(turn, live, outcome)
        if is_ours is False:
            outcome.end(MessageStatus.INTERRUPTED, TAKEN_OVER)
        if self._live.get(turn.conversation_id) is live:
            del self._live[turn.conversation_id]
        if is_ours and outcome.called_owner and not self._is_closing:
            # Shown as ended, the answer tells the visitor that the owner has been called.
            await self._confirming.is_safe(turn.conversation_id)
        status = MessageStatus.FAILED if is_ours is None else outcome.status
        live.apply(Finished(status=status, citations=tuple(live.citations)))
        fields = {"status": status, "reason": outcome.error, "model": outcome.model}
        times = {"ms": live.elapsed_ms(), "first_text_ms": live.first_text_ms}
        log.info("turn ended", extra={**fields, **times, "limited": live.limited})
        self._bell.ring(turn.draft.session_id)
        self._bell.ring_owner(turn.conversation_id)

    async def _store_end(self, turn: Turn, live: LiveTurn, outcome: Outcome) -> bool | None:
        """Store how a turn ended; False when it was ended elsewhere, None when it cannot be stored.

        Tries again for a while, as an answer has been shown by now.
        """
        for pause in FINISH_PAUSES:
            await asyncio.sleep(pause)
            try:
                return await self._database.write(
                    lambda session: self._ending.store(session, turn, live, outcome)
                )
            except Exception:
                log.exception("end of a turn not saved")
        return None

    async def watch_runs(self) -> None:
        """Say that this run is alive, and settle the turns of runs that are not.

        To be done every `WATCH_SECONDS` where other processes are on the same database.
        """
        await self._others.note_alive()
        await self.settle_dead_turns()

    async def settle_dead_turns(self) -> int:
        """Mark what was left streaming as interrupted; returns how many turns that were."""
        alive = {live.turn_id for live in self._live.values()}
        ended = await self._others.settle_dead(alive)
        for found in ended:
            self._bell.ring(found.session_id)
            self._bell.ring_owner(found.conversation_id)
        return len(ended)
