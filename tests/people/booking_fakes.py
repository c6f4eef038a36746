"""Calls with a clock of the test's own."""

import uuid
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from chatbot.hours import parse_hours, parse_zone
from chatbot.people.bookings import Bookings, CallWish, Place
from chatbot.people.call_letters import CallLetters, LetterValues
from chatbot.people.slots import CallRules
from chatbot.signing import Signer
from chatbot.storage.database import Database
from chatbot.storage.models import Booking, ChatSession, Conversation

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # 07:00 in Berlin
WISH = CallWish("Ana Lima", "ana@example.com", "A role in Berlin", "America/New_York", False)


class Clock:
    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **values: float) -> None:
        self.now += timedelta(**values)


def make_bookings(
    clock: Clock | None = None,
    *,
    hours: str = "Mon-Fri 09:00-12:00",
    minutes: int = 30,
    buffer: int = 15,
    sends_email: bool = True,
) -> Bookings:
    berlin = parse_zone("Europe/Berlin")
    rules = CallRules(
        hours=parse_hours(hours, berlin),
        length=timedelta(minutes=minutes),
        buffer=timedelta(minutes=buffer),
        notice=timedelta(hours=1),
        days_ahead=14,
    )
    values = LetterValues("Mira Voss", "Mira", berlin, "https://mira.example", sends_email)
    return Bookings(
        rules, letters=CallLetters(values), signer=Signer("s" * 32, "call"), clock=clock or Clock()
    )


def add_visitor(database: Database) -> Place:
    def work(session: Session) -> Place:
        chat = ChatSession(token_hash=uuid.uuid4().hex)
        session.add(chat)
        session.flush()
        conversation = Conversation(session_id=chat.id)
        session.add(conversation)
        return Place(chat.id, conversation.id, new_key())

    return database.write_now(work)


def new_key() -> str:
    return uuid.uuid4().hex


def list_rows(database: Database) -> list[Booking]:
    query = select(Booking).order_by(Booking.starts_at)
    return list(database.read_now(lambda session: session.exec(query).all()))


def check_no_overlap(database: Database, buffer: timedelta, now: datetime) -> None:
    """Live calls keep the buffer between them; what is over holds no time."""
    live = [
        row
        for row in list_rows(database)
        if row.status == "booked" or (row.status == "held" and row.hold_until > now)
    ]
    for earlier, later in zip(live, live[1:], strict=False):
        assert later.starts_at - earlier.starts_at >= timedelta(minutes=earlier.minutes) + buffer
    for row in list_rows(database):
        assert row.live_starts_at == (row.starts_at if row.status in ("booked", "held") else None)
