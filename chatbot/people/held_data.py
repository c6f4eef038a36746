"""Everything that is held about a visitor, for them to take along."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from chatbot.people.contact_parts import list_told
from chatbot.people.erasing import is_only_of, is_verified_by
from chatbot.storage.erasure import list_naming
from chatbot.storage.models import (
    Booking,
    ChatSession,
    Contact,
    Conversation,
    EmailMessage,
    Notification,
    Table,
    Withheld,
    utc_now,
)
from chatbot.storage.visitor_rows import contacts_of, visit_rows

# What opens something, or names a run of the program: no data about a person.
_SECRET = {"token_hash", "code_hash", "claimed_by", "run_id"}
# The owner's own thoughts about a job.
_OWNERS = {"tailoring", "worded"}


@dataclass(frozen=True)
class HeldData:
    """Rows by table, each a mapping of column and plain value, oldest first.

    A contact that others have told of too has only what this visitor told of it, unless they have
    proved that the address is theirs. Of what the owner was told it holds when and about what: the
    words are those of the rows themselves.
    """

    taken_at: datetime
    rows: Mapping[str, list[dict[str, Any]]]


def read_held_data(session: Session, chat: ChatSession) -> HeldData:
    """Everything that is held about the visitor of a session."""
    own = list(
        session.exec(select(Conversation.id).where(Conversation.session_id == chat.id)).all()
    )
    contacts = session.exec(select(Contact).where(contacts_of(chat.id, own))).all()
    theirs = [row for row in contacts if _is_theirs(session, row, chat, own)]
    conditions = visit_rows(chat.id, own)
    for row in theirs:
        # Under an address that is theirs alone, whatever session it was sent from.
        if row.email and is_verified_by(session, row, chat.id):
            for table in (Booking, EmailMessage):
                conditions[table] = or_(conditions[table], col(table.email) == row.email)
    conditions[Contact] = col(Contact.id).in_([row.id for row in theirs])
    # What was withheld was never said to anybody: it is deleted with the chat, and not handed out.
    del conditions[Withheld]
    rows = {str(table.__tablename__): _read(session, table, c) for table, c in conditions.items()}
    rows["contact"] += [_shared(session, row, own) for row in contacts if row not in theirs]
    rows["notification"] = [_outline(row) for row in list_naming(session, [chat.id, *own])]
    return HeldData(taken_at=utc_now(), rows={name: rows[name] for name in sorted(rows)})


def _is_theirs(session: Session, row: Contact, chat: ChatSession, own: Collection[Any]) -> bool:
    return is_only_of(session, row, own) or is_verified_by(session, row, chat.id)


def _shared(session: Session, row: Contact, own: Collection[Any]) -> dict[str, Any]:
    """What one of several visitors of a contact told of it. A contact is also found by a phone
    number: that tells nobody the address that is in it."""
    told = _told(session, row, own)
    email = row.email if any(part.get("email") == row.email for part in told) else None
    return {"email": email, "shared": True, "told_by_you": told}


def _told(session: Session, row: Contact, own: Collection[Any]) -> list[dict[str, Any]]:
    return [told for key, told in list_told(session, contact_id=row.id) if key in own and told]


def _read(session: Session, table: type[Table], condition: Any) -> list[dict[str, Any]]:
    key = table.__table__.primary_key.columns  # type: ignore[attr-defined]
    found = session.exec(select(table).where(condition).order_by(*key)).all()
    hidden = _SECRET | _OWNERS
    return [row.model_dump(mode="json", warnings="none", exclude=hidden) for row in found]


def _outline(row: Notification) -> dict[str, Any]:
    told = row.model_dump(mode="json", include={"kind", "status", "created_at", "sent_at"})
    return {**told, "channels_have_it": row.sent_at is not None}
