"""What a link in a notification is about: who, their words, and whether there is still a need.

As little of a person as it takes to know them again, because whoever holds the link reads it.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from chatbot.people.notifications import NotificationKind
from chatbot.people.quoting import plain
from chatbot.storage import action_links, people
from chatbot.storage.models import Contact, ContactStatus, Floor, QuestionStatus

MAX_WHO = 80
MAX_WORDS = 300
MAX_QUESTION = 2000
SHOWN_DIGITS = 3


class Action(StrEnum):
    """The one thing that a link does."""

    TAKE_OVER = "take_over"
    ANSWER = "answer"
    MARK_CONTACTED = "mark_contacted"
    NOT_A_LEAD = "not_a_lead"


@dataclass(frozen=True)
class Offer:
    """An action that a kind of notification offers: `key` is what in its payload names the
    target."""

    action: Action
    key: str
    label: str
    lifetime: timedelta


@dataclass(frozen=True)
class Subject:
    """`who` is "" for somebody without a name; `is_settled` when the action would change nothing
    that the owner has not done already."""

    who: str
    words: str
    is_settled: bool


OFFERS: dict[str, tuple[Offer, ...]] = {
    NotificationKind.ESCALATION: (
        Offer(Action.TAKE_OVER, "conversation_id", "Take over", timedelta(hours=24)),
    ),
    NotificationKind.QUESTION: (
        Offer(Action.ANSWER, "question_id", "Answer", timedelta(hours=72)),
    ),
    NotificationKind.CONTACT: (
        Offer(Action.MARK_CONTACTED, "contact_id", "Mark as contacted", timedelta(hours=72)),
        Offer(Action.NOT_A_LEAD, "contact_id", "Not a lead", timedelta(hours=72)),
    ),
}
# Where in the owner's area a notification or an action belongs: tab, and key of the payload.
PLACES: dict[str, tuple[str, str, str]] = {
    NotificationKind.ESCALATION: ("inbox", "conversation_id", "Read the chat"),
    NotificationKind.QUESTION: ("knowledge", "question_id", "See the question"),
    NotificationKind.CONTACT: ("contacts", "contact_id", "See the contact"),
}
TABS = {
    Action.TAKE_OVER: "inbox",
    Action.ANSWER: "knowledge",
    Action.MARK_CONTACTED: "contacts",
    Action.NOT_A_LEAD: "contacts",
}


def find_subject(
    session: Session, action: Action, target_id: uuid.UUID, *, for_update: bool = False
) -> Subject | None:
    """What the action is about; None when it is no longer there."""
    return _FINDERS[action](session, target_id, for_update)


def find_place(kind: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    """(label, place): where the owner reads more, as "inbox/ID"; "" is the whole area."""
    tab, key, label = PLACES.get(kind, ("", "", ""))
    target = read_id(payload.get(key))
    return (label, f"{tab}/{target}") if target else ("Your area", "")


def read_id(value: object) -> uuid.UUID | None:
    """An id from a payload, None when there is none."""
    try:
        return uuid.UUID(str(value)) if value else None
    except ValueError:
        return None


def _conversation(session: Session, target_id: uuid.UUID, for_update: bool) -> Subject | None:
    row = action_links.get_conversation(session, conversation_id=target_id, for_update=for_update)
    if row is None:
        return None
    escalation = action_links.get_last_escalation(session, conversation_id=target_id)
    words = (escalation.note if escalation else "") or row.title
    who = _name_in(session, target_id)
    return Subject(who, plain(words, MAX_WORDS), is_settled=row.floor == Floor.OWNER)


def _question(session: Session, target_id: uuid.UUID, for_update: bool) -> Subject | None:
    row = action_links.get_question(session, question_id=target_id, for_update=for_update)
    if row is None:
        return None
    is_settled = row.status != QuestionStatus.OPEN
    return Subject(_name_in(session, row.conversation_id), row.text[:MAX_QUESTION], is_settled)


def _contact_for(settled: tuple[str, ...]) -> Callable[[Session, uuid.UUID, bool], Subject | None]:
    def find(session: Session, target_id: uuid.UUID, for_update: bool) -> Subject | None:
        row = people.get_contact(session, contact_id=target_id, for_update=for_update)
        if row is None:
            return None
        return Subject(_name(row), plain(row.notes, MAX_WORDS), row.status in settled)

    return find


def _name_in(session: Session, conversation_id: uuid.UUID | None) -> str:
    contact = action_links.get_contact_of(session, conversation_id=conversation_id)
    return _name(contact) if contact else ""


def _name(contact: Contact) -> str:
    """The name, else enough of an address to know it again."""
    if contact.name:
        return plain(contact.name, MAX_WHO)
    if contact.email:
        local, _, domain = contact.email.rpartition("@")
        return plain(f"{local[:1]}\u2026@{domain}", MAX_WHO)
    return f"\u2026{contact.phone[-SHOWN_DIGITS:]}" if contact.phone else ""


_FINDERS: dict[Action, Callable[[Session, uuid.UUID, bool], Subject | None]] = {
    Action.TAKE_OVER: _conversation,
    Action.ANSWER: _question,
    Action.MARK_CONTACTED: _contact_for(
        (ContactStatus.CONTACTED, ContactStatus.IN_TALKS, ContactStatus.CLOSED)
    ),
    Action.NOT_A_LEAD: _contact_for((ContactStatus.JUNK,)),
}
