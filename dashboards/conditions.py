"""What the figures have in common: which rows are of a period, and counts per visitor."""

from typing import Any

from sqlalchemy import Select, func
from sqlmodel import Session, col, select

from chatbot.storage.models import ChatSession, Conversation, Message, Role
from dashboards.period import Period
from dashboards.sql import local_hour


def within(moment: Any, period: Period) -> tuple[Any, Any]:
    """That a moment lies in the period."""
    return col(moment) >= period.start, col(moment) < period.end


def asked_in(period: Period) -> tuple[Any, ...]:
    """That a message is a visitor's, of the period, and was not edited away since."""
    own = (col(Message.role) == Role.USER, col(Message.replaced_at).is_(None))
    return (*own, *within(Message.created_at, period))


def count(session: Session, key: Any, *conditions: Any) -> int:
    return int(session.exec(select(func.count(key)).where(*conditions)).one())


def count_visits(session: Session, period: Period) -> int:
    """Sessions that began or went on in a period."""
    lasted = col(ChatSession.last_seen_at) >= period.start
    return count(session, ChatSession.id, lasted, col(ChatSession.first_seen_at) < period.end)


def questions_per_chat(period: Period) -> Select[Any, Any]:
    """Conversation and how many questions it has in the period, at least one."""
    chat = col(Message.conversation_id)
    questions = func.count().label("questions")
    return select(chat, questions).where(*asked_in(period)).group_by(chat)


def active_days(period: Period) -> Select[Any, Any]:
    """Session and day ("2026-05-04") on which the visitor wrote, once each."""
    hour = local_hour(col(Message.created_at), period.utc_offset_minutes)
    chats = (
        select(Message.conversation_id, func.substr(hour, 1, 10).label("day"))
        .where(*asked_in(period))
        .distinct()
        .subquery()
    )
    return (
        select(Conversation.session_id, chats.c.day)
        .join(Conversation, col(Conversation.id) == chats.c.conversation_id)
        .distinct()
    )
