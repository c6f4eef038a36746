"""Queries of the codes that prove an e-mail address."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from chatbot.storage.models import (
    Booking,
    ChatSession,
    Contact,
    ContactConversation,
    Conversation,
    EmailCode,
)
from chatbot.storage.rows import update_rows

Left = tuple[str, datetime | None]


def list_left(
    session: Session, *, session_id: uuid.UUID, for_update: bool = False
) -> Sequence[Left]:
    """The addresses that were left in a session, and when each was proved there: what somebody
    else has proved or left before says nothing of this visitor.

    `for_update` locks the session's row: of two requests for a code the second counts the first.
    """
    if for_update:
        lock = select(ChatSession.id).where(ChatSession.id == session_id).with_for_update()
        session.exec(lock).first()
    own = select(Conversation.id).where(Conversation.session_id == session_id)
    booked = select(Booking.contact_id).where(Booking.session_id == session_id)
    came = select(Contact.email).where(
        col(Contact.conversation_id).in_(own) | col(Contact.id).in_(booked),
        col(Contact.email).is_not(None),
    )
    linked = (
        select(Contact.email, ContactConversation.told)
        .join(ContactConversation, col(ContactConversation.contact_id) == col(Contact.id))
        .where(col(ContactConversation.conversation_id).in_(own), col(Contact.email).is_not(None))
        .order_by(col(Contact.id))
    )
    left = list(session.exec(came.order_by(col(Contact.id))).all())
    # A contact is also found by a phone number: that tells nobody the address that is in it.
    left += [email for email, told in session.exec(linked) if (told or {}).get("email") == email]
    proofs = select(EmailCode.email, EmailCode.used_at).where(
        EmailCode.session_id == session_id, col(EmailCode.used_at).is_not(None)
    )
    proved = dict(session.exec(proofs).all())
    return [(email, proved.get(email)) for email in dict.fromkeys(filter(None, left))]


def count_since(
    session: Session,
    *,
    since: datetime,
    session_id: uuid.UUID | None = None,
    email: str | None = None,
) -> int:
    """How many codes were sent since then, for a session or to an address."""
    statement = select(func.count()).where(col(EmailCode.created_at) > since)
    if session_id is not None:
        statement = statement.where(EmailCode.session_id == session_id)
    if email is not None:
        statement = statement.where(EmailCode.email == email)
    return session.exec(statement).one()


def end_older(session: Session, *, session_id: uuid.UUID, email: str, now: datetime) -> None:
    """Make the codes worthless that were sent before."""
    update_rows(
        session,
        EmailCode,
        col(EmailCode.session_id) == session_id,
        col(EmailCode.email) == email,
        col(EmailCode.used_at).is_(None),
        # Not `used_at`: that is the proof that somebody typed a code in.
        values={"expires_at": now},
    )


def lock_open(
    session: Session, *, session_id: uuid.UUID, email: str, now: datetime
) -> EmailCode | None:
    """The code that may still be typed, locked."""
    statement = (
        select(EmailCode)
        .where(
            EmailCode.session_id == session_id,
            EmailCode.email == email,
            col(EmailCode.used_at).is_(None),
            col(EmailCode.expires_at) > now,
        )
        .order_by(col(EmailCode.id).desc())
        .limit(1)
        .with_for_update()
    )
    return session.exec(statement).first()


def mark_verified(session: Session, *, email: str, now: datetime) -> None:
    """Note that the address of a contact has been proved."""
    values = {"email_verified_at": now, "updated_at": now}
    update_rows(session, Contact, col(Contact.email) == email, values=values)
