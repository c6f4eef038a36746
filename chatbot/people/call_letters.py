"""What is said of a call: to the visitor by e-mail and calendar file, to the owner by notification.

Nothing that a visitor typed goes into an e-mail: anybody can type somebody else's address, and must
not be able to write to them through this page.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session

from chatbot.people.call_file import CallEntry, build_call_file
from chatbot.people.call_words import find_zone, tell_call
from chatbot.people.mail import add_email
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage.models import Booking, BookingStatus

FILE_NAME = "call.ics"


class CallNews(StrEnum):
    """What has happened to a call."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class LetterValues:
    """Who the calls are with; `page_url` is the page's address without a slash at its end, ""
    while it is unknown."""

    owner_name: str
    owner_first_name: str
    owner_zone: ZoneInfo
    page_url: str = ""
    sends_email: bool = False


class CallLetters:
    """Words and files of calls; everything is written in the caller's transaction."""

    def __init__(self, values: LetterValues) -> None:
        self.values = values

    def tell_owner(
        self, session: Session, booking: Booking, news: CallNews, *, before: datetime | None = None
    ) -> None:
        """Notify the owner, in their own time zone, of what a visitor did."""
        zone = self.values.owner_zone
        payload = {
            "news": news,
            "booking_id": str(booking.id),
            "contact_id": str(booking.contact_id) if booking.contact_id else None,
            "conversation_id": str(booking.conversation_id) if booking.conversation_id else None,
            "name": booking.name,
            "email": booking.email,
            "topic": booking.topic[:300],
            "when": tell_call(booking.starts_at, booking.minutes, zone),
            "before": tell_call(before, booking.minutes, zone) if before else None,
        }
        key = f"call-{booking.id}-{booking.sequence}"
        add_notification(session, kind=NotificationKind.BOOKING, payload=payload, dedupe_key=key)

    def tell_visitor(
        self, session: Session, booking: Booking, news: CallNews, *, token: str, by_owner: bool
    ) -> bool:
        """Write to the visitor, if e-mail is sent at all; returns whether it is."""
        if not self.values.sends_email:
            return False
        return add_email(
            session,
            email=booking.email,
            subject=self._subject(booking, news),
            text=self._text(booking, news, token, by_owner=by_owner),
            dedupe_key=f"call-{booking.id}-{booking.sequence}",
            session_id=booking.session_id,
            file_name=FILE_NAME,
            file_text=self.build_visitor_file(booking, token),
        )

    def build_visitor_file(self, booking: Booking, token: str) -> str:
        """The calendar file for the visitor."""
        name, link = self.values.owner_first_name, self._link(token)
        about = f"{name} tells you by e-mail how the call takes place."
        change = f"Cancel or move it: {link}" if link else ""
        return build_call_file(
            self._entry(
                booking,
                summary=f"Call with {self.values.owner_name}",
                description="\n".join(filter(None, [about, change])),
                url=link,
            )
        )

    def build_owner_file(self, booking: Booking) -> str:
        """The calendar file for the owner, with who it is and what about."""
        lines = [f"{booking.name} <{booking.email}>", booking.topic]
        return build_call_file(
            self._entry(
                booking,
                summary=f"Call with {booking.name or booking.email}",
                description="\n".join(filter(None, lines)),
                url="",
            )
        )

    def _entry(self, booking: Booking, *, summary: str, description: str, url: str) -> CallEntry:
        return CallEntry(
            uid=f"{booking.id}@career-chatbot",
            sequence=booking.sequence,
            starts_at=booking.starts_at,
            minutes=booking.minutes,
            changed_at=booking.updated_at,
            summary=summary,
            description=description,
            organizer=self.values.owner_name,
            url=url,
            is_cancelled=booking.status == BookingStatus.CANCELLED,
        )

    def _link(self, token: str) -> str:
        return f"{self.values.page_url}/call/{token}" if self.values.page_url else ""

    def _subject(self, booking: Booking, news: CallNews) -> str:
        when = tell_call(booking.starts_at, booking.minutes, self._zone(booking))
        titles = {
            CallNews.BOOKED: "Your call with {name}: {when}",
            CallNews.MOVED: "New time of your call with {name}: {when}",
            CallNews.CANCELLED: "Cancelled: your call with {name}, {when}",
        }
        return titles[news].format(name=self.values.owner_name, when=when)

    def _text(self, booking: Booking, news: CallNews, token: str, *, by_owner: bool) -> str:
        values = self.values
        when = tell_call(booking.starts_at, booking.minutes, self._zone(booking))
        name, first, link = values.owner_name, values.owner_first_name, self._link(token)
        if news == CallNews.CANCELLED:
            who = f"{first} had to cancel it" if by_owner else "It was cancelled by your link"
            again = f" You can book another time: {values.page_url}/book" if link else ""
            return f"Your call with {name} does not take place.\n\n{when}\n\n{who}.{again}"
        change = f"\n\nTo cancel or move it: {link}" if link else ""
        moved = (
            "Your call with {} has a new time."
            if news == CallNews.MOVED
            else ("Your call with {} is booked.")
        )
        return (
            f"{moved.format(name)}\n\n{when}\n\n{first} tells you by e-mail how the call takes "
            f"place. The attached file puts it into your calendar.{change}"
        )

    def _zone(self, booking: Booking) -> ZoneInfo:
        return find_zone(booking.time_zone, self.values.owner_zone)
