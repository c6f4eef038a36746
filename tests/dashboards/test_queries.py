from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from chatbot.errors import InvalidInput
from chatbot.people.contacts import save_contact
from chatbot.storage.models import Contact, ContactConversation, Question
from dashboards.analytics import Analytics
from dashboards.engagement import get_engagement
from dashboards.period import Period
from dashboards.queries import get_daily_active, get_funnel, get_overview
from dashboards.top_questions import get_top_questions
from tests.dashboards.visits import NOW, Visit, at, fill

MONTH = Period.last_days(31, now=NOW)
WEEK = Period.last_days(7, now=NOW)
ALL = Period.all_time(now=NOW)


@pytest.fixture
def visits(database):
    fill(database)
    return database


def test_the_overview_is_that_of_a_hand_count(visits):
    visits.write_now(lambda session: session.add(Question(text="Open one", created_at=at(1))))
    for period in (MONTH, ALL):
        overview = visits.read_now(lambda session, period=period: get_overview(session, period))
        assert (overview.sessions, overview.asked, overview.converted) == (5, 3, 1)
        assert (overview.conversations, overview.messages, overview.answers) == (4, 11, 5)
        assert (overview.contacts, overview.open_questions, overview.open_escalations) == (2, 1, 1)
        assert (overview.cost_usd, overview.first_text_ms) == (2.0, 500.0)
        assert (overview.limited_answers, overview.thumbs_up, overview.thumbs_down) == (1, 1, 1)
        assert overview.conversion_rate == pytest.approx(1 / 3)
        assert overview.limited_share == pytest.approx(0.2)


def test_who_leaves_a_known_address_counts_too(visits):
    def come_back(session):
        known = session.exec(select(Contact)).first()
        again = Visit.begin(session, at(3))
        again.ask("And now?", at(3))
        save_contact(session, email=known.email, conversation_id=again.id)
        link = session.get(ContactConversation, (known.id, again.id))
        link.created_at = at(3)
        return get_overview(session, ALL), get_funnel(session, ALL)

    before = visits.read_now(lambda session: get_funnel(session, ALL))
    overview, funnel = visits.write_now(come_back)
    assert (overview.asked, overview.converted, overview.contacts) == (4, 2, 2)
    assert funnel.reached_out == before.reached_out + 1


def test_a_period_holds_what_happened_in_it(visits):
    overview = visits.read_now(lambda session: get_overview(session, WEEK))
    assert (overview.sessions, overview.asked, overview.converted) == (3, 1, 0)
    assert (overview.conversations, overview.messages, overview.contacts) == (1, 2, 1)
    assert (overview.cost_usd, overview.first_text_ms) == (0.5, None)
    assert overview.open_escalations == 1


def test_every_day_of_a_period_is_there_and_no_other(visits):
    daily = visits.read_now(lambda session: get_daily_active(session, MONTH))
    assert [day.day for day in daily.days] == [date(2026, 5, 1 + step) for step in range(31)]
    counts = {day.day.day: day.sessions for day in daily.days if day.sessions}
    assert counts == {1: 1, 10: 1, 20: 1, 28: 1}
    assert daily.total == 4


def test_all_time_begins_with_the_first_message(visits):
    daily = visits.read_now(lambda session: get_daily_active(session, ALL))
    assert (daily.days[0].day, daily.days[-1].day) == (date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("minutes", "day", "hour"), [(0, 10, 23), (30, 11, 0), (330, 11, 5), (-720, 10, 11)]
)
def test_days_and_hours_are_those_of_the_owners_clock(visits, minutes, day, hour):
    period = Period.last_days(25, now=NOW, utc_offset_minutes=minutes)
    daily = visits.read_now(lambda session: get_daily_active(session, period))
    assert day in {found.day.day for found in daily.days if found.sessions}
    engagement = visits.read_now(lambda session: get_engagement(session, period))
    assert engagement.hours[hour] >= 1
    assert sum(engagement.hours) == 3


def test_a_session_with_two_chats_on_a_day_is_one_visitor(database):
    def work(session):
        visit = Visit.begin(session, at(5))
        visit.ask("One?", at(5))
        visit.again(at(5)).ask("Two?", at(5, 13))

    database.write_now(work)
    assert database.read_now(lambda session: get_daily_active(session, MONTH)).total == 1
    overview = database.read_now(lambda session: get_overview(session, MONTH))
    assert (overview.asked, overview.conversations) == (1, 2)


def test_the_funnel_is_that_of_a_hand_count(visits):
    funnel = visits.read_now(lambda session: get_funnel(session, MONTH))
    assert (funnel.visits, funnel.asked) == (5, 3)
    assert (funnel.asked_again, funnel.reached_out) == (1, 3)


def test_questions_are_grouped_by_their_words(visits):
    top = visits.read_now(lambda session: get_top_questions(session, MONTH))
    found = [(question.text, question.count, question.unanswered) for question in top.questions]
    assert found == [
        ("What is your notice period", 2, 2),
        ("do you know PYTHON", 2, 0),
    ]
    assert top.questions[0].last_asked_at == at(28, 12, 1)
    assert top.questions[0].unanswered_share == 1.0


def test_wordings_of_one_question_are_one_top_question(database):
    def work(session):
        for text in ("How long is your notice period?", "what is your notice period", "Salary?"):
            Visit.begin(session, at(5)).ask(text, at(5))
        Visit.begin(session, at(6)).ask("What is your notice period?", at(6))

    database.write_now(work)
    top = database.read_now(lambda session: get_top_questions(session, MONTH))
    assert [(question.text, question.count) for question in top.questions] == [
        ("What is your notice period?", 3),
        ("Salary?", 1),
    ]


def test_only_as_many_questions_come_as_are_wanted(visits):
    top = visits.read_now(lambda session: get_top_questions(session, MONTH, limit=1))
    assert [question.text for question in top.questions] == ["What is your notice period"]


def test_a_pasted_job_description_is_no_top_question(database):
    def work(session):
        Visit.begin(session, at(5)).ask("We are looking for somebody. " * 20, at(5))
        Visit.begin(session, at(5)).ask("日本語を話しますか？", at(5))

    database.write_now(work)
    top = database.read_now(lambda session: get_top_questions(session, MONTH))
    assert [question.text for question in top.questions] == ["日本語を話しますか？"]


def test_the_engagement_is_that_of_a_hand_count(visits):
    engagement = visits.read_now(lambda session: get_engagement(session, MONTH))
    assert [depth.conversations for depth in engagement.depths] == [3, 1, 0, 0, 0]
    assert (engagement.conversations, engagement.questions) == (4, 5)
    assert engagement.questions_per_conversation == 1.25
    assert engagement.answer_characters == 25
    assert (engagement.asked, engagement.returned) == (3, 1)
    hours = {hour: number for hour, number in enumerate(engagement.hours) if number}
    assert hours == {9: 2, 12: 2, 23: 1}


async def test_nothing_stored_is_nothing_counted(database):
    for days in (7, None):
        view = await Analytics(database).read(days, now=NOW)
        assert (view.overview.sessions, view.overview.conversion_rate) == (0, 0.0)
        assert view.overview.first_text_ms is None
        assert view.daily.total == 0
        assert view.questions.questions == ()
        assert sum(view.engagement.hours) == 0
        assert view.engagement.answer_characters is None


async def test_one_call_reads_every_figure_of_one_period(visits):
    view = await Analytics(visits).read(7, now=NOW, utc_offset_minutes=120)
    assert view.overview.conversations == 1
    assert len(view.daily.days) == 7
    assert view.funnel.visits == 3
    with pytest.raises(InvalidInput):
        await Analytics(visits).read(0, now=NOW)
    with pytest.raises(InvalidInput):
        await Analytics(visits).read(7, now=NOW, utc_offset_minutes=15 * 60)


def test_a_period_is_whole_days_of_the_owners_clock():
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    period = Period.last_days(7, now=late, utc_offset_minutes=60)
    assert period.end == datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert period.end - period.start == timedelta(days=7)
    assert (period.first_day, period.last_day) == (date(2026, 2, 24), date(2026, 3, 2))


def test_more_visitors_are_not_more_statements(sqlite_database):
    from sqlalchemy import event

    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    event.listen(sqlite_database._reader, "before_cursor_execute", note)
    reads = (get_overview, get_daily_active, get_funnel, get_engagement, get_top_questions)

    def count() -> int:
        statements.clear()
        for read in reads:
            sqlite_database.read_now(lambda session, read=read: read(session, MONTH))
        return len(statements)

    fill(sqlite_database)
    few = count()
    for _ in range(5):
        fill(sqlite_database)
    assert count() == few
