"""Queries on the owner's sign-ins and on the tries that failed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Table as SchemaTable
from sqlalchemy import delete
from sqlmodel import Session, col, or_, select

from chatbot.storage.models import OwnerSession, SignInTries, Table
from chatbot.storage.rows import add_unless_there, update_rows


def get_owner_session(session: Session, *, token_hash: str) -> OwnerSession | None:
    statement = select(OwnerSession).where(OwnerSession.token_hash == token_hash)
    return session.exec(statement).first()


def touch_owner_session(session: Session, *, token_hash: str, at: datetime) -> None:
    """Note activity, unless the sign-in has been revoked meanwhile."""
    update_rows(
        session,
        OwnerSession,
        col(OwnerSession.token_hash) == token_hash,
        col(OwnerSession.revoked_at).is_(None),
        values={"last_seen_at": at},
    )


def revoke_owner_sessions(session: Session, *, at: datetime, token_hash: str | None = None) -> None:
    """End one sign-in, or all of them without a `token_hash`."""
    one = [] if token_hash is None else [col(OwnerSession.token_hash) == token_hash]
    still_open = col(OwnerSession.revoked_at).is_(None)
    update_rows(session, OwnerSession, still_open, *one, values={"revoked_at": at})


def delete_ended_owner_sessions(session: Session, *, before: datetime) -> None:
    _delete(session, OwnerSession, col(OwnerSession.expires_at) < before)


def lock_tries(session: Session, *, source: str, at: datetime) -> SignInTries:
    """The row of a source, locked to be changed; made when it is missing."""
    statement = select(SignInTries).where(SignInTries.source == source).with_for_update()
    found = session.exec(statement).first()
    if found is None:
        add_unless_there(session, SignInTries(source=source, since=at))
        found = session.exec(statement).one()
    return found


def delete_old_tries(session: Session, *, begun_before: datetime, at: datetime) -> None:
    """Forget the sources whose tries no longer count against them."""
    is_free = or_(col(SignInTries.locked_until).is_(None), col(SignInTries.locked_until) < at)
    _delete(session, SignInTries, col(SignInTries.since) < begun_before, is_free)


def _delete(session: Session, table: type[Table], *conditions: Any) -> None:
    schema: SchemaTable = table.__table__  # type: ignore[attr-defined]
    session.connection().execute(delete(schema).where(*conditions))
