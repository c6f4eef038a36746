"""The owner's inbox: every conversation, to be read, taken over, answered and handed back.

Nothing here asks who is calling: every handler and route checks the owner before it comes here.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from chatbot.errors import NotFound
from chatbot.events import Bell
from chatbot.people.clearance import share_facts
from chatbot.people.desk_inputs import read_choice, read_key, read_search
from chatbot.people.escalations import resolve_escalation
from chatbot.people.presence import Presence, PresenceView
from chatbot.people.takeover import Takeover
from chatbot.storage import conversations, inbox, transcripts
from chatbot.storage.database import Database
from chatbot.storage.inbox import InboxFilter
from chatbot.storage.inbox_rows import ChatRow, list_chats_by_id
from chatbot.storage.models import Floor, utc_now
from chatbot.storage.pages import PAGE_SIZE, PageOf, PageRequest
from chatbot.storage.transcripts import Transcript

CHAT_GONE = "This conversation is no longer here. Load the list again."
MESSAGES_AT_ONCE = 100
MOST_STEPS = 20


@dataclass(frozen=True)
class InboxPage:
    """A page of the list, how many conversations wait for the owner, and whether they are here."""

    chats: PageOf[ChatRow]
    waiting: int
    presence: PresenceView


class InboxDesk:
    """What the owner can do with conversations; ids, filters and texts are checked.

    Every method raises InvalidInput for a value that cannot be meant, and those with an id NotFound
    when the conversation is gone; both say in `user_message` what to do.
    """

    def __init__(
        self,
        *,
        database: Database,
        bell: Bell,
        takeover: Takeover,
        presence: Presence,
        zone: ZoneInfo,
    ) -> None:
        self._database = database
        self._bell = bell
        self._takeover = takeover
        self._presence = presence
        self._zone = zone

    async def list_chats(
        self,
        *,
        only: str = InboxFilter.ALL,
        search: str = "",
        page: int = 1,
        size: int = PAGE_SIZE,
        now: datetime | None = None,
    ) -> InboxPage:
        """Conversations, latest activity first, `size` a page.

        `only` is an InboxFilter; for "today" the day begins in the owner's time zone.
        """
        chosen, words = read_choice(InboxFilter, only) or InboxFilter.ALL, read_search(search)
        since = day_start(now or utc_now(), self._zone)

        def work(session: Session) -> tuple[PageOf[ChatRow], int]:
            found = inbox.list_chats(
                session, PageRequest(page, size), only=chosen, today_since=since, search=words
            )
            return found, inbox.count_waiting(session)

        chats, waiting = await self._database.read(work)
        return InboxPage(chats, waiting, await self._presence.get_presence(now))

    async def read_chat(
        self, conversation_id: uuid.UUID | str, *, steps: int = 1, marks_read: bool = True
    ) -> Transcript:
        """One conversation with its last messages, `steps` times 100 of them.

        With `marks_read` all that is shown counts as read from now on.
        """
        key = read_key(conversation_id, CHAT_GONE)
        limit = MESSAGES_AT_ONCE * min(max(1, steps), MOST_STEPS)
        found = await self._database.read(
            lambda session: transcripts.get_transcript(session, conversation_id=key, limit=limit)
        )
        if found is None:
            raise NotFound(CHAT_GONE)
        if marks_read and found.chat.is_unread and found.messages:
            # Up to what was read above: what has come in since stays unread.
            until = max(message.created_at for message in found.messages)
            await self._database.write(
                lambda session: inbox.mark_read(session, conversation_id=key, until=until)
            )
        return found

    async def mark_unread(self, conversation_id: uuid.UUID | str) -> None:
        """Put a conversation back among those that the owner has not read."""
        key = read_key(conversation_id, CHAT_GONE)
        is_there = await self._database.write(
            lambda session: inbox.mark_unread(session, conversation_id=key)
        )
        if not is_there:
            raise NotFound(CHAT_GONE)
        self._bell.ring_owner(key)

    async def take_over(self, conversation_id: uuid.UUID | str) -> None:
        """Give the floor to the owner; the bot is silent from here on."""
        await self._takeover.take(read_key(conversation_id, CHAT_GONE))

    async def hand_back(self, conversation_id: uuid.UUID | str) -> None:
        """Give the floor back to the bot, and end a live escalation."""
        await self._takeover.hand_back(read_key(conversation_id, CHAT_GONE))

    async def say(
        self, conversation_id: uuid.UUID | str, text: str, client_message_id: str
    ) -> uuid.UUID:
        """Store what the owner writes and show it to the visitor, once for a `client_message_id`;
        returns the message's id.

        Whoever writes takes the conversation over: the bot is silent from here on.
        """
        key = read_key(conversation_id, CHAT_GONE)
        if text.strip():
            await self._takeover.take(key)
        return await self._takeover.say(key, text, client_message_id)

    async def resolve(self, conversation_id: uuid.UUID | str) -> None:
        """End the live escalation of a conversation, which the bot has from here on.

        Nothing changes where there is none and the bot has the floor.
        """
        key = read_key(conversation_id, CHAT_GONE)

        def work(session: Session) -> tuple[str, uuid.UUID]:
            found = next(iter(list_chats_by_id(session, [key])), None)
            if found is None:
                raise NotFound(CHAT_GONE)
            live = conversations.get_live_escalation(session, conversation_id=key)
            if live is not None and found.floor == Floor.BOT:
                resolve_escalation(session, live.id)
            return found.floor, found.session_id

        floor, session_id = await self._database.write(work)
        if floor == Floor.OWNER:
            await self._takeover.hand_back(key)
            return
        self._bell.ring(session_id)
        self._bell.ring_owner(key)

    async def share_facts(self, conversation_id: uuid.UUID | str, shares: bool) -> None:
        """Let the bot tell this visitor what is shared on request only, or no longer."""
        key = read_key(conversation_id, CHAT_GONE)
        found = await self._database.write(lambda session: share_facts(session, key, shares=shares))
        if found is None:
            raise NotFound(CHAT_GONE)
        self._bell.ring_owner(key)

    async def note_seen(self) -> None:
        """The owner is using the inbox."""
        await self._presence.note_seen()

    async def set_away(self, is_away: bool) -> None:
        """Say to visitors that the owner is away, or no longer."""
        await self._presence.set_away(is_away)
        if not is_away:
            await self.note_seen()


def day_start(now: datetime, zone: ZoneInfo) -> datetime:
    """When the day that it is in a time zone began."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
