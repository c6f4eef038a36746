"""Use cases of a takeover: the owner joins a conversation, writes in it, and hands it back.

Nothing here asks who is calling: every handler and route checks the owner before it comes here.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.events import TurnControl, TypingBell
from chatbot.people.floor import (
    CHAT_GONE,
    OWNER_KEY,
    TAKEN_OVER,
    FloorView,
    add_owner_message,
    give_floor_back,
    take_floor,
)
from chatbot.people.presence import note_owner_seen
from chatbot.storage import floor
from chatbot.storage.database import Database
from chatbot.storage.floor import FloorRow
from chatbot.storage.models import Floor, utc_now
from chatbot.text import clean_line, clean_text

MAX_OWNER_MESSAGE = 4000
MAX_CLIENT_ID = 64 - len(OWNER_KEY)
IDLE_AT_ONCE = 100


@dataclass(frozen=True)
class TakeoverValues:
    """Minutes of the owner's silence after which the bot resumes, and the day's budget in
    micro-USD."""

    idle_minutes: int
    budget_cap: int


class Takeover:
    """Passes the floor of conversations between the bot and the owner.

    Every method raises NotFound for a conversation that is not there, with the remedy in
    `user_message`. `turns` are the turns that run in this process.
    """

    def __init__(
        self, values: TakeoverValues, *, database: Database, bell: TypingBell, turns: TurnControl
    ) -> None:
        self._values = values
        self._database = database
        self._bell = bell
        self._turns = turns

    async def take(
        self, conversation_id: uuid.UUID | str, *, first: Callable[[Session], None] | None = None
    ) -> FloorView:
        """Give the floor to the owner; taking it twice changes nothing.

        A running answer is ended first, while no other can begin: all that was shown of it is
        stored before the floor passes, and nothing of it is shown or stored after. `first` begins
        the transaction in which the floor passes; what it raises keeps the floor where it is.
        """
        key = _key(conversation_id)

        def work(session: Session) -> FloorView:
            if first is not None:
                first(session)
            at = utc_now()
            note_owner_seen(session, at=at)
            return take_floor(session, key, at=at, budget_cap=self._values.budget_cap)

        async with self._turns.hold_turns(key):
            await self._turns.stop_turn(key, TAKEN_OVER)
            view = await self._database.write(work)
        self._ring(view)
        return view

    async def say(
        self, conversation_id: uuid.UUID | str, text: str, client_message_id: str
    ) -> uuid.UUID:
        """Store what the owner writes and show it to the visitor; returns the message's id.

        The same `client_message_id` again finds the same message. Raises InvalidInput for words
        that cannot be sent, and while the bot has the floor.
        """
        key, words = _key(conversation_id), _check_words(text)
        client_id = clean_line(client_message_id, limit=MAX_CLIENT_ID)
        if not client_id:
            raise InvalidInput("This message came without its id. Load the page again.")

        def work(session: Session) -> tuple[uuid.UUID, uuid.UUID]:
            at = utc_now()
            note_owner_seen(session, at=at)
            return add_owner_message(session, key, words, client_message_id=client_id, at=at)

        message_id, session_id = await self._database.write(work)
        self._bell.ring(session_id)
        self._bell.ring_owner(key)
        return message_id

    async def hand_back(self, conversation_id: uuid.UUID | str) -> FloorView:
        """Give the floor to the bot, and end a live escalation; doing it twice changes nothing."""
        key = _key(conversation_id)
        view = await self._database.write(
            lambda session: give_floor_back(session, key, at=utc_now())
        )
        self._ring(view)
        return view

    async def return_idle(self, now: datetime | None = None) -> int:
        """Give back what the owner has been silent in for too long; returns how many that were.

        Several processes may do this at once: each conversation is given back by one of them.
        """
        moment = now or utc_now()
        since = moment - timedelta(minutes=self._values.idle_minutes)
        due = await self._database.read(
            lambda session: floor.list_silent_owners(session, since=since, limit=IDLE_AT_ONCE)
        )
        views = [await self._return_one(key, moment, since) for key in due]
        return sum(view.has_changed for view in views)

    async def owner_types(self, conversation_id: uuid.UUID) -> None:
        """Show the visitor that the owner is writing, while the owner has the floor."""
        found = await self._get_floor(conversation_id)
        if found is not None and found.floor == Floor.OWNER:
            self._bell.tell_owner_typing(found.session_id, conversation_id)

    async def visitor_types(self, session_id: uuid.UUID, conversation_id: uuid.UUID) -> None:
        """Show the owner that a visitor is writing, if the conversation is theirs and taken."""
        found = await self._get_floor(conversation_id)
        if found == FloorRow(session_id, Floor.OWNER):
            self._bell.tell_visitor_typing(conversation_id)

    async def _return_one(self, key: uuid.UUID, at: datetime, since: datetime) -> FloorView:
        view = await self._database.write(
            lambda session: give_floor_back(session, key, at=at, silent_since=since)
        )
        self._ring(view)
        return view

    async def _get_floor(self, key: uuid.UUID) -> FloorRow | None:
        return await self._database.read(
            lambda session: floor.get_floor(session, conversation_id=key)
        )

    def _ring(self, view: FloorView) -> None:
        if view.has_changed:
            self._bell.ring(view.session_id)
            self._bell.ring_owner(view.conversation_id)


def _key(value: uuid.UUID | str) -> uuid.UUID:
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise NotFound(CHAT_GONE) from None


def _check_words(text: str) -> str:
    words = clean_text(text) if isinstance(text, str) else ""
    if not words:
        raise InvalidInput("Please type a message first.")
    if len(words) > MAX_OWNER_MESSAGE:
        raise InvalidInput(
            f"This message has {len(words):,} characters; {MAX_OWNER_MESSAGE:,} is the most that "
            "fits. Please shorten it."
        )
    return words
