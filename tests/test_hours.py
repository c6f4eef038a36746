"""Weekly hours on the wall clock of the owner, across the changes of the clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.hours import Interval, parse_hours, parse_span, parse_zone

BERLIN = parse_zone("Europe/Berlin")
OFFICE = "Mon-Thu 09:00-12:30, 13:30-17:00; Fri 09:00-13:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_inside"),
    [
        ("2026-11-23T09:00", True),
        ("2026-11-23T08:59", False),
        ("2026-11-23T12:30", False),
        ("2026-11-23T13:30", True),
        ("2026-11-27T12:59", True),
        ("2026-11-27T13:00", False),
        ("2026-11-28T10:00", False),
    ],
)
def test_a_moment_lies_within_the_hours_or_not(moment, is_inside):
    assert parse_hours(OFFICE, BERLIN).contains(at(moment)) is is_inside


def test_the_next_opening_is_after_the_weekend():
    hours = parse_hours(OFFICE, BERLIN)
    assert hours.next_opening(at("2026-11-27T14:00")) == at("2026-11-30T09:00")
    assert parse_hours("none", BERLIN).next_opening(at("2026-11-27T14:00")) is None


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change(day):
    hours = parse_hours("Sun 09:00-10:00", BERLIN)
    before, after = hours.list_intervals(day - timedelta(days=7), 8)
    assert {part.start.astimezone(BERLIN).hour for part in (before, after)} == {9}
    assert after.start - before.start != timedelta(days=7)


def test_hours_that_the_clocks_skip_or_repeat():
    hours = parse_hours("Sun 01:30-03:00", BERLIN)
    lengths = [
        interval.end - interval.start
        for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1))
        for interval in hours.list_intervals(day, 1)
    ]
    assert lengths == [timedelta(minutes=30), timedelta(minutes=150), timedelta(minutes=90)]
    skipped = parse_hours("Sun 02:00-03:00", BERLIN).list_intervals(date(2026, 3, 29), 1)
    assert list(skipped) == []


def test_a_day_may_end_at_midnight_and_a_range_of_days_may_wrap():
    hours = parse_hours("Sat-Mon 22:00-24:00", BERLIN)
    assert list(hours.list_intervals(date(2026, 11, 22), 1)) == [
        Interval(at("2026-11-22T22:00"), at("2026-11-23T00:00"))
    ]
    assert [bool(day) for day in hours.days] == [True, False, False, False, False, True, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9 to 5", "is not a day with its hours"),
        ("Mon 17:00-09:00", "ends before it begins"),
        ("Mon 09:00-25:00", "is not a time of day"),
        ("Mon 09:00-12:00, 11:00-13:00", "the hours of Mon overlap"),
        ("Mon 09:75-12:00", "is not a time of day"),
    ],
)
def test_hours_that_cannot_be_read_say_why(text, words):
    with pytest.raises(ValueError, match=words):
        parse_hours(text, BERLIN)


def test_a_span_may_cross_midnight():
    assert parse_span("22:00-07:00") == (22 * 60, 7 * 60)
    with pytest.raises(ValueError, match="22:00-07:00"):
        parse_span("at night")


def test_an_unknown_zone_is_named():
    with pytest.raises(ValueError, match="'Mars/Olympus' is not a time zone"):
        parse_zone("Mars/Olympus")


@given(st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1)))
def test_a_moment_is_inside_exactly_the_listed_hours(moment):
    moment = moment.replace(tzinfo=UTC)
    hours = parse_hours(OFFICE, BERLIN)
    parts = hours.list_intervals(moment.astimezone(BERLIN).date() - timedelta(days=1), 3)
    assert hours.contains(moment) == any(part.start <= moment < part.end for part in parts)
