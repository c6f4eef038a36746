"""What happens in one chat, as events in order, for whoever holds a socket to it.

Messages are told in the order of their ids, each once and only when it has ended, so that the last
one that a program has seen says exactly where to go on. The words of an answer that is being
written are told beside that, as far as they are released: as they come when it is written in this
process, and as they are stored when it is written in another.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from chatbot.engine.live_turn import LiveTurn
from chatbot.engine.program_chat import Caller, ProgramChat
from chatbot.engine.views import MessageView
from chatbot.storage.models import MessageStatus, Role
from chatbot.storage.program_chats import ChatFacts

MESSAGES_AT_ONCE = 100


@dataclass(frozen=True)
class FeedEvent:
    """One thing that has happened: `message` is set for NEW_MESSAGE, `values` for all others."""

    name: str
    values: dict[str, Any]
    message: MessageView | None = None


class ChatFeed:
    """Tells one caller of one chat; every reading checks anew that it is theirs.

    `after` is the last message that the caller has seen; without it only what comes is told.
    """

    def __init__(
        self, chats: ProgramChat, caller: Caller, chat_id: uuid.UUID, after: uuid.UUID | None
    ) -> None:
        self._chats = chats
        self._caller = caller
        self._chat_id = chat_id
        self._seen = after
        self._facts: ChatFacts | None = None
        self._status: dict[str, Any] = {}
        self._turn: uuid.UUID | None = None
        self._elsewhere: uuid.UUID | None = None
        self._shown = 0

    @property
    def is_answered_elsewhere(self) -> bool:
        """Whether an answer is being written in another process: read the news again and again."""
        return self._elsewhere is not None

    async def find_session(self) -> uuid.UUID:
        """Whose chat it is; raises NotFound when it is not the caller's."""
        return (await self._chats.read(self._caller, self._chat_id)).session_id

    async def start(self) -> list[FeedEvent]:
        """How the chat stands, and what was said since the caller last looked."""
        if self._seen is None:
            messages, _ = await self._chats.list_messages(
                self._caller, self._chat_id, limit=MESSAGES_AT_ONCE
            )
            ended = _until_streaming(messages, None)
            self._seen = ended[-1].id if ended else uuid.UUID(int=0)
        return await self.read_news()

    async def read_news(self) -> list[FeedEvent]:
        """What has changed since the last reading. Raises NotFound once the chat is gone."""
        facts = await self._chats.read(self._caller, self._chat_id)
        events = self._compare(facts)
        has_more, is_answering, elsewhere = True, False, None
        while has_more:
            messages, has_more = await self._chats.list_messages(
                self._caller, self._chat_id, after=self._seen, limit=MESSAGES_AT_ONCE
            )
            ended = _until_streaming(messages, self._turn)
            events += [FeedEvent("NEW_MESSAGE", {}, message) for message in ended]
            self._seen = ended[-1].id if ended else self._seen
            if len(ended) < len(messages):
                is_answering, has_more = True, False
                elsewhere = self._find_elsewhere(messages[len(ended)])
        events += self._read_stored(elsewhere)
        status = {"status": facts.status, "answering": is_answering}
        # An answer may begin and end between two readings: its end is told nevertheless.
        has_answer = any(event.message and event.message.role == Role.ASSISTANT for event in events)
        if status != self._status or has_answer:
            events.append(FeedEvent("STATUS", status))
        self._facts, self._status = facts, status
        return events

    def find_live(self) -> LiveTurn | None:
        """The answer that is being written, when it is one not followed before."""
        live = self._chats.get_live(self._chat_id)
        if live is None or live.is_finished or live.turn_id == self._turn:
            return None
        self._turn, self._elsewhere, self._shown = live.turn_id, None, 0
        return live

    def read_delta(self, live: LiveTurn) -> FeedEvent | None:
        """The words that were released since the last one of these; `offset` is where they go."""
        text, offset = live.text[self._shown :], self._shown
        if not text:
            return None
        self._shown += len(text)
        return _delta(live.turn_id, offset, text)

    def leave_live(self) -> None:
        """The answer has ended: it is a message like the others from here on."""
        self._turn = None

    def _find_elsewhere(self, message: MessageView) -> MessageView | None:
        """The answer that is being written, unless it is in this process."""
        is_here = message.id == self._turn or self._chats.get_live(self._chat_id) is not None
        return None if is_here else message

    def _read_stored(self, message: MessageView | None) -> list[FeedEvent]:
        """The words of another process's answer that were stored since the last reading."""
        if message is None:
            self._elsewhere = None
            return []
        if self._elsewhere != message.id:
            self._elsewhere, self._shown = message.id, 0
        text, offset = message.text[self._shown :], self._shown
        self._shown += len(text)
        return [_delta(message.id, offset, text)] if text else []

    def _compare(self, facts: ChatFacts) -> list[FeedEvent]:
        """Told before the messages: who has the floor says who may write them."""
        before, events = self._facts, []
        if before is None or before.floor != facts.floor:
            events.append(FeedEvent("FLOOR", {"floor": facts.floor}))
        if facts.escalation and (before is None or before.escalation != facts.escalation):
            events.append(FeedEvent("ESCALATED", {"status": facts.escalation}))
        return events


def _delta(turn_id: uuid.UUID, offset: int, text: str) -> FeedEvent:
    return FeedEvent("DELTA", {"id": str(turn_id), "offset": offset, "text": text})


def _until_streaming(
    messages: tuple[MessageView, ...], turn_id: uuid.UUID | None
) -> list[MessageView]:
    """The first messages, up to one that is being written or still followed."""
    ended: list[MessageView] = []
    for message in messages:
        if message.status == MessageStatus.STREAMING or message.id == turn_id:
            break
        ended.append(message)
    return ended
