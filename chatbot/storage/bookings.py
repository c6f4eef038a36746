"""Queries of calls. Whoever books, moves or frees a time holds the calendar's lock row."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from chatbot.storage.models import Booking, BookingStatus, Lease
from chatbot.storage.pages import PageRequest, read_page
from chatbot.storage.rows import add_unless_there, update_rows

CALENDAR = "calendar"


def lock_calendar(session: Session, *, now: datetime) -> None:
    """Wait until nobody else books, and let nobody book until this transaction ends.

    One row that all lock, because a look at the calls that are there cannot lock the gap between
    them alike on every database.
    """
    statement = select(Lease).where(Lease.name == CALENDAR)
    if session.exec(statement.with_for_update()).first() is None:
        add_unless_there(session, Lease(name=CALENDAR, holder=uuid.UUID(int=0), expires_at=now))
        session.exec(statement.with_for_update()).one()


def free_expired_holds(session: Session, *, now: datetime) -> int:
    """Give back the times that nobody confirmed."""
    return update_rows(
        session,
        Booking,
        col(Booking.status) == BookingStatus.HELD,
        col(Booking.hold_until) <= now,
        values={"status": BookingStatus.EXPIRED, "live_starts_at": None, "updated_at": now},
    )


def list_live(session: Session, *, since: datetime, now: datetime) -> Sequence[Booking]:
    """Calls from `since` on that are booked, or held by somebody who may still confirm."""
    is_held = (col(Booking.status) == BookingStatus.HELD) & (col(Booking.hold_until) > now)
    statement = (
        select(Booking)
        .where(
            col(Booking.live_starts_at) >= since,
            (col(Booking.status) == BookingStatus.BOOKED) | is_held,
        )
        .order_by(col(Booking.starts_at))
    )
    return session.exec(statement).all()


def get_booking(
    session: Session, *, booking_id: uuid.UUID, for_update: bool = False
) -> Booking | None:
    statement = select(Booking).where(Booking.id == booking_id)
    return session.exec(statement.with_for_update() if for_update else statement).first()


def get_by_token(session: Session, *, token_hash: str) -> Booking | None:
    return session.exec(select(Booking).where(Booking.token_hash == token_hash)).first()


def get_by_client_key(
    session: Session, *, session_id: uuid.UUID, client_key: str
) -> Booking | None:
    statement = select(Booking).where(
        Booking.session_id == session_id, Booking.client_key == client_key
    )
    return session.exec(statement).first()


def list_of_session(
    session: Session, *, session_id: uuid.UUID, status: str, after: datetime
) -> Sequence[Booking]:
    """A visitor's calls of one status that begin after a moment, in order."""
    statement = (
        select(Booking)
        .where(
            Booking.session_id == session_id,
            Booking.status == status,
            col(Booking.starts_at) > after,
        )
        .order_by(col(Booking.starts_at))
    )
    return session.exec(statement).all()


def count_booked(
    session: Session, *, after: datetime, session_id: uuid.UUID, email: str = ""
) -> int:
    """Calls to come of a session or of an address."""
    is_live = col(Booking.status) == BookingStatus.BOOKED
    return _count(session, session_id, email, is_live, col(Booking.starts_at) > after)


def count_made(session: Session, *, since: datetime, session_id: uuid.UUID, email: str) -> int:
    """Calls that a session or an address booked since then, also those cancelled meanwhile."""
    return _count(session, session_id, email, *_is_told(), col(Booking.created_at) > since)


def _count(session: Session, session_id: uuid.UUID, email: str, *conditions: Any) -> int:
    is_theirs = col(Booking.session_id) == session_id
    if email:
        is_theirs = is_theirs | (col(Booking.email) == email)
    return session.exec(select(func.count()).where(is_theirs, *conditions)).one()


def list_for_owner(
    session: Session, request: PageRequest, *, is_past: bool, now: datetime
) -> tuple[list[Booking], int]:
    """Calls that were booked, also those cancelled since, and how many there are in all: the next
    first, or the latest past."""
    column = col(Booking.starts_at)
    statement = select(Booking).where(*_is_told(), column <= now if is_past else column > now)
    ordered = statement.order_by(column.desc() if is_past else column, col(Booking.id))
    return read_page(session, ordered, request)


def _is_told() -> tuple[Any, ...]:
    return (col(Booking.status).in_([BookingStatus.BOOKED, BookingStatus.CANCELLED]),)
