"""Use cases of calls: hold a time while the visitor confirms, book it, move it, cancel it.

Two live calls never overlap: whoever takes a time holds the calendar's lock row, looks at what is
taken, and is refused by a unique column besides. A double click and a retry find the same booking
by the key that the page made.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.errors import InvalidFields, InvalidInput
from chatbot.hours import Interval
from chatbot.people.call_letters import CallLetters, CallNews
from chatbot.people.contact_details import validate_email
from chatbot.people.contacts import save_contact
from chatbot.people.slots import CallRules, list_slots
from chatbot.signing import Signer, hash_token
from chatbot.storage import bookings
from chatbot.storage.models import Booking, BookingStatus, utc_now
from chatbot.text import clean_line, clean_text

HOLD = timedelta(minutes=5)
MAX_LIVE = 3
MAX_A_DAY = 8
MAX_CHANGES = 20
MAX_NAME = 200
MAX_EMAIL = 320
MAX_TOPIC = 1000
MAX_KEY = 64

NO_EMAIL = "Please type an e-mail address, so that you can be told how the call takes place."
NO_NAME = "Please type your name."
TOO_MANY = f"There are {MAX_LIVE} calls booked already. Cancel one of them to book another."
TOO_MANY_A_DAY = "Too many calls were booked today. Please try again tomorrow."
CHANGED_TOO_OFTEN = "This call was changed very often. Please cancel it and book a new one."
OVER = "This call has begun or is over; it cannot be changed any more."
NOT_BOOKED = "This call was cancelled. You can book another one."


class SlotTaken(InvalidInput):
    """The time is not free, or not offered any more."""

    user_message = "This time is not free any more. Please choose another one."


@dataclass(frozen=True)
class CallWish:
    """Who wants to talk, as it was typed; `time_zone` is the visitor's, by its IANA name."""

    name: str = ""
    email: str = ""
    topic: str = ""
    time_zone: str = "UTC"
    has_consented: bool = False


@dataclass(frozen=True)
class Place:
    """Where a call was asked for; `client_key` is the same for a double click and a retry."""

    session_id: uuid.UUID
    conversation_id: uuid.UUID | None
    client_key: str


def check_wish(wish: CallWish) -> CallWish:
    """The wish with its values cleaned; raises InvalidFields with what to change in each."""
    faults: dict[str, str] = {}
    name = clean_line(wish.name, limit=MAX_NAME)
    if not name:
        faults["name"] = NO_NAME
    email = clean_text(wish.email)
    try:
        email = validate_email(email[:MAX_EMAIL]).lower() if email else ""
    except InvalidInput as error:
        faults["email"] = error.user_message
    if not email:
        faults.setdefault("email", NO_EMAIL)
    topic = clean_text(wish.topic)
    if len(topic) > MAX_TOPIC:
        faults["topic"] = f"{MAX_TOPIC:,} characters fit here; these are {len(topic):,}."
    if faults:
        raise InvalidFields(faults)
    return CallWish(name, email, topic, wish.time_zone[:64], wish.has_consented)


class Bookings:
    """Works on one database session each; the caller commits.

    `signer` makes the secret of the visitor's link, which a repeated confirmation must find again
    and of which the database holds the hash only.
    """

    def __init__(
        self,
        rules: CallRules,
        *,
        letters: CallLetters,
        signer: Signer,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.rules = rules
        self.letters = letters
        self._signer = signer
        self._clock = clock

    def list_free(
        self, session: Session, *, without: uuid.UUID | None = None
    ) -> tuple[datetime, ...]:
        """The times that can be booked now, in UTC; that of the booking `without` is free."""
        now = self._clock()
        # Nothing longer than a day can reach from before this into a time that is offered.
        live = bookings.list_live(session, since=now - timedelta(days=1), now=now)
        taken = [_interval(row) for row in live if row.id != without]
        return list_slots(self.rules, now=now, taken=taken)

    def hold(self, session: Session, place: Place, starts_at: datetime) -> Booking:
        """Keep a time for a visitor for a few minutes; another one that they held is given back.

        Raises SlotTaken, and InvalidInput for a visitor with too many calls.
        """
        now = self._begin(session)
        row = self._find(session, place)
        if row is not None and row.status == BookingStatus.BOOKED:
            return row
        if row is not None and row.status == BookingStatus.HELD and row.starts_at == starts_at:
            return row
        self._check_count(session, place.session_id, "", now)
        self._give_back_holds(session, place.session_id, now)
        row = row or self._new_row(place)
        self._take(session, row, starts_at)
        row.status, row.hold_until = BookingStatus.HELD, now + HOLD
        return self._store(session, row)

    def confirm(
        self, session: Session, place: Place, starts_at: datetime, wish: CallWish
    ) -> Booking:
        """Book a time, best one that is held; the same `client_key` books once.

        A hold that ran out is renewed when nobody took the time. The contact is kept, the owner is
        told, and the visitor is written to. Raises SlotTaken and InvalidFields.
        """
        wish = check_wish(wish)
        now = self._begin(session)
        row = self._find(session, place)
        if row is not None and row.status == BookingStatus.BOOKED:
            return row
        self._check_count(session, place.session_id, wish.email, now)
        self._check_recent(session, place.session_id, wish.email, now)
        row = row or self._new_row(place)
        if row.status != BookingStatus.HELD or row.starts_at != starts_at:
            self._take(session, row, starts_at)
        self._give_back_holds(session, place.session_id, now, except_for=row.id)
        row.status, row.hold_until = BookingStatus.BOOKED, None
        row.name, row.email, row.topic = wish.name, wish.email, wish.topic
        row.time_zone = wish.time_zone
        contact, _ = save_contact(
            session,
            email=wish.email,
            name=wish.name,
            notes=wish.topic,
            conversation_id=place.conversation_id,
            has_consented=wish.has_consented,
            tells_owner=False,
        )
        session.flush()
        row.contact_id = contact.id
        row.token_hash = hash_token(self.token_of(row))
        self._store(session, row)
        self.letters.tell_owner(session, row, CallNews.BOOKED)
        self._write(session, row, CallNews.BOOKED)
        return row

    def move(self, session: Session, booking_id: uuid.UUID, starts_at: datetime) -> Booking | None:
        """Give a booked call another time; None for an unknown call. Raises SlotTaken."""
        now = self._begin(session)
        row = bookings.get_booking(session, booking_id=booking_id, for_update=True)
        if row is None:
            return None
        self._check_changeable(row, now)
        if row.starts_at == starts_at:
            return row
        if row.sequence >= MAX_CHANGES:
            raise InvalidInput(CHANGED_TOO_OFTEN)
        before = row.starts_at
        self._take(session, row, starts_at)
        row.sequence += 1
        self._store(session, row)
        self.letters.tell_owner(session, row, CallNews.MOVED, before=before)
        self._write(session, row, CallNews.MOVED)
        return row

    def cancel(
        self, session: Session, booking_id: uuid.UUID, *, by_owner: bool = False
    ) -> Booking | None:
        """End a booked call and free its time; None for an unknown one, and twice is once."""
        now = self._begin(session)
        row = bookings.get_booking(session, booking_id=booking_id, for_update=True)
        if row is None or row.status == BookingStatus.CANCELLED:
            return row
        self._check_changeable(row, now)
        row.status, row.live_starts_at = BookingStatus.CANCELLED, None
        row.sequence += 1
        self._store(session, row)
        if not by_owner:
            self.letters.tell_owner(session, row, CallNews.CANCELLED)
        self._write(session, row, CallNews.CANCELLED, by_owner=by_owner)
        return row

    def token_of(self, booking: Booking) -> str:
        """The secret of the visitor's link, 256 bits that only this program can make."""
        return self._signer.digest(f"{booking.id}:{booking.client_key}")

    def _begin(self, session: Session) -> datetime:
        now = self._clock()
        bookings.lock_calendar(session, now=now)
        bookings.free_expired_holds(session, now=now)
        return now

    def _find(self, session: Session, place: Place) -> Booking | None:
        """The booking of this key, if there is one; a late retry must not bring back a cancelled
        one."""
        row = bookings.get_by_client_key(
            session, session_id=place.session_id, client_key=place.client_key[:MAX_KEY]
        )
        if row is not None and row.status == BookingStatus.CANCELLED:
            raise InvalidInput(NOT_BOOKED)
        return row

    def _new_row(self, place: Place) -> Booking:
        return Booking(
            session_id=place.session_id,
            conversation_id=place.conversation_id,
            client_key=place.client_key[:MAX_KEY],
            status=BookingStatus.HELD,
            starts_at=self._clock(),
            minutes=0,
            created_at=self._clock(),
        )

    def _take(self, session: Session, row: Booking, starts_at: datetime) -> None:
        if starts_at not in self.list_free(session, without=row.id):
            raise SlotTaken
        row.starts_at = row.live_starts_at = starts_at
        row.minutes = round(self.rules.length.total_seconds() / 60)

    def _check_count(
        self, session: Session, session_id: uuid.UUID, email: str, now: datetime
    ) -> None:
        count = bookings.count_booked(session, after=now, session_id=session_id, email=email)
        if count >= MAX_LIVE:
            raise InvalidInput(TOO_MANY)

    def _check_recent(
        self, session: Session, session_id: uuid.UUID, email: str, now: datetime
    ) -> None:
        """Every booking may write to an address that somebody typed."""
        since = now - timedelta(days=1)
        if (
            bookings.count_made(session, since=since, session_id=session_id, email=email)
            >= MAX_A_DAY
        ):
            raise InvalidInput(TOO_MANY_A_DAY)

    def _give_back_holds(
        self,
        session: Session,
        session_id: uuid.UUID,
        now: datetime,
        *,
        except_for: uuid.UUID | None = None,
    ) -> None:
        held = bookings.list_of_session(
            session, session_id=session_id, status=BookingStatus.HELD, after=now
        )
        for row in held:
            if row.id != except_for:
                row.status, row.live_starts_at = BookingStatus.EXPIRED, None
                self._store(session, row)

    def _check_changeable(self, row: Booking, now: datetime) -> None:
        if row.status != BookingStatus.BOOKED:
            raise InvalidInput(NOT_BOOKED)
        if row.starts_at <= now:
            raise InvalidInput(OVER)

    def _store(self, session: Session, row: Booking) -> Booking:
        row.updated_at = self._clock()
        session.add(row)
        session.flush()
        return row

    def _write(
        self, session: Session, row: Booking, news: CallNews, *, by_owner: bool = False
    ) -> None:
        token = self.token_of(row)
        self.letters.tell_visitor(session, row, news, token=token, by_owner=by_owner)


def _interval(row: Booking) -> Interval:
    return Interval(row.starts_at, row.starts_at + timedelta(minutes=row.minutes))
