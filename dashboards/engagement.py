"""How much visitors talk, and when."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from chatbot.storage.models import Message, MessageStatus, Role
from dashboards.conditions import active_days, asked_in, questions_per_chat, within
from dashboards.period import Period
from dashboards.sql import local_hour, text_length

# Questions per conversation: fewest and most of each group, None for no upper end.
DEPTHS: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 2), (3, 5), (6, 10), (11, None))


@dataclass(frozen=True)
class DepthCount:
    """Conversations with `fewest` to `most` questions (None: no upper end)."""

    fewest: int
    most: int | None
    conversations: int


@dataclass(frozen=True)
class Engagement:
    """How much visitors talk and when.

    `hours` has 24 counts of visitors' messages by hour of the owner's day. `returned` are the
    sessions that wrote on at least two days, of `asked`.
    """

    depths: tuple[DepthCount, ...]
    hours: tuple[int, ...]
    conversations: int
    questions: int
    answer_characters: float | None
    asked: int
    returned: int

    @property
    def questions_per_conversation(self) -> float:
        return self.questions / self.conversations if self.conversations else 0.0


def get_engagement(session: Session, period: Period) -> Engagement:
    """How much visitors talked in a period, and when."""
    chats = questions_per_chat(period).subquery()
    by_depth = select(chats.c.questions, func.count()).group_by(chats.c.questions)
    depths = {int(questions): int(number) for questions, number in session.exec(by_depth)}
    asked, returned = _count_returned(session, period)
    return Engagement(
        depths=tuple(_group_depths(depths)),
        hours=_hours(session, period),
        conversations=sum(depths.values()),
        questions=sum(questions * number for questions, number in depths.items()),
        answer_characters=_answer_characters(session, period),
        asked=asked,
        returned=returned,
    )


def _count_returned(session: Session, period: Period) -> tuple[int, int]:
    active = active_days(period).subquery()
    per_session = (
        select(func.count().label("days"))
        .select_from(active)
        .group_by(active.c.session_id)
        .subquery()
    )
    returned = func.coalesce(func.sum(case((per_session.c.days >= 2, 1), else_=0)), 0)
    asked, again = session.exec(select(func.count(), returned).select_from(per_session)).one()
    return int(asked), int(again)


def _group_depths(depths: dict[int, int]) -> Iterable[DepthCount]:
    for fewest, most in DEPTHS:
        in_group = (
            number
            for questions, number in depths.items()
            if questions >= fewest and (most is None or questions <= most)
        )
        yield DepthCount(fewest, most, sum(in_group))


def _hours(session: Session, period: Period) -> tuple[int, ...]:
    hour = local_hour(col(Message.created_at), period.utc_offset_minutes).label("hour")
    asked = select(hour).where(*asked_in(period)).subquery()
    counts = [0] * 24
    for words, number in session.exec(select(asked.c.hour, func.count()).group_by(asked.c.hour)):
        counts[int(words[11:13])] += number
    return tuple(counts)


def _answer_characters(session: Session, period: Period) -> float | None:
    average = session.exec(
        select(func.avg(text_length(col(Message.content)))).where(
            Message.role == Role.ASSISTANT,
            col(Message.status).in_([MessageStatus.DONE, MessageStatus.INTERRUPTED]),
            col(Message.replaced_at).is_(None),
            *within(Message.created_at, period),
        )
    ).one()
    return None if average is None else float(average)
