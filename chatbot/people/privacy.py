"""What is held about visitors: taken along, erased, kept no longer than promised, and receipts."""

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from chatbot.errors import InvalidInput, NotFound
from chatbot.events import Bell, TurnControl
from chatbot.people.confirming import Confirming
from chatbot.people.erasing import (
    ErasureReason,
    erase_contact,
    erase_conversations,
    erase_session,
    list_sessions_of_contact,
)
from chatbot.people.held_data import HeldData, read_held_data
from chatbot.people.retention import Retention, erase_resting
from chatbot.people.sessions import get_session
from chatbot.storage import people, receipts
from chatbot.storage.database import Database
from chatbot.storage.models import Conversation, Erasure, utc_now
from chatbot.storage.pages import PageOf, PageRequest
from chatbot.storage.receipts import Erasable, ReceiptRow
from chatbot.storage.wiping import wipe
from chatbot.text import clean_line

log = logging.getLogger(__name__)

GONE = "This is no longer here. Search again."
FEW_LETTERS = "Type three letters or more."
MIN_SEARCH, MAX_SEARCH = 3, 200
MAX_FOUND = 10
RETENTION_EVERY_SECONDS = 600.0
BATCHES_AT_ONCE = 200


@dataclass(frozen=True)
class Erasing:
    """What an erasure would concern: whose pages are rung, and which turns are stopped first."""

    sessions: tuple[uuid.UUID, ...]
    conversations: tuple[uuid.UUID, ...]


class Privacy:
    """Downloads and erasures for visitors and the owner, and the background work behind them.

    `forget` drops what caches in memory hold of visitors' texts.
    """

    def __init__(
        self,
        retention: Retention,
        *,
        database: Database,
        bell: Bell,
        turns: TurnControl,
        forget: Callable[[], None] = lambda: None,
        confirming: Confirming,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.retention = retention
        self._database = database
        self._bell = bell
        self._turns = turns
        self._forget = forget
        self._confirming = confirming
        self._seconds = seconds
        self._next_retention = 0.0

    async def read_held_data(self, token: str | None) -> HeldData:
        """Everything held about the visitor with this token; raises NotFound for any other."""
        return await self._database.read(
            lambda session: read_held_data(session, get_session(session, token))
        )

    async def erase_visitor(self, token: str | None) -> None:
        """Erase everything held about the visitor with this token; raises NotFound for any other.

        A running answer is stopped first.
        """
        concerned = await self._database.read(
            lambda session: _of_sessions(session, [get_session(session, token).id])
        )
        key = concerned.sessions[0]
        await self._erase(concerned, lambda s: erase_session(s, key, ErasureReason.VISITOR))

    async def erase_contact(self, contact_id: uuid.UUID, *, with_chats: bool = False) -> bool:
        """Erase a contact, and with it the chats it was left in; for the owner only.

        False when no copy has heard of it yet. Raises NotFound for an unknown contact.
        """

        def find(session: Session) -> Erasing:
            contact = people.get_contact(session, contact_id=contact_id)
            if contact is None:
                raise NotFound(GONE)
            found = list_sessions_of_contact(session, contact) if with_chats else ()
            return _of_sessions(session, found)

        concerned = await self._database.read(find)
        return await self._erase(
            concerned,
            lambda session: erase_contact(
                session, contact_id, ErasureReason.OWNER, with_chats=with_chats
            ),
        )

    async def erase_conversation(
        self, conversation_id: uuid.UUID, reason: ErasureReason = ErasureReason.OWNER
    ) -> bool:
        """Erase what was said in a conversation; for its visitor and the owner.

        False when no copy has heard of it yet. Raises NotFound for an unknown conversation.
        """

        def find(session: Session) -> Erasing:
            chat = session.get(Conversation, conversation_id)
            if chat is None:
                raise NotFound(GONE)
            return Erasing((chat.session_id,), (chat.id,))

        concerned = await self._database.read(find)
        return await self._erase(
            concerned,
            lambda session: erase_conversations(session, [conversation_id], reason),
        )

    async def find_erasable(self, words: str) -> list[Erasable]:
        """Contacts and conversations in which these words occur; for the owner only."""
        sought = clean_line(words, limit=MAX_SEARCH)
        if len(sought) < MIN_SEARCH:
            raise InvalidInput(FEW_LETTERS)
        return await self._database.read(
            lambda session: receipts.find_erasable(session, sought, limit=MAX_FOUND)
        )

    async def get_erasable(self, key: uuid.UUID | str) -> Erasable:
        """The contact or conversation with that id; for the owner only. Raises NotFound."""
        try:
            wanted = key if isinstance(key, uuid.UUID) else uuid.UUID(key)
        except ValueError:
            raise NotFound(GONE) from None
        found = await self._database.read(lambda s: receipts.get_erasable(s, wanted))
        if found is None:
            raise NotFound(GONE)
        return found

    async def list_receipts(self, *, page: int = 1) -> PageOf[ReceiptRow]:
        """Receipts of erasures, latest first; for the owner only."""
        return await self._database.read(
            lambda session: receipts.list_receipts(session, PageRequest(page))
        )

    async def keep_promises(self) -> None:
        """One pass of the background work: what is due by retention, and what is to be wiped."""
        if self._seconds() >= self._next_retention:
            await self.apply_retention()
            self._next_retention = self._seconds() + RETENTION_EVERY_SECONDS
        await self.wipe_erased()

    async def apply_retention(self, now: datetime | None = None) -> int:
        """Erase what rests for too long, in small transactions; returns how many these were."""
        moment = now or utc_now()
        for number in range(BATCHES_AT_ONCE):
            done = await self._database.write(
                lambda session: erase_resting(session, self.retention, now=moment)
            )
            if done is None:
                return number
            self._tell(done)
        return BATCHES_AT_ONCE

    async def wipe_erased(self) -> bool:
        """Make what was erased unreadable on the disk; False when it is to be tried again."""
        waiting = await self._database.read(receipts.list_unwiped)
        if not waiting:
            return True
        begun = self._seconds()
        tables = {name for _, counts in waiting for name in counts}
        if not await wipe(self._database, tables):
            log.warning("erased rows are not wiped yet: the database is busy")
            return False
        ids = [key for key, _ in waiting]
        await self._database.write(lambda session: receipts.mark_wiped(session, ids))
        log.info("erased rows wiped", extra={"ms": round((self._seconds() - begun) * 1000)})
        return True

    async def _erase(self, concerned: Erasing, work: Callable[[Session], Erasure | None]) -> bool:
        for conversation_id in concerned.conversations:
            await self._turns.stop_turn(conversation_id)
        done = await self._database.write(work)
        self._database.forget_values()
        self._forget()
        for session_id in concerned.sessions:
            self._bell.ring(session_id)
        if done is not None:
            self._tell(done)
        # An older copy must not bring back what somebody was told is erased.
        return await self._confirming.is_safe()

    def _tell(self, done: Erasure) -> None:
        log.info("erased", extra={"reason": done.reason, "rows": sum(done.counts.values())})


def _of_sessions(session: Session, ids: Sequence[uuid.UUID]) -> Erasing:
    statement = select(Conversation.id).where(col(Conversation.session_id).in_(ids))
    return Erasing(tuple(ids), tuple(session.exec(statement).all()))
