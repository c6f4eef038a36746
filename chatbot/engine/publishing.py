"""Showing and saving an answer while it is written, so that a takeover can end it at any moment.

On SQLite one process has the conversation: it shows words at once, saves them now and then, and a
takeover ends the turn, which stores what was shown, before the floor passes. On a database server
the owner may take over in another process, which knows only what is stored: there words are shown
after they have been saved under a turn that had not been ended. So what is shown is always stored,
and nothing that comes after the end is shown.
"""

import asyncio
import logging
from collections.abc import Callable

from chatbot.engine.live_turn import LiveTurn
from chatbot.errors import ChatbotError
from chatbot.events import TextDelta, TurnEvent
from chatbot.storage import messages
from chatbot.storage.database import Database
from chatbot.storage.models import utc_now

log = logging.getLogger(__name__)

SAVE_SECONDS = 1.0
SAVE_CHARACTERS = 512
# Between two saves that words wait for: a reader does not see the difference, a database does.
RELEASE_SECONDS = 0.2


class Publishing:
    """Takes the events of one turn. `on_ended` is called, by a task of its own, when the turn turns
    out to have been ended elsewhere while nothing new was said."""

    def __init__(self, live: LiveTurn, database: Database, on_ended: Callable[[], None]) -> None:
        self._live = live
        self._database = database
        self._saves_first = not database.is_sqlite
        self._on_ended = on_ended
        self._saved_at, self._saved_length = live.elapsed_ms(), 0
        self._releasing: asyncio.Task[None] | None = None

    async def take(self, event: TurnEvent) -> bool:
        """Show an event, or, of words that are to be saved first, see to it that they will be.

        False when the turn has been ended elsewhere.
        """
        if self._saves_first and isinstance(event, TextDelta):
            self._live.unshown += event.text
            if self._releasing is None or self._releasing.done():
                self._releasing = asyncio.create_task(self._release())
            return True
        self._live.apply(event)
        if self._saves_first or not self._is_due():
            return True
        self._saved_at, self._saved_length = self._live.elapsed_ms(), len(self._live.text)
        return await self._save()

    async def close(self) -> None:
        """Show nothing more: what is held back is stored with the end of the turn."""
        if self._releasing is not None:
            self._releasing.cancel()
            await asyncio.wait([self._releasing])

    def _is_due(self) -> bool:
        live = self._live
        waited = live.elapsed_ms() - self._saved_at >= SAVE_SECONDS * 1000
        gathered = len(live.text) - self._saved_length
        return gathered >= SAVE_CHARACTERS or (waited and gathered > 0)

    async def _release(self) -> None:
        live = self._live
        while live.unshown:
            count = len(live.unshown)
            if not await self._save():
                self._on_ended()
                return
            text, live.unshown = live.unshown[:count], live.unshown[count:]
            live.apply(TextDelta(text))
            await asyncio.sleep(RELEASE_SECONDS)

    async def _save(self) -> bool:
        live = self._live
        values = {"content": live.said, "citations": live.list_citations()}
        try:
            return await self._database.write(
                lambda session: messages.update_streaming(
                    session, live.turn_id, **values, updated_at=utc_now()
                )
            )
        except ChatbotError:
            log.warning("part of an answer not saved")
            return True
