"""How often something may be done: "session 10/minute 60/day; contact 3/hour"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_RATES = (
    "session 10/minute 60/day; address 30/minute 200/day; contact 3/hour; escalation 2/hour; "
    "booking 3/day; visit 60/minute 600/day"
)
RATE_NAMES = ("session", "address", "contact", "escalation", "booking", "visit")
OFF = "off"
_RATE = re.compile(r"([1-9]\d{0,8})/(second|minute|hour|day)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True)
class Rate:
    """At most `amount` within any `seconds`."""

    amount: int
    seconds: int


Rates = Mapping[str, tuple[Rate, ...]]


def parse_rates(text: str) -> Rates:
    """The rates of each name; a name that is left out has its default, "off" alone has none.

    Raises ValueError with what to write instead.
    """
    if text.strip().lower() == OFF:
        return dict.fromkeys(RATE_NAMES, ())
    return {**_parse(DEFAULT_RATES), **_parse(text)}


def _parse(text: str) -> dict[str, tuple[Rate, ...]]:
    found = {}
    for part in filter(None, (part.split() for part in text.lower().split(";"))):
        name, *words = part
        if name not in RATE_NAMES or not words:
            known = ", ".join(RATE_NAMES)
            raise ValueError(f"write a name ({known}) and its rates, for example contact 3/hour")
        found[name] = () if words == [OFF] else tuple(_parse_rate(word) for word in words)
    return found


def _parse_rate(word: str) -> Rate:
    match = _RATE.fullmatch(word)
    if match is None:
        raise ValueError(f"{word[:20]} is no rate; write it as 10/minute, or off")
    return Rate(int(match[1]), _SECONDS[match[2]])
