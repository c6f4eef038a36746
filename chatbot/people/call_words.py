"""How the moment of a call is written, in anybody's time zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chatbot.hours import parse_zone
from chatbot.people.slots import is_ambiguous

# Not from the locale of the machine, which would change what the page and its tests say.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def find_zone(name: str, otherwise: ZoneInfo) -> ZoneInfo:
    """The time zone that a browser or a visitor names, if it is one."""
    try:
        return parse_zone(name) if 0 < len(name) <= 64 else otherwise
    except ValueError:
        return otherwise


def tell_day(moment: datetime, zone: ZoneInfo) -> str:
    """ "Tue 24 Nov 2026"."""
    local = moment.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"


def tell_clock(moment: datetime, zone: ZoneInfo) -> str:
    """ "10:00"; with its offset in the hour that the clocks show twice: "02:30 (UTC+1)"."""
    clock = f"{moment.astimezone(zone):%H:%M}"
    return f"{clock} ({tell_offset(moment, zone)})" if is_ambiguous(moment, zone) else clock


def tell_offset(moment: datetime, zone: ZoneInfo) -> str:
    """ "UTC+1", "UTC-3:30" or "UTC"."""
    offset = moment.astimezone(zone).utcoffset() or timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"


def tell_zone(moment: datetime, zone: ZoneInfo) -> str:
    """ "Europe/Berlin, UTC+1"."""
    offset = tell_offset(moment, zone)
    return zone.key if zone.key == offset else f"{zone.key.replace('_', ' ')}, {offset}"


def tell_call(starts_at: datetime, minutes: int, zone: ZoneInfo) -> str:
    """ "Tue 24 Nov 2026, 10:00 to 10:30 (Europe/Berlin, UTC+1)"."""
    ends_at = starts_at + timedelta(minutes=minutes)
    clock = f"{tell_clock(starts_at, zone)} to {tell_clock(ends_at, zone)}"
    return f"{tell_day(starts_at, zone)}, {clock} ({tell_zone(starts_at, zone)})"
