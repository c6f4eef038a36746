"""Reminding the owner of visitors who wait for them."""

from datetime import datetime

from chatbot.people.escalations import remind_of_escalations
from chatbot.storage.database import Database
from chatbot.storage.models import utc_now


class Reminders:
    """Reminds of each escalation that stays open for `after_minutes`, once."""

    def __init__(self, *, database: Database, after_minutes: int) -> None:
        self._database = database
        self._after_minutes = after_minutes

    async def remind(self, now: datetime | None = None) -> int:
        """Put what is due into the outbox; returns how many reminders. Any process may do this."""
        moment = now or utc_now()
        return await self._database.write(
            lambda session: remind_of_escalations(
                session, after_minutes=self._after_minutes, now=moment
            )
        )
