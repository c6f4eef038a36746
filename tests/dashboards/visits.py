"""Rows of visits at given moments, so that every figure can be counted by hand."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from chatbot.storage.database import Database
from chatbot.storage.models import (
    ChatSession,
    Contact,
    ContactConversation,
    Conversation,
    Escalation,
    EscalationReason,
    Message,
    Role,
    ToolCall,
)

_numbers = itertools.count()


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of May 2026, in UTC."""
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


NOW = at(31)


@dataclass
class Visit:
    """One session with one conversation, and what the visitor does in it."""

    session: Session
    chat: ChatSession
    conversation: Conversation

    @classmethod
    def begin(cls, session: Session, moment: datetime) -> "Visit":
        number = next(_numbers)
        chat = ChatSession(token_hash=f"hash {number}", first_seen_at=moment, last_seen_at=moment)
        session.add(chat)
        session.flush()
        visit = cls(session, chat, Conversation(session_id=chat.id))
        visit._open(moment)
        return visit

    def again(self, moment: datetime) -> "Visit":
        """Another conversation of the same visitor."""
        visit = Visit(self.session, self.chat, Conversation(session_id=self.chat.id))
        visit._open(moment)
        return visit

    def ask(self, text: str, moment: datetime, answer: str = "Yes.", **values: object) -> Message:
        """A question and its answer, which `values` tell more of."""
        asked = self._add(Role.USER, text, moment, {})
        self.chat.last_seen_at = max(self.chat.last_seen_at, moment)
        self.conversation.active_at = moment
        self.conversation.title = self.conversation.title or text[:120]
        self.session.add(self.conversation)
        return self._add(
            Role.ASSISTANT, answer, moment + timedelta(seconds=1), {"reply_to": asked.id, **values}
        )

    def say(self, role: Role, text: str, moment: datetime, **values: object) -> Message:
        return self._add(role, text, moment, values)

    def file(self, answer: Message, outcome: str = "done") -> None:
        """Note that a turn filed its question for the owner."""
        self.session.add(
            ToolCall(
                message_id=answer.id,
                position=0,
                name="record_unknown_question",
                outcome=outcome,
            )
        )

    def leave_contact(self, moment: datetime, **values: object) -> Contact:
        values = {"email": f"visitor{next(_numbers)}@example.com", **values}
        contact = Contact(conversation_id=self.conversation.id, created_at=moment, **values)
        self.session.add(contact)
        self.session.flush()
        link = ContactConversation(
            contact_id=contact.id, conversation_id=self.conversation.id, created_at=moment
        )
        self.session.add(link)
        self.session.flush()
        return contact

    def escalate(self, moment: datetime, **values: object) -> Escalation:
        escalation = Escalation(
            conversation_id=self.conversation.id,
            live_conversation_id=self.conversation.id,
            reason=EscalationReason.REQUESTED,
            opened_at=moment,
            **values,
        )
        self.conversation.status = "escalated"
        self.session.add_all([escalation, self.conversation])
        self.session.flush()
        return escalation

    @property
    def id(self) -> UUID:
        return self.conversation.id

    def _open(self, moment: datetime) -> None:
        self.conversation.created_at = self.conversation.active_at = moment
        self.session.add(self.conversation)
        self.session.flush()

    def _add(self, role: Role, text: str, moment: datetime, values: dict[str, object]) -> Message:
        message = Message(
            conversation_id=self.conversation.id,
            role=role,
            content=text,
            created_at=moment,
            **values,
        )
        self.session.add(message)
        self.session.flush()
        return message


def fill(database: Database) -> None:
    """Five visits, whose figures the tests count by hand."""
    database.write_now(_fill)


def _fill(session: Session) -> None:
    ana = Visit.begin(session, at(1, 9))
    known = ana.ask(
        "Do you know Python?", at(1, 9), "é" * 10, cost_micro_usd=1_500_000, first_text_ms=400
    )
    ana.file(known, outcome="refused")
    ana.ask("do you know PYTHON", at(1, 9, 5), "x" * 20, feedback="up", first_text_ms=600)
    ana.leave_contact(at(1, 10))
    ana.again(at(20)).ask("Hello", at(20), "x" * 30, limited=True)

    ben = Visit.begin(session, at(10, 23, 30))
    unknown = ben.ask("What is your notice period?", at(10, 23, 30), "x" * 40, feedback="down")
    ben.file(unknown)
    ben.escalate(at(11))
    ben.say(Role.NOTICE, "Ana has been told.", at(11))
    ben.say(Role.OWNER, "Hello, it is me.", at(11))

    eve = Visit.begin(session, at(28))
    first = eve.ask(
        "What is your notice?", at(28), "x" * 500, replaced_at=at(28), cost_micro_usd=500_000
    )
    session.get(Message, first.reply_to).replaced_at = at(28)
    eve.ask("What is your notice period", at(28, 12, 1), "", status="failed")

    Visit.begin(session, at(29)).leave_contact(at(29))
    Visit.begin(session, at(30))
