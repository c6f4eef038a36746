"""The stretch of time that a figure tells of, and the owner's clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from chatbot.errors import InvalidInput

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
PERIOD_DAYS = (7, 30, 90)
MAX_DAYS = 3660
# From UTC-12 to UTC+14, the widest offsets in use (https://www.iana.org/time-zones).
MIN_OFFSET, MAX_OFFSET = -12 * 60, 14 * 60


@dataclass(frozen=True)
class Period:
    """From `start` (included) to `end` (not included), both in UTC.

    `utc_offset_minutes` says where a day begins for the owner: 120 in Berlin's summer, -300 in New
    York's winter. Days and hours of every figure are the owner's.
    """

    start: datetime
    end: datetime
    utc_offset_minutes: int = 0

    def __post_init__(self) -> None:
        if not MIN_OFFSET <= self.utc_offset_minutes <= MAX_OFFSET:
            raise InvalidInput(
                f"A time zone lies between {MIN_OFFSET} and {MAX_OFFSET} minutes from UTC."
            )
        if self.start.utcoffset() is None or self.end.utcoffset() is None:
            raise ValueError("a period needs moments with a time zone")
        if self.start >= self.end:
            raise InvalidInput("A period ends after it starts.")

    @classmethod
    def last_days(cls, days: int, *, now: datetime, utc_offset_minutes: int = 0) -> "Period":
        """Today and the days before it, `days` in all, whole days on the owner's clock.

        Raises InvalidInput for a number of days outside 1 to MAX_DAYS.
        """
        if not 1 <= days <= MAX_DAYS:
            raise InvalidInput(f"Choose between 1 and {MAX_DAYS} days.")
        end = _next_midnight(now, utc_offset_minutes)
        return cls(end - timedelta(days=days), end, utc_offset_minutes)

    @classmethod
    def all_time(cls, *, now: datetime, utc_offset_minutes: int = 0) -> "Period":
        """Everything up to the end of today."""
        return cls(BEGINNING, _next_midnight(now, utc_offset_minutes), utc_offset_minutes)

    @property
    def is_all_time(self) -> bool:
        return self.start <= BEGINNING

    @property
    def first_day(self) -> date:
        return self.to_local(self.start).date()

    @property
    def last_day(self) -> date:
        return self.to_local(self.end - timedelta(microseconds=1)).date()

    def to_local(self, moment: datetime) -> datetime:
        """A moment as the owner's clock shows it, without a zone."""
        local = moment.astimezone(UTC) + timedelta(minutes=self.utc_offset_minutes)
        return local.replace(tzinfo=None)


def _next_midnight(now: datetime, utc_offset_minutes: int) -> datetime:
    offset = timedelta(minutes=utc_offset_minutes)
    today = (now.astimezone(UTC) + offset).date()
    return datetime.combine(today + timedelta(days=1), time(), UTC) - offset
