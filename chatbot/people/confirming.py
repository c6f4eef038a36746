"""Whether what a visitor left for the owner is safe, before the visitor is told that it is."""

import asyncio
import logging
import uuid
from typing import Protocol

from sqlmodel import Session, col, select

from chatbot.errors import ChatbotError
from chatbot.storage.database import Database
from chatbot.storage.erasure import list_naming
from chatbot.storage.models import Delivery, NotificationStatus

log = logging.getLogger(__name__)

COPY_SECONDS = 5.0
CHANNEL_SECONDS = 5.0
ASK_SECONDS = 0.5


class NotConfirmed(ChatbotError):
    """It is stored on a disk that may not last, and nobody else has it yet."""

    user_message = (
        "We have received this, but could not make sure that it is kept. Please send it once more "
        "in a minute."
    )


class SafeCopies(Protocol):
    """What knows whether committed data is in a store outside of this machine."""

    async def confirm(self, seconds: float) -> bool:
        """Whether all that is committed by now is there, within that time."""
        ...


class Confirming:
    """Confirms contacts, escalations and calls; without copies the disk is what is promised."""

    def __init__(self, database: Database, copies: SafeCopies | None = None) -> None:
        self._database = database
        self._copies = copies

    async def is_safe(self, subject_id: uuid.UUID | None = None) -> bool:
        """Whether a copy outside of this machine has what was committed before this call.

        After a while, it is enough that the owner was sent the last notification about its subject:
        a conversation, a contact or a call.
        """
        if self._copies is None or await self._copies.confirm(COPY_SECONDS):
            return True
        tries = round(CHANNEL_SECONDS / ASK_SECONDS) if subject_id is not None else 0
        for _ in range(tries):
            if await self._database.read(lambda s: _was_sent(s, subject_id)):
                return True
            await asyncio.sleep(ASK_SECONDS)
        log.warning("neither a copy nor a channel has what a visitor left")
        return False

    async def require(self, subject_id: uuid.UUID | None = None) -> None:
        """Raise NotConfirmed unless it is safe."""
        if not await self.is_safe(subject_id):
            raise NotConfirmed


def _was_sent(session: Session, subject_id: uuid.UUID | None) -> bool:
    """Whether a channel took the last notification that names the subject."""
    found = list_naming(session, [subject_id] if subject_id else [])
    last = max((row.id for row in found), default=None)
    taken = select(Delivery.id).where(
        Delivery.notification_id == last, col(Delivery.status) == NotificationStatus.SENT
    )
    return last is not None and session.exec(taken.limit(1)).first() is not None
