import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from chatbot.hours import DailySpan, parse_zone
from chatbot.people.daily_summary import DailySummary, DayFigures, Stretch
from chatbot.people.delivery_log import list_log
from chatbot.people.gathering import GatheringValues
from chatbot.people.outbox import Outbox, OutboxValues
from chatbot.storage.database import Database
from chatbot.storage.models import (
    Booking,
    ChatSession,
    Contact,
    ContactStatus,
    Conversation,
    EmailMessage,
    Escalation,
    EscalationReason,
    Message,
    Notification,
    NotificationStatus,
    OwnerState,
    Question,
    Role,
)
from dashboards.daily import read_day
from dashboards.period import Period
from dashboards.queries import get_overview
from tests.people.test_outbox import Channel, Clock, add_questions

BERLIN = parse_zone("Europe/Berlin")
SIX = 18 * 60
SOMETHING = DayFigures(visitors=3)


def at(hour: int, minute: int = 0, *, day: int = 4) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


class Figures:
    """Reads the same figures each time, and keeps what it was asked for."""

    def __init__(self, figures: DayFigures = SOMETHING) -> None:
        self.figures = figures
        self.asked: list[Stretch] = []

    def __call__(self, _session: Session, stretch: Stretch) -> DayFigures:
        self.asked.append(stretch)
        return self.figures


def start(
    database: Database, now: datetime, figures: Callable[[Session, Stretch], DayFigures]
) -> tuple[DailySummary, Clock]:
    clock = Clock()
    clock.now = now
    summary = DailySummary(
        database=database, minutes=SIX, zone=BERLIN, read_figures=figures, clock=clock
    )
    return summary, clock


def list_titles(database: Database) -> list[str]:
    return [entry.title for entry in reversed(database.read_now(list_log))]


async def test_once_a_day_at_the_time_that_was_chosen(database: Database):
    summary, clock = start(database, at(17, 59), Figures())
    written = []
    for _ in range(3 * 24 * 60 // 10):
        if await summary.sum_up():
            written.append(clock.now.astimezone(BERLIN).strftime("%d %H:%M"))
        clock.pass_by(minutes=10)
    assert written == ["04 18:09", "05 18:09", "06 18:09"]
    assert list_titles(database) == [
        "Your day: Monday, 4 May",
        "Your day: Tuesday, 5 May",
        "Your day: Wednesday, 6 May",
    ]


async def test_of_many_processes_one_writes_it(database: Database):
    programs = [start(database, at(18), Figures())[0] for _ in range(8)]
    written = await asyncio.gather(*(program.sum_up() for program in programs))
    assert sorted(written) == [False] * 7 + [True]
    assert list_titles(database) == ["Your day: Monday, 4 May"]


async def test_a_restart_later_that_day_catches_up_once_and_not_after_midnight(
    sqlite_database: Database,
):
    for hour, expected in ((21, True), (22, False)):
        summary, _ = start(sqlite_database, at(hour), Figures())
        assert await summary.sum_up() is expected
    summary, clock = start(sqlite_database, at(0, 30, day=6), Figures())
    assert not await summary.sum_up()
    clock.now = at(18, day=6)
    assert await summary.sum_up()
    assert list_titles(sqlite_database) == ["Your day: Monday, 4 May", "Your day: Wednesday, 6 May"]


async def test_each_begins_where_the_last_one_ended(sqlite_database: Database):
    figures = Figures()
    for moment in (at(18, 5), at(20, day=5), at(18, day=8), at(18, day=28)):
        summary, _ = start(sqlite_database, moment, figures)
        await summary.sum_up()
    told = [(item.since, item.until) for item in figures.asked]
    assert told == [
        (at(18, day=3), at(18)),
        (at(18), at(18, day=5)),
        (at(18, day=5), at(18, day=8)),
        (at(18, day=21), at(18, day=28)),
    ]
    assert figures.asked[0].calls_until == at(0, day=6)


async def test_a_day_with_nothing_at_all_is_skipped(database: Database):
    summary, clock = start(database, at(18), read_day)
    assert not await summary.sum_up()
    assert list_titles(database) == []
    clock.pass_by(hours=1)
    add_visit(database, at(18, 30))
    assert not await summary.sum_up()
    [state] = database.read_now(lambda s: s.exec(select(OwnerState)).all())
    assert (state.name, state.digest_day) == ("owner", "2026-05-04")


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
async def test_it_comes_by_the_clock_on_the_wall_when_the_clocks_change(
    sqlite_database: Database, day: date
):
    before = datetime.combine(day, datetime.min.time(), BERLIN).replace(hour=17, minute=59)
    summary, clock = start(sqlite_database, before.astimezone(UTC), Figures())
    assert not await summary.sum_up()
    clock.pass_by(minutes=1)
    assert await summary.sum_up()


def add_visit(database: Database, moment: datetime) -> None:
    """A visitor who asks, gives a name, and waits for an answer and the owner."""

    def work(session: Session) -> None:
        visitor = ChatSession(token_hash=str(moment), first_seen_at=moment, last_seen_at=moment)
        session.add(visitor)
        session.flush()
        chat = Conversation(session_id=visitor.id)
        session.add(chat)
        session.flush()
        session.add_all(
            [
                Message(conversation_id=chat.id, role=Role.USER, content="?", created_at=moment),
                Message(
                    conversation_id=chat.id,
                    role=Role.ASSISTANT,
                    content="!",
                    cost_micro_usd=420_000,
                    created_at=moment,
                ),
                Contact(name="Ana Ruiz", created_at=moment, conversation_id=chat.id),
                Contact(phone="+4911", created_at=moment, status=ContactStatus.JUNK),
                Question(text="Why?", created_at=moment),
                Escalation(conversation_id=chat.id, reason=EscalationReason.REQUESTED),
                EmailMessage(
                    email="a@b.com",
                    subject="s",
                    text="t",
                    status=NotificationStatus.FAILED,
                    updated_at=moment,
                ),
                Booking(status="booked", starts_at=at(19), minutes=30, name="Bo Li"),
                Booking(status="booked", starts_at=at(9, 30, day=5), minutes=30, name="Cy"),
                Booking(status="booked", starts_at=at(9, day=6), minutes=30, name="Later"),
                Booking(status="booked", starts_at=at(9), minutes=30, name="Earlier"),
                Booking(status="cancelled", starts_at=at(20), minutes=30, name="Off"),
            ]
        )

    database.write_now(work)


async def test_the_summary_tells_what_there_was_and_what_waits(database: Database):
    add_visit(database, at(12))
    add_visit_before = at(17, day=3)
    database.write_now(lambda s: s.add(Contact(name="Old", created_at=add_visit_before)))
    summary, clock = start(database, at(18), read_day)
    assert await summary.sum_up()
    channel = Channel()
    clock.now = datetime.now(UTC) + timedelta(seconds=1)
    await Outbox(database=database, channels=[channel], clock=clock).deliver_due()
    [text] = channel.taken
    assert text.title == "Your day: Monday, 4 May"
    assert text.message.splitlines() == [
        "1 visitor, 1 of them wrote",
        "1 conversation",
        '2 new contacts: "Ana Ruiz"',
        "1 person waits for you",
        "1 question waits for your answer",
        'Calls today: 19:00 "Bo Li"',
        'Calls tomorrow: 09:30 "Cy"',
        "Spent on answers: USD 0.42",
        "1 e-mail could not be sent",
    ]


async def test_its_numbers_are_those_of_the_analytics(sqlite_database: Database):
    add_visit(sqlite_database, at(12))
    stretch = Stretch(at(18, day=3), at(18), at(18), at(0, day=6))
    figures = sqlite_database.read_now(lambda s: read_day(s, stretch))
    overview = sqlite_database.read_now(
        lambda s: get_overview(s, Period(stretch.since, stretch.until))
    )
    assert (figures.visitors, figures.asked) == (overview.sessions, overview.asked)
    assert (figures.conversations, figures.contacts) == (overview.conversations, overview.contacts)
    assert figures.cost_micro_usd / 1e6 == overview.cost_usd


async def test_it_is_never_a_line_of_a_digest_and_waits_for_quiet_hours_to_end(
    sqlite_database: Database,
):
    add_questions(sqlite_database, 30)
    payload = {"day_name": "Monday, 4 May", "visitors": 1}
    sqlite_database.write_now(lambda s: s.add(Notification(kind="daily", payload=payload)))
    channel, clock = Channel(), Clock()
    clock.now = datetime(2040, 5, 4, 12, tzinfo=BERLIN).astimezone(UTC)
    span = DailySpan(11 * 60, 13 * 60, BERLIN)
    values = OutboxValues(gathering=GatheringValues(quiet_hours=span))
    quiet = Outbox(database=sqlite_database, channels=[channel], values=values, clock=clock)
    await quiet.deliver_due()
    assert channel.tries == 0
    clock.pass_by(hours=2)
    loud = Outbox(database=sqlite_database, channels=[channel], clock=clock)
    for _ in range(3):
        await loud.deliver_due()
    titles = [text.title for text in channel.taken]
    assert titles.count("Your day: Monday, 4 May") == 1
    assert len(titles) == 21 + 1
    assert "daily" not in channel.taken[-1].message
