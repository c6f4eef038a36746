"""The summary of a day: written into the outbox once, at the time that the owner chose."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from chatbot.hours import at_clock
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage.database import Database
from chatbot.storage.models import utc_now
from chatbot.storage.owner_state import get_owner_state, lock_owner_state

# After a long rest the first summary tells of a week, not of a year.
LONGEST = timedelta(days=7)
NAMES = 8


@dataclass(frozen=True)
class Call:
    """A booked call: when, and with whom."""

    starts_at: datetime
    name: str


@dataclass(frozen=True)
class Stretch:
    """What a summary tells of: from `since` to `until`, with what waits at `now` and the calls from
    then to `calls_until`; all in UTC."""

    since: datetime
    until: datetime
    now: datetime
    calls_until: datetime


@dataclass(frozen=True)
class DayFigures:
    """The numbers of a stretch. Questions, escalations and calls are those that wait."""

    visitors: int = 0
    asked: int = 0
    conversations: int = 0
    contacts: int = 0
    names: tuple[str, ...] = ()
    questions: int = 0
    escalations: int = 0
    calls: tuple[Call, ...] = ()
    cost_micro_usd: int = 0
    failed_emails: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to tell."""
        return self == DayFigures()


ReadFigures = Callable[[Session, Stretch], DayFigures]


class DailySummary:
    """Sums up each day at `minutes` after midnight in `zone`, or later that day when the program
    did not run then. Several processes may try: one of them writes it."""

    def __init__(
        self,
        *,
        database: Database,
        minutes: int,
        zone: ZoneInfo,
        read_figures: ReadFigures,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._minutes = minutes
        self._zone = zone
        self._read_figures = read_figures
        self._clock = clock
        self._done: str | None = None

    async def sum_up(self) -> bool:
        """Write today's summary when it is time and nobody has; False when there is none to
        write, or nothing to tell."""
        now = self._clock()
        today = now.astimezone(self._zone).date()
        if now < self._moment(today) or self._done == today.isoformat():
            return False
        payload = await self._database.read(lambda session: self._read(session, today, now))
        is_written = payload is not None and await self._database.write(
            lambda session: _write(session, today, payload, now)
        )
        self._done = today.isoformat()
        return is_written

    def _read(self, session: Session, today: date, now: datetime) -> dict[str, Any] | None:
        """What the summary says, {} for nothing to tell; None when today is summed up already."""
        state = get_owner_state(session)
        last = state.digest_day if state else None
        if last is not None and last >= today.isoformat():
            return None
        until = self._moment(today)
        before = date.fromisoformat(last) if last else today - timedelta(days=1)
        stretch = Stretch(
            since=max(self._moment(before), until - LONGEST),
            until=until,
            now=now,
            calls_until=at_clock(today + timedelta(days=2), 0, self._zone),
        )
        figures = self._read_figures(session, stretch)
        return {} if figures.is_empty else self._payload(figures, today)

    def _payload(self, figures: DayFigures, today: date) -> dict[str, Any]:
        calls: dict[date, list[dict[str, str]]] = {}
        for call in figures.calls:
            local = call.starts_at.astimezone(self._zone)
            told = {"at": f"{local:%H:%M}", "name": call.name}
            calls.setdefault(local.date(), []).append(told)
        return {
            "day_name": f"{today:%A}, {today.day} {today:%B}",
            "visitors": figures.visitors,
            "asked": figures.asked,
            "conversations": figures.conversations,
            "contacts": figures.contacts,
            "names": list(figures.names[:NAMES]),
            "questions": figures.questions,
            "escalations": figures.escalations,
            "calls_today": calls.get(today, []),
            "calls_tomorrow": calls.get(today + timedelta(days=1), []),
            "cost_micro_usd": figures.cost_micro_usd,
            "failed_emails": figures.failed_emails,
        }

    def _moment(self, day: date) -> datetime:
        return at_clock(day, self._minutes, self._zone)


def _write(session: Session, today: date, payload: dict[str, Any], now: datetime) -> bool:
    day = today.isoformat()
    state = lock_owner_state(session)
    if state.digest_day is not None and state.digest_day >= day:
        return False
    state.digest_day, state.updated_at = day, now
    session.add(state)
    key = f"daily-{day}"
    return bool(payload) and add_notification(
        session, kind=NotificationKind.DAILY, payload=payload, dedupe_key=key
    )
