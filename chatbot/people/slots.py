"""Free times for a call: pure arithmetic on weekly hours, length, buffer, notice and what is taken.

Slots start at the beginning of each stretch of hours on the owner's wall clock and follow each
other in real time; they are moments in UTC, so that a skipped or repeated hour on either side
changes how they are written and never what they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chatbot.hours import Interval, WeeklyHours

LONGEST_STEP = timedelta(minutes=30)


@dataclass(frozen=True)
class CallRules:
    """When calls can be booked; `buffer` stays free before and after each."""

    hours: WeeklyHours
    length: timedelta
    buffer: timedelta
    notice: timedelta
    days_ahead: int

    @property
    def step(self) -> timedelta:
        """From one offered start to the next."""
        return min(self.length, LONGEST_STEP)


@dataclass(frozen=True)
class SlotDay:
    """The slots of one day on somebody's calendar, in order, as moments in UTC."""

    day: date
    starts: tuple[datetime, ...]


def list_slots(
    rules: CallRules, *, now: datetime, taken: Iterable[Interval]
) -> tuple[datetime, ...]:
    """The starts that can be booked at `now`, in UTC and in order.

    Each call lies within the hours, begins `notice` or more after `now` and less than `days_ahead`
    days after it, and is at least `buffer` away from everything in `taken`.
    """
    opens, closes = now + rules.notice, now + timedelta(days=rules.days_ahead)
    # From the day before on: hours that run past midnight began there.
    first = (opens - timedelta(days=1)).astimezone(rules.hours.zone).date()
    days = (closes.astimezone(rules.hours.zone).date() - first).days + 2
    stretches = list(rules.hours.list_intervals(first, max(days, 0)))
    merged, busy = _merge(stretches), _widen(taken, rules.buffer)
    starts = {start for stretch in stretches for start in _grid(stretch, rules.step)}
    return tuple(
        start
        for start in sorted(starts)
        if opens <= start < closes
        and _lies_within(Interval(start, start + rules.length), merged)
        and not any(start < part.end and part.start < start + rules.length for part in busy)
    )


def group_by_day(starts: Iterable[datetime], zone: ZoneInfo) -> tuple[SlotDay, ...]:
    """The slots by the days of a calendar in `zone`, in order."""
    days: dict[date, list[datetime]] = {}
    for start in starts:
        days.setdefault(start.astimezone(zone).date(), []).append(start)
    return tuple(SlotDay(day, tuple(starts)) for day, starts in days.items())


def is_ambiguous(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock of `zone` shows the same twice that day, so that its offset must be told.

    True in the hour that is repeated when the clocks are put back.
    """
    local = moment.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _grid(stretch: Interval, step: timedelta) -> Iterator[datetime]:
    start = stretch.start
    while start < stretch.end:
        yield start
        start += step


def _merge(stretches: Sequence[Interval]) -> list[Interval]:
    """Stretches that touch or overlap as one: a call may run from one into the next."""
    merged: list[Interval] = []
    for stretch in sorted(stretches, key=lambda part: part.start):
        if merged and stretch.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, stretch.end))
        else:
            merged.append(stretch)
    return merged


def _widen(taken: Iterable[Interval], buffer: timedelta) -> list[Interval]:
    return [Interval(part.start - buffer, part.end + buffer) for part in taken]


def _lies_within(call: Interval, stretches: Sequence[Interval]) -> bool:
    return any(part.start <= call.start and call.end <= part.end for part in stretches)
