"""Who of several running programs does the background work, and which of them are alive: one row
per piece of work, and one per run."""

import uuid
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from chatbot.storage.models import Lease
from chatbot.storage.rows import add_unless_there, update_rows

_RUN = "run:"


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


def note_alive(session: Session, *, run_id: uuid.UUID, now: datetime, seconds: float) -> None:
    """Say that a run is there for `seconds` at least."""
    take_lease(session, name=_run_name(run_id), holder=run_id, now=now, seconds=seconds)


def list_alive(session: Session, *, now: datetime) -> set[uuid.UUID]:
    """The runs that are there."""
    statement = select(Lease.holder).where(
        col(Lease.name).startswith(_RUN), col(Lease.expires_at) > now
    )
    return set(session.exec(statement).all())


def forget_runs(session: Session, *, before: datetime) -> None:
    """Delete the rows of runs that have not been there since a moment."""
    session.exec(
        delete(Lease).where(col(Lease.name).startswith(_RUN), col(Lease.expires_at) < before)
    )


def give_up_run(session: Session, *, run_id: uuid.UUID) -> None:
    """Say that a run has ended."""
    session.exec(delete(Lease).where(col(Lease.name) == _run_name(run_id)))


def _run_name(run_id: uuid.UUID) -> str:
    return f"{_RUN}{run_id.hex}"
