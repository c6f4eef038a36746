"""The owner's inbox over a real database, with bells that note what they rang."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from chatbot.hours import parse_hours
from chatbot.people.inbox_desk import InboxDesk
from chatbot.people.presence import Presence
from chatbot.people.takeover import Takeover, TakeoverValues
from chatbot.storage.database import Database


@dataclass
class RecordingBell:
    """Whose pages were rung."""

    rung: list[uuid.UUID] = field(default_factory=list)
    owner: list[uuid.UUID | None] = field(default_factory=list)

    def ring(self, session_id: uuid.UUID) -> None:
        self.rung.append(session_id)

    def ring_owner(self, conversation_id: uuid.UUID | None = None) -> None:
        self.owner.append(conversation_id)

    def tell_visitor_typing(self, conversation_id: uuid.UUID) -> None: ...

    def tell_owner_typing(self, session_id: uuid.UUID, conversation_id: uuid.UUID) -> None: ...


class NoTurns:
    """A program in which no answer is being written."""

    async def stop_turn(self, conversation_id: uuid.UUID, reason: str = "stopped") -> bool:  # noqa: ARG002
        return False

    @asynccontextmanager
    async def hold_turns(self, conversation_id: uuid.UUID) -> AsyncIterator[None]:  # noqa: ARG002
        yield


def make_inbox(
    database: Database, bell: RecordingBell | None = None, *, zone: str = "UTC"
) -> InboxDesk:
    bell = bell or RecordingBell()
    owner_zone = ZoneInfo(zone)
    return InboxDesk(
        database=database,
        bell=bell,
        takeover=Takeover(
            TakeoverValues(idle_minutes=15, budget_cap=10**6),
            database=database,
            bell=bell,
            turns=NoTurns(),
        ),
        presence=Presence(parse_hours("none", owner_zone), database=database),
        zone=owner_zone,
    )
