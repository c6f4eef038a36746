"""A visitor who has left a marker in every field of every table that holds anything of visitors."""

import uuid
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import JSON, DateTime, String, Text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

from chatbot.signing import hash_token
from chatbot.storage.models import (
    ActionLink,
    Booking,
    ChatSession,
    Contact,
    ContactConversation,
    Conversation,
    Delivery,
    EmailCode,
    EmailMessage,
    Escalation,
    JobDescription,
    Message,
    Notification,
    Question,
    Table,
    ToolCall,
    Withheld,
    utc_now,
)

# What other columns refer to, decide by, or what no visitor chooses.
_NOT_TEXT = {
    "token_hash",
    "address_hash",
    "code_hash",
    "channel",
    "status",
    "role",
    "floor",
    "reason",
    "kind",
    "budget_day",
    "next_step_on",
    "time_zone",
    "feedback",
    "told_by",
    "action",
    "outcome",
    "locale",
}


_numbers = count()  # Some columns take a text only once.


def fill(row: Table, marker: str) -> Table:
    """Put the marker into every column of a row that takes text and holds none."""
    for column in row.__table__.columns:  # type: ignore[attr-defined]
        kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
        if column.name in _NOT_TEXT or column.foreign_keys:
            continue
        if isinstance(kind, JSON):
            if not getattr(row, column.name):
                quote = [marker, marker, marker]
                turn = {"question": marker, "answer": marker, "evidence": [quote]}
                item = {"requirement": marker, "kind": "skill", "must": True, "status": "gap"}
                item |= {"note": marker, "asks": [marker]}
                item["evidence"] = [{"quote": marker, "source": marker, "section": marker}]
                values = {
                    "tags": [marker],
                    "citations": [{"a": marker}],
                    "tailoring": [turn | {"at": utc_now().isoformat()}],
                    "fit": {"title": marker, "items": [item]},
                }
                setattr(row, column.name, values.get(column.name, {"a": marker}))
        elif isinstance(kind, String | Text) and not isinstance(kind, DateTime):
            if not getattr(row, column.name):
                number = next(_numbers)
                words = f"{marker} {column.name} {number}"
                if kind.length and len(words) > kind.length:
                    words = f"{number} {words}"[: kind.length]
                setattr(row, column.name, words)
    return row


class Left:
    """The ids of what a visitor has left."""

    def __init__(self, session: Session, marker: str, *, email: str, token: str) -> None:
        self.marker, self.email, self.token = marker, email, token
        self._session = session
        self.chat = self._add(ChatSession(token_hash=hash_token(token)))
        self.conversation = self._add(Conversation(session_id=self.chat))
        self.other = self._add(Conversation(session_id=self.chat))
        self.message = self._add(Message(conversation_id=self.conversation, role="user"))
        self.answer = self._add(
            Message(conversation_id=self.conversation, role="assistant", reply_to=self.message)
        )
        self.edited = self._add(
            Message(conversation_id=self.conversation, role="user", replaced_at=utc_now())
        )
        self._add(ToolCall(message_id=self.answer, position=0, outcome="done"))
        self._add(Withheld(message_id=self.answer))
        self.contact = self._add(Contact(email=email, conversation_id=self.conversation))
        link = ContactConversation(contact_id=self.contact, conversation_id=self.conversation)
        self._add(link)
        self.question = self._add(
            Question(conversation_id=self.conversation, message_id=self.message)
        )
        self._add(JobDescription(conversation_id=self.conversation, message_id=self.message))
        begin = utc_now() + timedelta(days=2)
        self.booking = self._add(
            Booking(
                session_id=self.chat,
                conversation_id=self.conversation,
                contact_id=self.contact,
                status="booked",
                starts_at=begin,
                live_starts_at=begin,
                minutes=30,
            )
        )
        self._add(EmailMessage(session_id=self.chat))
        self._add(EmailCode(session_id=self.chat, code_hash="0", expires_at=utc_now()))
        self.escalation = self._add(
            Escalation(conversation_id=self.conversation, reason="requested", note=marker)
        )
        self._add_notices()

    def _add_notices(self) -> None:
        lines = {"counts": {"question": 1}, "lines": [f"Question: {self.marker}"]}
        error = f"pushover: refused {self.marker}"
        digest = Notification(kind="digest", status="sent", payload=lines, last_error=error)
        self._session.add(digest)
        self._session.flush()
        self.digest = digest.id
        for name, key in (
            ("conversation_id", self.conversation),
            ("contact_id", self.contact),
            ("question_id", self.question),
            ("booking_id", self.booking),
            ("escalation_id", self.escalation),
        ):
            payload: dict[str, Any] = {name: str(key), "text": self.marker, "name": self.marker}
            row = Notification(
                kind="question", status="sent", payload=payload, digest_id=self.digest
            )
            sent = self._add(row)
            self._add(Delivery(notification_id=sent, channel="pushover"))
            self._add(ActionLink(action="take", target_id=key, expires_at=utc_now()))
        self._add(ActionLink(action="better", target_id=self.answer, expires_at=utc_now()))

    def _add(self, row: Any) -> uuid.UUID:
        self._session.add(fill(row, self.marker))
        self._session.flush()
        return row.id if hasattr(row, "id") else row.contact_id
