"""Whether the owner is here: seen lately, away by their own word, within their working hours."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.hours import WeeklyHours
from chatbot.storage.database import Database
from chatbot.storage.models import OwnerState, utc_now
from chatbot.storage.owner_state import get_owner_state, set_owner_state

AUTO, AWAY = "auto", "away"
ONLINE_FOR = timedelta(minutes=5)
# Noted once in a while: a write for each sign of life would be a write for each key.
NOTE_EVERY = timedelta(minutes=1)
# Every view of a chat says whether the owner is here; a query for each would be one in five.
REMEMBERED_SECONDS = 10.0


@dataclass(frozen=True)
class PresenceView:
    """What can truthfully be said of the owner at one moment.

    `is_online` means that they used their page in the last minutes and have not said that they are
    away. `next_opening` is when the working hours next begin; None, with `has_hours` False, when
    the owner promises none. `time_zone` is the owner's, by its name in the IANA database.
    """

    is_online: bool
    is_away: bool
    is_within_hours: bool
    next_opening: datetime | None
    has_hours: bool = True
    time_zone: str = "UTC"


class Presence:
    """Notes that the owner is here or away, and says what a visitor can expect."""

    def __init__(self, hours: WeeklyHours, *, database: Database) -> None:
        self._hours = hours
        self._database = database
        self._remembered: tuple[str, datetime | None] = (AUTO, None)
        self._until = 0.0
        self._noted_at: datetime | None = None

    async def get_presence(self, now: datetime | None = None) -> PresenceView:
        """How it stands, read from the database."""
        return await self._database.read(lambda session: self._build(self._load(session), now))

    def peek(self, session: Session) -> PresenceView:
        """How it stands, at most ten seconds old, for a caller that has a session open."""
        known = self._remembered if time.monotonic() < self._until else self._load(session)
        return self._build(known, None)

    async def set_away(self, is_away: bool) -> None:
        """The owner says that they are away, or that they are not."""
        values = {"presence": AWAY if is_away else AUTO}
        await self._database.write(lambda session: set_owner_state(session, at=utc_now(), **values))
        self._until = 0.0

    async def note_seen(self, now: datetime | None = None) -> None:
        """The owner has used their page; written down once a minute, so call it freely."""
        moment = now or utc_now()
        if self._noted_at is not None and moment - self._noted_at < NOTE_EVERY:
            return
        self._noted_at = moment
        await self._database.write(lambda session: note_owner_seen(session, at=moment))
        self._until = 0.0

    def _load(self, session: Session) -> tuple[str, datetime | None]:
        row = get_owner_state(session) or OwnerState(name="")
        self._remembered = (row.presence, row.seen_at)
        self._until = time.monotonic() + REMEMBERED_SECONDS
        return self._remembered

    def _build(self, known: tuple[str, datetime | None], now: datetime | None) -> PresenceView:
        moment = now or utc_now()
        presence, seen_at = known
        is_away = presence == AWAY
        opening = self._hours.next_opening(moment)
        is_within = self._hours.contains(moment)
        return PresenceView(
            is_online=not is_away and seen_at is not None and moment - seen_at < ONLINE_FOR,
            is_away=is_away,
            is_within_hours=is_within,
            next_opening=opening,
            has_hours=opening is not None or is_within,
            time_zone=self._hours.zone.key,
        )


def note_owner_seen(session: Session, *, at: datetime) -> None:
    """Note in the caller's transaction that the owner has done something."""
    set_owner_state(session, at=at, seen_at=at)
