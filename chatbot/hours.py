"""Weekly hours as a person writes them, "Mon-Fri 09:00-12:30, 13:30-17:00; Sat 10:00-12:00".

All arithmetic is done on the wall clock of the owner's time zone and only then turned into UTC, so
that nine o'clock stays nine o'clock when the clocks change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)"
_SPAN = r"\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}"
_PART = re.compile(
    rf"\s*({_DAY}(?:\s*-\s*{_DAY})?(?:\s*,\s*{_DAY}(?:\s*-\s*{_DAY})?)*)\s+"
    rf"({_SPAN}(?:\s*,\s*{_SPAN})*)\s*"
)
_HOW = 'write them as "Mon-Fri 09:00-12:30, 13:30-17:00; Sat 10:00-12:00"'
_SEARCHED_DAYS = 15
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Interval:
    """A stretch of time, `start` included and `end` not, both aware and in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class WeeklyHours:
    """Hours of each day of the week, Monday first, as pairs of minutes after midnight."""

    days: tuple[tuple[tuple[int, int], ...], ...]
    zone: ZoneInfo

    def list_intervals(self, first: date, days: int) -> Iterator[Interval]:
        """The hours of `days` days from `first` on, a date by the owner's calendar, in order."""
        for offset in range(days):
            day = first + timedelta(days=offset)
            for start, end in self.days[day.weekday()]:
                interval = Interval(self._moment(day, start), self._moment(day, end))
                if interval.start < interval.end:  # not when the clocks skip all of it
                    yield interval

    def contains(self, moment: datetime) -> bool:
        """Whether a moment lies within the hours."""
        return any(part.start <= moment < part.end for part in self._around(moment))

    def next_opening(self, moment: datetime) -> datetime | None:
        """When the hours next begin after `moment`, in UTC; None when there are none at all."""
        return next((part.start for part in self._around(moment) if part.start > moment), None)

    def _around(self, moment: datetime) -> Iterator[Interval]:
        return self.list_intervals(moment.astimezone(self.zone).date(), _SEARCHED_DAYS)

    def _moment(self, day: date, minutes: int) -> datetime:
        return at_clock(day, minutes, self.zone)


@dataclass(frozen=True)
class DailySpan:
    """One stretch of every day, as `parse_span` reads it: it may cross midnight."""

    start: int
    end: int
    zone: ZoneInfo

    def end_around(self, moment: datetime) -> datetime | None:
        """When the stretch that `moment` lies in ends, in UTC; None when it lies in none."""
        around = (part for part in self._near(moment) if part.start <= moment < part.end)
        return next((part.end for part in around), None)

    def last_end(self, moment: datetime) -> datetime:
        """When the stretch last ended, at `moment` or before it, in UTC."""
        return max(part.end for part in self._near(moment) if part.end <= moment)

    def _near(self, moment: datetime) -> Iterator[Interval]:
        today = moment.astimezone(self.zone).date()
        length = (self.end - self.start) % DAY_MINUTES or DAY_MINUTES
        crosses = self.start + length > DAY_MINUTES
        for offset in range(-3, 2):
            day = today + timedelta(days=offset)
            last = day + timedelta(days=1) if crosses else day
            end = self.end or DAY_MINUTES
            yield Interval(at_clock(day, self.start, self.zone), at_clock(last, end, self.zone))


def at_clock(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """When a clock in `zone` shows this many minutes after midnight on a day, in UTC.

    A time that the clocks skip is as much later as they skip; of one that they show twice it is the
    first.
    """
    if minutes == DAY_MINUTES:
        day, minutes = day + timedelta(days=1), 0
    clock = time(minutes // 60, minutes % 60)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def parse_hours(text: str, zone: ZoneInfo) -> WeeklyHours:
    """The weekly hours that `text` says; "none" and "" are no hours.

    Raises ValueError with what is wrong and how to write it.
    """
    days: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for part in text.lower().split(";"):
        if part.strip() in ("", "none"):
            continue
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError(f"{part.strip()!r} is not a day with its hours; {_HOW}")
        spans = [_parse_span(span) for span in found[2].split(",")]
        for day in _parse_days(found[1]):
            days[day] += spans
    for name, parts in zip(DAYS, days, strict=True):
        parts.sort()
        if any(left[1] > right[0] for left, right in zip(parts, parts[1:], strict=False)):
            raise ValueError(f"the hours of {name.capitalize()} overlap")
    return WeeklyHours(tuple(map(tuple, days)), zone)


def parse_span(text: str) -> tuple[int, int]:
    """One stretch of a day, "22:00-07:00", as minutes after midnight; it may cross midnight.

    Raises ValueError with how to write it.
    """
    if not re.fullmatch(rf"\s*{_SPAN}\s*", text):
        raise ValueError('write it as "22:00-07:00"')
    start, end = (parse_clock(clock) for clock in text.split("-"))
    return start % DAY_MINUTES, end % DAY_MINUTES


def parse_zone(name: str) -> ZoneInfo:
    """A time zone by its name in the IANA database; raises ValueError for one that is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{name!r} is not a time zone; write it like Europe/Berlin or America/New_York"
        ) from None


def _parse_days(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = (word.strip() for word in part.partition("-"))
        start, end = DAYS.index(first), DAYS.index(last or first)
        for offset in range((end - start) % 7 + 1):
            yield (start + offset) % 7


def _parse_span(text: str) -> tuple[int, int]:
    start, end = (parse_clock(clock) for clock in text.split("-"))
    if start >= end:
        raise ValueError(f"{text.strip()} ends before it begins; {_HOW}")
    return start, end


def parse_clock(text: str) -> int:
    """A time of day, "18:00", as minutes after midnight; raises ValueError for none."""
    hours, minutes = (int(number) for number in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > DAY_MINUTES:
        raise ValueError(f"{text.strip()} is not a time of day")
    return hours * 60 + minutes
