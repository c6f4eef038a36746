"""Queries on sessions: who a visitor is, and whether they are still there."""

import uuid
from datetime import datetime

from sqlmodel import Session, col, select

from chatbot.storage.models import ChatSession
from chatbot.storage.rows import update_rows


def get_session_by_token(session: Session, *, token_hash: str) -> ChatSession | None:
    statement = select(ChatSession).where(ChatSession.token_hash == token_hash)
    return session.exec(statement).first()


def touch_session(session: Session, *, session_id: uuid.UUID, at: datetime) -> None:
    """Note activity, which also resumes a session that had ended."""
    values = {"last_seen_at": at, "ended_at": None}
    update_rows(session, ChatSession, col(ChatSession.id) == session_id, values=values)


def end_idle_sessions(session: Session, *, idle_since: datetime, at: datetime) -> int:
    """End every session without activity since `idle_since`; returns how many."""
    return update_rows(
        session,
        ChatSession,
        col(ChatSession.last_seen_at) < idle_since,
        col(ChatSession.ended_at).is_(None),
        values={"ended_at": at},
    )
