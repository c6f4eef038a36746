"""What the owner can do with calls: what their tab and their files call.

Nothing here asks who is calling: every handler and route checks the owner before it comes here.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.call_desk import CallFile
from chatbot.people.call_words import find_zone, tell_call
from chatbot.people.calls import Calls
from chatbot.storage import bookings, emails
from chatbot.storage.database import Database
from chatbot.storage.models import Booking, BookingStatus, NotificationStatus, utc_now
from chatbot.storage.pages import PageOf, PageRequest

CALL_GONE = "This call is no longer here. Load the list again."
UPCOMING, PAST = "upcoming", "past"
SHOWN_PROBLEMS = 20


@dataclass(frozen=True)
class CallRow:
    """A call as the owner sees it: `when` in their time zone, `visitor_when` in the visitor's,
    which is "" when that is the same."""

    id: uuid.UUID
    status: str
    when: str
    visitor_when: str
    name: str
    email: str
    topic: str
    contact_id: uuid.UUID | None
    conversation_id: uuid.UUID | None
    is_over: bool


@dataclass(frozen=True)
class EmailProblem:
    """An e-mail to a visitor that has not arrived so far, or was given up."""

    email: str
    subject: str
    error: str
    is_given_up: bool
    at: datetime


@dataclass(frozen=True)
class CallSetup:
    """How calls are set up, in the words of the settings."""

    address: str
    calendar_url: str
    hours: str
    zone: str
    minutes: int
    buffer_minutes: int
    notice_hours: int
    days_ahead: int
    sends_email: bool


class BookingDesk:
    """The owner's calls; ids are checked."""

    def __init__(
        self, calls: Calls, *, database: Database, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._calls = calls
        self._database = database
        self._clock = clock

    async def list_calls(self, *, when: str = UPCOMING, page: int = 1) -> PageOf[CallRow]:
        """Calls to come, the next first, or those that are over, the latest first."""
        if when not in (UPCOMING, PAST):
            raise InvalidInput(f"Choose one of these: {UPCOMING}, {PAST}.")
        now, request = self._clock(), PageRequest(page)

        def work(session: Session) -> PageOf[CallRow]:
            rows, total = bookings.list_for_owner(session, request, is_past=when == PAST, now=now)
            return PageOf(tuple(map(self._build, rows)), total, request.page, request.size)

        return await self._database.read(work)

    async def cancel(self, booking_id: uuid.UUID | str) -> bool:
        """End a call and free its time; returns whether the visitor is written to.

        Raises NotConfirmed when it is not certain that this is kept.
        """
        key = _key(booking_id)

        def work(session: Session) -> None:
            if self._calls.bookings.cancel(session, key, by_owner=True) is None:
                raise NotFound(CALL_GONE)

        await self._database.write(work)
        await self._calls.confirming.require()
        return self._calls.codes.sends_email

    async def build_file(self, booking_id: uuid.UUID | str) -> CallFile:
        """The calendar file of a call, with who it is and what about."""
        key = _key(booking_id)

        def work(session: Session) -> CallFile:
            row = bookings.get_booking(session, booking_id=key)
            if row is None or row.status not in (BookingStatus.BOOKED, BookingStatus.CANCELLED):
                raise NotFound(CALL_GONE)
            return CallFile("call.ics", self._calls.bookings.letters.build_owner_file(row))

        return await self._database.read(work)

    async def list_email_problems(self) -> tuple[EmailProblem, ...]:
        """The latest e-mails to visitors that did not arrive, the latest first."""
        rows = await self._database.read(
            lambda session: emails.list_troubled(session, limit=SHOWN_PROBLEMS)
        )
        return tuple(
            EmailProblem(
                email=row.email,
                subject=row.subject,
                error=row.last_error or "",
                is_given_up=row.status == NotificationStatus.FAILED,
                at=row.created_at,
            )
            for row in rows
        )

    def describe(self) -> CallSetup:
        """What is set up."""
        rules = self._calls.bookings.rules
        return CallSetup(
            address=self._address(),
            calendar_url=self._calls.calendar_url,
            hours=self._calls.hours_text,
            zone=self._calls.zone.key,
            minutes=self._calls.desk.minutes,
            buffer_minutes=round(rules.buffer.total_seconds() / 60),
            notice_hours=round(rules.notice.total_seconds() / 3600),
            days_ahead=rules.days_ahead,
            sends_email=self._calls.codes.sends_email,
        )

    def _address(self) -> str:
        """Where calls are booked, as others can open it when that is known."""
        address = self._calls.address
        page_url = self._calls.bookings.letters.values.page_url
        return f"{page_url}{address}" if address.startswith("/") else address

    def _build(self, row: Booking) -> CallRow:
        own = self._calls.zone
        theirs = find_zone(row.time_zone, own)
        when, theirs_when = (tell_call(row.starts_at, row.minutes, zone) for zone in (own, theirs))
        return CallRow(
            id=row.id,
            status=row.status,
            when=when,
            visitor_when=theirs_when if theirs.key != own.key else "",
            name=row.name,
            email=row.email,
            topic=row.topic,
            contact_id=row.contact_id,
            conversation_id=row.conversation_id,
            is_over=row.starts_at <= self._clock(),
        )


def _key(booking_id: uuid.UUID | str) -> uuid.UUID:
    try:
        return booking_id if isinstance(booking_id, uuid.UUID) else uuid.UUID(booking_id)
    except ValueError:
        raise NotFound(CALL_GONE) from None
