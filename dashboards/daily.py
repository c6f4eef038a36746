"""The figures of the daily summary: those of the Analytics tab, and what waits for the owner."""

from sqlmodel import Session, col, select

from chatbot.people.daily_summary import NAMES, Call, DayFigures, Stretch
from chatbot.storage.models import (
    Booking,
    BookingStatus,
    Contact,
    ContactStatus,
    EmailMessage,
    NotificationStatus,
)
from dashboards.conditions import count, within
from dashboards.period import Period
from dashboards.queries import MICRO, get_overview

CALLS = 10


def read_day(session: Session, stretch: Stretch) -> DayFigures:
    """The figures of a stretch; contacts without a name are told by their address."""
    period = Period(stretch.since, stretch.until)
    overview = get_overview(session, period)
    failed = EmailMessage.status == NotificationStatus.FAILED
    return DayFigures(
        visitors=overview.sessions,
        asked=overview.asked,
        conversations=overview.conversations,
        contacts=overview.contacts,
        names=_list_names(session, period),
        questions=overview.open_questions,
        escalations=overview.open_escalations,
        calls=_list_calls(session, stretch),
        cost_micro_usd=round(overview.cost_usd * MICRO),
        failed_emails=count(
            session, EmailMessage.id, failed, *within(EmailMessage.updated_at, period)
        ),
    )


def _list_names(session: Session, period: Period) -> tuple[str, ...]:
    statement = (
        select(Contact.name, Contact.email, Contact.phone)
        .where(*within(Contact.created_at, period), Contact.status != ContactStatus.JUNK)
        .order_by(col(Contact.id).desc())
        .limit(NAMES)
    )
    return tuple(name or email or phone or "" for name, email, phone in session.exec(statement))


def _list_calls(session: Session, stretch: Stretch) -> tuple[Call, ...]:
    statement = (
        select(Booking.starts_at, Booking.name)
        .where(
            Booking.status == BookingStatus.BOOKED,
            col(Booking.starts_at) >= stretch.now,
            col(Booking.starts_at) < stretch.calls_until,
        )
        .order_by(col(Booking.starts_at))
        .limit(CALLS)
    )
    return tuple(Call(starts_at, name) for starts_at, name in session.exec(statement))
