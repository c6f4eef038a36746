"""The other runs of the program on the same database: ending a turn there, and finding dead ones.

Each run says every few seconds that it is alive. What a run that is not alive left streaming is
marked as interrupted by whichever run finds it first, once. A SQLite file belongs to one run, so
nothing of this happens there.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Collection
from datetime import timedelta

from sqlmodel import Session

from chatbot.people.broken_off import break_off
from chatbot.storage import conversations, floor, leases, messages
from chatbot.storage.conversations import ConversationOwner
from chatbot.storage.database import Database
from chatbot.storage.models import Message, utc_now
from chatbot.storage.signals import Signal, SignalKind

RESTART = "restart"
ALIVE_SECONDS = 10.0
WATCH_SECONDS = 3.0
# A streaming row that has been saved so lately is not of a dead run, whatever the run has said.
JUST_SAVED = timedelta(seconds=ALIVE_SECONDS)
# A row of this run that no turn fills: longer than from its admission to the start of its task.
JUST_ADMITTED = timedelta(seconds=15)
FORGET_AFTER = timedelta(hours=1)
# How long another run may take to end its turn before that is done for it.
ASKED_SECONDS = 0.5
LOOK_SECONDS = 0.02


class OtherRuns:
    """What one run does about the others; `run_id` is its own.

    `budget_cap` is in micro-USD. `tell_others` lets them hear a signal; None where none can.
    """

    def __init__(self, run_id: uuid.UUID, *, database: Database, budget_cap: int) -> None:
        self._run_id = run_id
        self._database = database
        self._budget_cap = budget_cap
        self.tell_others: Callable[[Signal], None] | None = None

    async def stop_turn(self, conversation_id: uuid.UUID, reason: str) -> bool:
        """End the turn that another run has in a conversation; False when there is none.

        That run is asked to, as it alone knows what the turn has cost. One that does not answer at
        once is not waited for: the turn ends where it is stored, at its worst price, and nothing
        that is said in it afterwards is shown.
        """
        if self._database.is_sqlite or not await self._is_running(conversation_id):
            return False
        if self.tell_others is not None:
            self.tell_others(
                Signal(SignalKind.STOP, conversation_id=conversation_id, reason=reason)
            )
            until = time.monotonic() + ASKED_SECONDS
            while time.monotonic() < until:
                await asyncio.sleep(LOOK_SECONDS)
                if not await self._is_running(conversation_id):
                    return True

        def work(session: Session) -> None:
            # Locked first, as the end of a turn does: neither waits for a row the other holds.
            floor.lock_floor_epoch(session, conversation_id=conversation_id)
            for message in floor.list_streaming(session, conversation_id=conversation_id):
                if message.run_id != self._run_id:
                    break_off(session, message, error=reason, budget_cap=self._budget_cap)

        await self._database.write(work)
        return True

    async def note_alive(self) -> None:
        """Say that this run is alive, for `ALIVE_SECONDS` from now on."""
        if self._database.is_sqlite:
            return

        def work(session: Session) -> None:
            now = utc_now()
            leases.note_alive(session, run_id=self._run_id, now=now, seconds=ALIVE_SECONDS)
            leases.forget_runs(session, before=now - FORGET_AFTER)

        await self._database.write(work)

    async def note_end(self) -> None:
        """Say that this run has ended: what it may have left behind need not be waited for."""
        if not self._database.is_sqlite:
            await self._database.write(
                lambda session: leases.give_up_run(session, run_id=self._run_id)
            )

    async def settle_dead(self, own_turns: Collection[uuid.UUID]) -> list[ConversationOwner]:
        """Mark what dead runs left streaming as interrupted; returns in which conversations.

        In this run, what is not among `own_turns` is dead. What such a turn cost is not known: what
        it had reserved counts as spent, once, whichever run finds it first.
        """
        if not await self._database.read(lambda session: self._list_dead(session, own_turns)):
            return []

        def work(session: Session) -> list[ConversationOwner]:
            ended = []
            for message in self._list_dead(session, own_turns):
                # First, because this locks the conversation, as the end of a turn does.
                conversations.set_conversation(
                    session, message.conversation_id, active_at=utc_now()
                )
                if break_off(session, message, error=RESTART, budget_cap=self._budget_cap):
                    ended.append(message.conversation_id)
            return conversations.list_owners(session, ended)

        return await self._database.write(work)

    def _list_dead(self, session: Session, own_turns: Collection[uuid.UUID]) -> list[Message]:
        now = utc_now()
        if self._database.is_sqlite:
            rows = messages.list_streaming(session)
            alive = set()
        else:
            rows = messages.list_streaming(session, before=now - JUST_SAVED)
            alive = leases.list_alive(session, now=now) if rows else set()
        return [
            row
            for row in rows
            if (
                row.id not in own_turns and now - row.updated_at > JUST_ADMITTED
                if row.run_id == self._run_id
                else row.run_id not in alive
            )
        ]

    async def _is_running(self, conversation_id: uuid.UUID) -> bool:
        return await self._database.read(
            lambda session: floor.is_speaking_elsewhere(
                session, conversation_id=conversation_id, run_id=self._run_id
            )
        )
