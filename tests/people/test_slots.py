from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chatbot.hours import DAYS, Interval, parse_hours
from chatbot.people.slots import CallRules, group_by_day, is_ambiguous, list_slots

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
SYDNEY, KOLKATA = ZoneInfo("Australia/Sydney"), ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def make_rules(hours: str = "Mon-Fri 09:00-17:00", zone: ZoneInfo = BERLIN, **values) -> CallRules:
    minutes = {"length": 30, "buffer": 0, "notice": 0} | {
        name: value for name, value in values.items() if name != "days_ahead"
    }
    spans = {name: timedelta(minutes=value) for name, value in minutes.items()}
    return CallRules(
        hours=parse_hours(hours, zone), days_ahead=values.get("days_ahead", 7), **spans
    )


def at(text: str, zone: ZoneInfo | None = None) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone or UTC).astimezone(UTC)


def local(starts, zone: ZoneInfo) -> list[str]:
    return [f"{start.astimezone(zone):%a %H:%M}" for start in starts]


def test_a_day_has_its_slots_on_the_owners_clock():
    rules = make_rules("Mon 09:00-11:00", length=45)
    starts = list_slots(rules, now=at("2026-11-20T10:00"), taken=[])
    assert local(starts, BERLIN) == ["Mon 09:00", "Mon 09:30", "Mon 10:00"]


def test_notice_and_days_ahead_bound_what_is_offered():
    now = at("2026-11-23T08:10", BERLIN)
    rules = make_rules("Mon-Sun 09:00-10:00", notice=60, days_ahead=2)
    starts = list_slots(rules, now=now, taken=[])
    assert local(starts, BERLIN) == ["Mon 09:30", "Tue 09:00", "Tue 09:30"]


def test_a_booked_call_keeps_its_buffer_on_both_sides():
    rules = make_rules("Mon 09:00-12:00", buffer=15)
    booked = Interval(at("2026-11-23T10:00", BERLIN), at("2026-11-23T10:30", BERLIN))
    starts = list_slots(rules, now=at("2026-11-20T10:00"), taken=[booked])
    assert local(starts, BERLIN) == ["Mon 09:00", "Mon 11:00", "Mon 11:30"]


def test_a_call_may_run_over_midnight_where_the_hours_do():
    rules = make_rules("Fri 23:00-24:00; Sat 00:00-00:30", length=60)
    starts = list_slots(rules, now=at("2026-11-23T10:00"), taken=[])
    assert local(starts, BERLIN) == ["Fri 23:00", "Fri 23:30"]


def test_nothing_is_free_without_hours_or_in_too_short_ones():
    assert not list_slots(make_rules("none"), now=at("2026-11-23T10:00"), taken=[])
    assert not list_slots(make_rules("Mon 09:00-09:20"), now=at("2026-11-23T10:00"), taken=[])


def test_nine_stays_nine_when_the_owners_clocks_change():
    for now in ("2026-03-27T00:00", "2026-10-23T00:00"):  # Berlin changes two days later
        rules = make_rules("Fri, Mon 09:00-09:30", days_ahead=5)
        starts = list_slots(rules, now=at(now, BERLIN), taken=[])
        assert local(starts, BERLIN) == ["Fri 09:00", "Mon 09:00"]
        assert abs(starts[1] - starts[0] - timedelta(days=3)) == timedelta(hours=1)


def test_a_skipped_hour_has_no_slot_and_a_repeated_one_has_it_twice():
    rules = make_rules("Sun 01:00-04:00", length=60)
    skipped = list_slots(rules, now=at("2026-03-28T12:00"), taken=[])
    assert local(skipped, BERLIN) == ["Sun 01:00", "Sun 01:30", "Sun 03:00"]
    repeated = list_slots(rules, now=at("2026-10-24T12:00"), taken=[])
    assert local(repeated, BERLIN).count("Sun 02:00") == 2
    assert len(repeated) == len(set(repeated)) == 7
    assert [is_ambiguous(start, BERLIN) for start in repeated[2:6]] == [True] * 4
    assert not is_ambiguous(repeated[0], BERLIN)


def test_the_visitors_clock_changes_on_another_day_than_the_owners():
    # New York puts its clocks forward on 8 March 2026, Berlin on 29 March.
    rules = make_rules("Mon 15:00-15:30", days_ahead=40)
    starts = list_slots(rules, now=at("2026-03-01T00:00"), taken=[])
    shown = [f"{start.astimezone(NEW_YORK):%d %H:%M}" for start in starts]
    assert shown[:6] == ["02 09:00", "09 10:00", "16 10:00", "23 10:00", "30 09:00", "06 09:00"]


def test_the_southern_half_changes_the_other_way():
    # Sydney puts its clocks back on 5 April 2026 and forward on 4 October.
    rules = make_rules("Mon-Sun 09:00-09:30", SYDNEY, days_ahead=4)
    for now, shift in (("2026-04-03T12:00", 1), ("2026-10-02T12:00", -1)):
        starts = list_slots(rules, now=at(now), taken=[])
        assert {f"{start.astimezone(SYDNEY):%H:%M}" for start in starts} == {"09:00"}
        gaps = {later - earlier for earlier, later in zip(starts, starts[1:], strict=False)}
        assert gaps == {timedelta(days=1), timedelta(days=1, hours=shift)}


def test_a_change_by_half_an_hour_is_right_too():
    rules = make_rules("Sun 01:00-03:00", LORD_HOWE)
    starts = list_slots(rules, now=at("2026-04-04T00:00"), taken=[])
    assert len(starts) == 5  # two hours on the clock, two and a half in fact
    starts = list_slots(rules, now=at("2026-10-03T00:00"), taken=[])
    assert local(starts, LORD_HOWE) == ["Sun 01:00", "Sun 01:30", "Sun 02:30"]


def test_days_are_those_of_the_visitors_calendar():
    rules = make_rules("Mon 20:00-22:00", NEW_YORK)
    starts = list_slots(rules, now=at("2026-11-20T00:00"), taken=[])
    [day] = group_by_day(starts, KOLKATA)
    assert (day.day, len(day.starts)) == (date(2026, 11, 24), 4)


zones = st.sampled_from([BERLIN, NEW_YORK, SYDNEY, KOLKATA, LORD_HOWE])
spans = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda quarters: [
        tuple(f"{part // 4:02}:{part % 4 * 15:02}" for part in pair)
        for pair in zip(sorted(quarters)[::2], sorted(quarters)[1::2], strict=False)
    ]
)
weeks = st.dictionaries(st.sampled_from(DAYS), spans, min_size=1).map(
    lambda week: "; ".join(
        f"{day} {', '.join(f'{start}-{end}' for start, end in parts)}"
        for day, parts in week.items()
    )
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


@given(
    hours=weeks,
    zone=zones,
    now=moments,
    length=st.integers(5, 150),
    buffer=st.integers(0, 90),
    notice=st.integers(0, 4000),
    days_ahead=st.integers(1, 15),
    picks=st.lists(st.integers(0, 10_000), max_size=5),
)
def test_whoever_books_what_is_offered_never_overlaps(
    hours, zone, now, length, buffer, notice, days_ahead, picks
):
    rules = make_rules(
        hours, zone, length=length, buffer=buffer, notice=notice, days_ahead=days_ahead
    )
    taken: list[Interval] = []
    for pick in picks:
        starts = list_slots(rules, now=now, taken=taken)
        assert list(starts) == sorted(set(starts))
        for start in starts:
            assert now + rules.notice <= start < now + timedelta(days=days_ahead)
            assert start.tzinfo is UTC
            # The last full minute too: the hours have no gap that a call reaches over.
            for minutes in (0, length // 2, length - 1):
                assert rules.hours.contains(start + timedelta(minutes=minutes))
        if not starts:
            return
        chosen = starts[pick % len(starts)]
        call = Interval(chosen, chosen + rules.length)
        for other in taken:
            assert call.start - other.end >= rules.buffer or other.start - call.end >= rules.buffer
        taken.append(call)
