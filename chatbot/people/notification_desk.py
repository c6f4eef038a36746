"""What the owner can see and do about the messages that they are sent.

Nothing here asks who is calling: every handler checks the owner before it comes here.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from chatbot.errors import InvalidInput
from chatbot.people.channels import SendResult
from chatbot.people.delivery_log import LogEntry, OutboxState, get_outbox_state, list_log
from chatbot.people.outbox import Outbox
from chatbot.storage.database import Database
from chatbot.storage.models import NotificationStatus, utc_now

LOG_PAGE = 20


@dataclass(frozen=True)
class LogPage:
    """A piece of the delivery log, latest first, under how the outbox stands.

    `channels` are the names of those that are set up; `older` is what `read_log` is to be told for
    the next piece, None after the last one.
    """

    entries: tuple[LogEntry, ...]
    older: uuid.UUID | None
    state: OutboxState
    channels: tuple[str, ...]


class NotificationDesk:
    """The delivery log and the test message."""

    def __init__(
        self, *, database: Database, outbox: Outbox, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    async def read_log(self, *, before: str = "", status: str = "") -> LogPage:
        """The latest entries, or those before the one with the id `before`; `status` "" means all.

        Raises InvalidInput for a status that there is not; an id that there is not is no id.
        """
        wanted, key, now = _choose(status), _key(before), self._clock()

        def work(session: Session) -> tuple[list[LogEntry], OutboxState]:
            entries = list_log(session, limit=LOG_PAGE + 1, before=key, status=wanted)
            return entries, get_outbox_state(session, now=now)

        found, state = await self._database.read(work)
        shown = tuple(found[:LOG_PAGE])
        older = shown[-1].id if len(found) > LOG_PAGE else None
        return LogPage(shown, older, state, self._outbox.channel_names)

    async def send_test(self) -> dict[str, SendResult]:
        """Send a test through every channel now; what each said, by its name."""
        return await self._outbox.send_test()


def _choose(status: str) -> NotificationStatus | None:
    try:
        return NotificationStatus(status) if status else None
    except ValueError:
        known = ", ".join(NotificationStatus)
        raise InvalidInput(f"Choose one of these: {known}.") from None


def _key(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
