from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from chatbot.hours import parse_zone
from chatbot.people.call_file import CallEntry, build_call_file
from chatbot.people.call_words import find_zone, tell_call, tell_clock

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BERLIN = parse_zone("Europe/Berlin")


def build(**values) -> str:
    entry = {
        "uid": "1@career-chatbot",
        "sequence": 0,
        "starts_at": START,
        "minutes": 30,
        "changed_at": START - timedelta(days=1),
        "summary": "Call with Mira Voss",
        "description": "See you",
        "organizer": "Mira Voss",
    }
    return build_call_file(CallEntry(**(entry | values)))


def test_a_call_is_read_back_as_it_was_written():
    text = build(sequence=3, url="https://mira.example/call/x")
    calendar = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")
    assert (event["uid"], event["sequence"], event["status"]) == (
        "1@career-chatbot",
        3,
        "CONFIRMED",
    )
    assert event.decoded("dtstart") == START
    assert event.decoded("dtend") == START + timedelta(minutes=30)
    assert "DTSTART:20261124T090000Z\r\n" in text
    assert event["organizer"].params["CN"] == "Mira Voss"
    assert event["url"] == "https://mira.example/call/x"


def test_a_cancellation_has_the_same_uid_and_a_higher_sequence():
    calendar = Calendar.from_ical(build(sequence=1, is_cancelled=True))
    [event] = calendar.walk("VEVENT")
    assert (calendar["method"], event["uid"], event["sequence"], event["status"]) == (
        "CANCEL",
        "1@career-chatbot",
        1,
        "CANCELLED",
    )


def test_what_somebody_typed_cannot_add_lines_to_the_file():
    hostile = "Ana\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nATTACH:http://evil.example;x=,\\n"
    text = build(summary=hostile, description=hostile * 20, organizer='"; X=Y:' + hostile)
    calendar = Calendar.from_ical(text)
    assert len(calendar.walk("VEVENT")) == 1
    assert calendar.walk("VALARM") == []
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_call_is_told_with_its_zone_and_with_its_offset_where_the_clock_is_ambiguous():
    assert tell_call(START, 30, BERLIN) == "Tue 24 Nov 2026, 10:00 to 10:30 (Europe/Berlin, UTC+1)"
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert tell_clock(first, BERLIN) == "02:30 (UTC+2)"
    assert tell_clock(first + timedelta(hours=1), BERLIN) == "02:30 (UTC+1)"
    assert tell_call(START, 30, parse_zone("UTC")).endswith("(UTC)")
    assert "UTC+5:30" in tell_call(START, 30, parse_zone("Asia/Kolkata"))


def test_a_zone_that_is_none_is_the_owners():
    for name in ("", "Mars/Olympus", "../../etc/passwd", "x" * 5000, "Europe/Berlin\x00"):
        assert find_zone(name, BERLIN) is BERLIN
    assert find_zone("America/New_York", BERLIN).key == "America/New_York"
