"""The figures of the owner's analytics: read-only SQL in, plain values out.

Each function takes a session and a period and makes a fixed number of statements, however many
visitors there were. What is counted is counted by the moment of the thing itself: a message by
when it was sent, a contact by when it was first left; a session converts whenever it leaves one,
whether or not the address was known before.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, distinct, func, union
from sqlmodel import Session, col, select

from chatbot.storage.models import (
    Contact,
    ContactConversation,
    Conversation,
    Escalation,
    EscalationStatus,
    Feedback,
    Message,
    MessageStatus,
    Question,
    QuestionStatus,
    Role,
)
from dashboards.conditions import (
    active_days,
    asked_in,
    count,
    count_visits,
    questions_per_chat,
    within,
)
from dashboards.period import Period

MICRO = 1_000_000


@dataclass(frozen=True)
class Overview:
    """The main numbers of a period.

    `sessions` are the visits that began or went on in it. `asked` are the sessions with at least
    one message of the visitor's, `converted` those of them that also left a contact. `messages`
    leaves out notices. What the visitor edited away or had answered again is left out everywhere
    but in `cost_usd`, because it was paid too; what the model was asked beside answers (fit sheets,
    embeddings, the exam) is in the day's budget only. Open questions and escalations are those
    that wait at this moment, whatever the period. `first_text_ms` is the median time to the first
    text; None without answers.
    """

    sessions: int
    asked: int
    converted: int
    conversations: int
    messages: int
    answers: int
    limited_answers: int
    contacts: int
    open_questions: int
    open_escalations: int
    cost_usd: float
    first_text_ms: float | None
    thumbs_up: int
    thumbs_down: int

    @property
    def conversion_rate(self) -> float:
        """Sessions that left a contact, of the sessions that asked something: 0 to 1."""
        return self.converted / self.asked if self.asked else 0.0

    @property
    def limited_share(self) -> float:
        """Answers without a model, of all answers: 0 to 1."""
        return self.limited_answers / self.answers if self.answers else 0.0


@dataclass(frozen=True)
class DayCount:
    day: date
    sessions: int


@dataclass(frozen=True)
class DailyActive:
    """Sessions with a message of the visitor's, for every day of a period, oldest first.

    For all time the days begin with the first one on which somebody wrote.
    """

    days: tuple[DayCount, ...]

    @property
    def total(self) -> int:
        """The sum over the days: who came on two days counts twice."""
        return sum(day.sessions for day in self.days)


@dataclass(frozen=True)
class Funnel:
    """How far visits went: all, asked something, asked at least twice, reached out to the owner.

    Reaching out is a contact or an escalation. It is counted of all visits, because some leave
    their address without a question.
    """

    visits: int
    asked: int
    asked_again: int
    reached_out: int


def get_overview(session: Session, period: Period) -> Overview:
    """The main numbers of a period."""
    visited, asked, converted = _count_sessions(session, period)
    return Overview(
        sessions=visited,
        asked=asked,
        converted=converted,
        contacts=count(session, Contact.id, *within(Contact.created_at, period)),
        open_questions=count(session, Question.id, Question.status == QuestionStatus.OPEN),
        open_escalations=count(session, Escalation.id, Escalation.status == EscalationStatus.OPEN),
        first_text_ms=_median_first_text(session, period),
        **_message_numbers(session, period),
    )


def get_daily_active(session: Session, period: Period) -> DailyActive:
    """Sessions with a message of the visitor's per day, with a zero for every quiet day."""
    active = active_days(period).subquery()
    statement = select(active.c.day, func.count()).group_by(active.c.day)
    counts = {date.fromisoformat(day): int(number) for day, number in session.exec(statement)}
    first = min(counts, default=period.last_day) if period.is_all_time else period.first_day
    number = (period.last_day - first).days + 1
    days = (first + timedelta(days=step) for step in range(number))
    return DailyActive(tuple(DayCount(day, counts.get(day, 0)) for day in days))


def get_funnel(session: Session, period: Period) -> Funnel:
    """How far the visits of a period went."""
    chats = questions_per_chat(period).subquery()
    per_session = (
        select(func.sum(chats.c.questions).label("questions"))
        .join(Conversation, col(Conversation.id) == chats.c.conversation_id)
        .group_by(col(Conversation.session_id))
        .subquery()
    )
    again = func.coalesce(func.sum(case((per_session.c.questions >= 2, 1), else_=0)), 0)
    asked, asked_again = session.exec(select(func.count(), again).select_from(per_session)).one()
    reached = union(
        select(ContactConversation.conversation_id).where(
            *within(ContactConversation.created_at, period)
        ),
        select(Escalation.conversation_id).where(*within(Escalation.opened_at, period)),
    ).subquery()
    reached_out = session.exec(
        select(func.count(distinct(col(Conversation.session_id)))).join(
            reached, reached.c.conversation_id == col(Conversation.id)
        )
    ).one()
    return Funnel(count_visits(session, period), int(asked), int(asked_again), int(reached_out))


def _count_sessions(session: Session, period: Period) -> tuple[int, int, int]:
    chats = select(Message.conversation_id).where(*asked_in(period)).distinct()
    asked = select(Conversation.session_id).where(col(Conversation.id).in_(chats)).distinct()
    left = (
        select(Conversation.session_id)
        .join(ContactConversation, col(ContactConversation.conversation_id) == col(Conversation.id))
        .where(*within(ContactConversation.created_at, period))
    )
    found = asked.subquery()
    converted = case((found.c.session_id.in_(left), 1), else_=0)
    numbers = select(func.count(), func.coalesce(func.sum(converted), 0)).select_from(found)
    asked_count, converted_count = session.exec(numbers).one()
    return count_visits(session, period), int(asked_count), int(converted_count)


def _message_numbers(session: Session, period: Period) -> dict[str, Any]:
    stands = col(Message.replaced_at).is_(None)
    answer = and_(
        stands, col(Message.role) == Role.ASSISTANT, col(Message.status) != MessageStatus.STREAMING
    )
    asked = and_(stands, col(Message.role) == Role.USER)
    numbers: list[Any] = [
        func.count(distinct(case((asked, col(Message.conversation_id))))),
        *(
            func.count(case((condition, 1)))
            for condition in (
                stands,
                answer,
                and_(answer, col(Message.limited)),
                and_(answer, col(Message.feedback) == Feedback.UP),
                and_(answer, col(Message.feedback) == Feedback.DOWN),
            )
        ),
        func.coalesce(func.sum(col(Message.cost_micro_usd)), 0),
    ]
    statement = select(*numbers).where(
        col(Message.role).in_([Role.USER, Role.ASSISTANT, Role.OWNER]),
        *within(Message.created_at, period),
    )
    conversations, messages, answers, limited, up, down, cost = session.exec(statement).one()
    return {
        "conversations": conversations,
        "messages": messages,
        "answers": answers,
        "limited_answers": limited,
        "thumbs_up": up,
        "thumbs_down": down,
        "cost_usd": int(cost) / MICRO,
    }


def _median_first_text(session: Session, period: Period) -> float | None:
    """The median by position: SQLite and MySQL have no function for it."""
    conditions = (
        Message.role == Role.ASSISTANT,
        col(Message.first_text_ms).is_not(None),
        col(Message.replaced_at).is_(None),
        *within(Message.created_at, period),
    )
    number = count(session, Message.first_text_ms, *conditions)
    if not number:
        return None
    middle = (
        select(Message.first_text_ms)
        .where(*conditions)
        .order_by(col(Message.first_text_ms))
        .offset((number - 1) // 2)
        .limit(2 - number % 2)
    )
    values = [value for value in session.exec(middle) if value is not None]
    return sum(values) / len(values)
