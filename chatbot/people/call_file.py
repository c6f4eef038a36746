"""A call as a calendar file (RFC 5545): what a calendar adds, moves and takes away again.

The method is PUBLISH, not REQUEST: nobody has to answer an invitation, and no address is needed to
answer to. A later file of the same UID with a higher SEQUENCE replaces the earlier one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

PRODUCT = "-//Career Chatbot//Calls//EN"
# An organizer has to be named and need not be reachable: answers come by the link.
_NOBODY = "invalid:nomail"


@dataclass(frozen=True)
class CallEntry:
    """What stands in the file; `changed_at` is when the call was last changed, in UTC."""

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    changed_at: datetime
    summary: str
    description: str
    organizer: str
    url: str = ""
    is_cancelled: bool = False


def build_call_file(entry: CallEntry) -> str:
    """The text of the file, with CRLF line ends; every value is escaped."""
    from icalendar import Calendar, Event, vCalAddress, vUri

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.is_cancelled else "PUBLISH")
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.starts_at + timedelta(minutes=entry.minutes))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    organizer = vCalAddress(_NOBODY)
    organizer.params["CN"] = entry.organizer
    event.add("organizer", organizer)
    if entry.url:
        event.add("url", vUri(entry.url))
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")
