"""What the pages around calls are told, between those who find it out and those who show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chatbot.people.bookings import CallWish
from chatbot.people.call_desk import CallView


@dataclass(frozen=True)
class Choice:
    """What the page of times shows: the starts that are free, in whose zone, for which visit."""

    starts: Sequence[datetime]
    zone: ZoneInfo
    minutes: int
    key: str = ""
    client: str = ""
    error: str = ""


@dataclass(frozen=True)
class Draft:
    """The form that goes with a held time: what was typed, and what to change in each field."""

    call: CallView
    zone: ZoneInfo
    key: str
    client: str
    wish: CallWish = CallWish()
    faults: Mapping[str, str] | None = None
    error: str = ""


@dataclass(frozen=True)
class Proof:
    """How far the proof of an address is: `action` is the path that its forms send to."""

    action: str
    email: str
    key: str = ""
    is_verified: bool = False
    is_sent: bool = False
    error: str = ""
