"""Who of several running programs does the background work: one row per piece of work."""

import uuid
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from chatbot.storage.models import Lease
from chatbot.storage.rows import add_unless_there, update_rows


def take_lease(
    session: Session, *, name: str, holder: uuid.UUID, now: datetime, seconds: float
) -> bool:
    """Take or renew a lease for `seconds`; False while another holder's has not expired."""
    expires_at = now + timedelta(seconds=seconds)
    if session.exec(select(Lease.name).where(Lease.name == name)).first() is None:
        if add_unless_there(session, Lease(name=name, holder=holder, expires_at=expires_at)):
            return True
    changed = update_rows(
        session,
        Lease,
        col(Lease.name) == name,
        (col(Lease.holder) == holder) | (col(Lease.expires_at) <= now),
        values={"holder": holder, "expires_at": expires_at},
    )
    return changed > 0


def give_up_lease(session: Session, *, name: str, holder: uuid.UUID, now: datetime) -> None:
    """Let a successor begin at once."""
    update_rows(
        session,
        Lease,
        col(Lease.name) == name,
        col(Lease.holder) == holder,
        values={"expires_at": now},
    )
