from datetime import UTC, datetime

import pytest

from chatbot.hours import DailySpan, parse_span, parse_zone
from chatbot.people.delivery_log import list_log
from chatbot.people.gathering import GatheringValues
from chatbot.people.outbox import Outbox, OutboxValues
from chatbot.storage.database import Database
from chatbot.storage.models import Notification
from tests.people.test_outbox import DOWN, SENT, Channel, Clock, run_until

BERLIN = parse_zone("Europe/Berlin")
NIGHT = DailySpan(*parse_span("22:00-07:00"), BERLIN)


def start(
    database: Database, now: datetime, channel: Channel, *, span: DailySpan = NIGHT
) -> tuple[Outbox, Clock]:
    clock = Clock()
    clock.now = now.astimezone(UTC)
    values = OutboxValues(gathering=GatheringValues(quiet_hours=span))
    return Outbox(database=database, channels=[channel], values=values, clock=clock), clock


def at(hour: int, minute: int = 0, *, day: int = 4) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=BERLIN)


def add(database: Database, clock: Clock, kind: str, words: str) -> None:
    payload = {"text": words, "note": words, "notes": words, "action": words}
    moment = clock()
    row = Notification(kind=kind, payload=payload, created_at=moment, next_attempt_at=moment)
    database.write_now(lambda session: session.add(row))


async def test_only_an_escalation_comes_at_night_and_the_rest_as_one_message_in_the_morning(
    database: Database,
):
    channel = Channel()
    outbox, clock = start(database, at(23), channel)
    for kind in ("contact", "question", "budget", "provider"):
        add(database, clock, kind, f"about {kind}")
    add(database, clock, "escalation", "please come")
    await run_until(outbox, clock, minutes=60, step=60)
    assert [text.title for text in channel.taken] == ["Someone in the chat needs you"]

    clock.now = at(6, 59, day=5).astimezone(UTC)
    add(database, clock, "question", "early bird")
    await run_until(outbox, clock, minutes=1)
    assert len(channel.taken) == 1
    await run_until(outbox, clock, minutes=10)
    assert [text.title for text in channel.taken[1:]] == ["5 notifications waited for you"]
    morning = channel.taken[1].message
    assert "1 contact, 2 open questions, 1 budget notice, 1 provider notice" in morning
    assert "quiet hours" in morning
    assert "early bird" in morning
    statuses = [entry.status for entry in database.read_now(list_log)]
    assert (statuses.count("gathered"), statuses.count("sent")) == (5, 2)

    add(database, clock, "question", "by day")
    add(database, clock, "question", "by day too")
    await run_until(outbox, clock, minutes=1)
    assert [text.title for text in channel.taken[2:]] == ["A question waits for your answer"] * 2


async def test_what_waited_alone_is_sent_as_itself(database: Database):
    channel = Channel()
    outbox, clock = start(database, at(2), channel)
    add(database, clock, "contact", "hello")
    add(database, clock, "daily", "")
    await outbox.deliver_due()
    clock.now = at(7).astimezone(UTC)
    await run_until(outbox, clock, minutes=1)
    assert sorted(text.title for text in channel.taken) == ["New contact", "Your day: a summary"]


async def test_a_retry_of_the_evening_rests_at_night(sqlite_database: Database):
    channel = Channel(answers=[DOWN, SENT])
    outbox, clock = start(sqlite_database, at(21, 59), channel)
    add(sqlite_database, clock, "question", "late")
    await outbox.deliver_due()
    clock.now = at(22).astimezone(UTC)
    await run_until(outbox, clock, minutes=8 * 60, step=300)
    assert channel.tries == 1
    clock.now = at(7, day=5).astimezone(UTC)
    await outbox.deliver_due()
    assert [text.title for text in channel.taken] == ["A question waits for your answer"]


async def test_a_night_full_of_escalations_pushes_nothing_else_in_their_digest(
    database: Database,
):
    channel = Channel()
    outbox, clock = start(database, at(1), channel)
    add(database, clock, "contact", "a contact of the night")
    for number in range(25):
        add(database, clock, "escalation", f"call {number}")
    await run_until(outbox, clock, minutes=20)
    assert len(channel.taken) == 21
    assert channel.taken[-1].title == "5 more notifications"
    assert not [text for text in channel.taken if "a contact of the night" in text.message]
    clock.now = at(7).astimezone(UTC)
    await outbox.deliver_due()
    assert channel.taken[-1].title == "New contact"


async def test_after_a_night_switched_off_the_rest_still_comes_as_one(sqlite_database: Database):
    channel = Channel()
    outbox, clock = start(sqlite_database, at(23), channel)
    add(sqlite_database, clock, "question", "first")
    add(sqlite_database, clock, "question", "second")
    clock.now = at(9, 30, day=5).astimezone(UTC)
    await run_until(outbox, clock, minutes=1)
    assert [text.title for text in channel.taken] == ["2 notifications waited for you"]


@pytest.mark.parametrize(
    ("span", "moment", "ends"),
    [
        ("22:00-07:00", "2026-05-04T21:59", None),
        ("22:00-07:00", "2026-05-04T22:00", "2026-05-05T07:00"),
        ("22:00-07:00", "2026-05-05T06:59", "2026-05-05T07:00"),
        ("22:00-07:00", "2026-05-05T07:00", None),
        ("12:00-13:30", "2026-05-05T12:30", "2026-05-05T13:30"),
        ("12:00-13:30", "2026-05-05T23:30", None),
        ("00:00-07:00", "2026-05-05T00:00", "2026-05-05T07:00"),
        ("20:00-24:00", "2026-05-05T23:59", "2026-05-06T00:00"),
        # The nights on which the clocks change, and a night whose end they skip.
        ("22:00-07:00", "2026-03-29T01:30", "2026-03-29T07:00"),
        ("22:00-07:00", "2026-10-25T01:30", "2026-10-25T07:00"),
        ("22:00-02:30", "2026-03-29T01:30", "2026-03-29T03:30"),
        ("22:00-02:30", "2026-03-29T03:30", None),
    ],
)
def test_a_span_ends_by_the_owners_clock(span: str, moment: str, ends: str | None):
    local = datetime.fromisoformat(moment).replace(tzinfo=BERLIN)
    found = DailySpan(*parse_span(span), BERLIN).end_around(local.astimezone(UTC))
    told = found and found.astimezone(BERLIN).replace(tzinfo=None).isoformat(timespec="minutes")
    assert told == ends


def test_the_last_end_is_never_in_the_future_nor_older_than_a_day_and_an_hour():
    for text in ("22:00-07:00", "12:00-13:30", "00:00-24:00", "23:30-23:00", "02:30-02:45"):
        span = DailySpan(*parse_span(text), BERLIN)
        for hour in range(0, 24 * 365, 7):
            moment = datetime.fromtimestamp(1_767_225_600 + hour * 3600, UTC)
            age = (moment - span.last_end(moment)).total_seconds()
            assert 0 <= age <= 25 * 3600, (text, moment)
