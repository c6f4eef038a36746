"""The one row of what the owner says of themselves."""

from datetime import datetime

from sqlmodel import Session, col, select

from chatbot.storage.models import OwnerState
from chatbot.storage.rows import add_unless_there, update_rows

OWNER = "owner"


def get_owner_state(session: Session) -> OwnerState | None:
    return session.exec(select(OwnerState).where(OwnerState.name == OWNER)).first()


def set_owner_state(session: Session, *, at: datetime, **values: object) -> None:
    """Change columns of the row, which is made when it is missing."""
    known = session.exec(select(OwnerState.name).where(OwnerState.name == OWNER)).first()
    if known is None:
        add_unless_there(session, OwnerState(name=OWNER))
    update_rows(
        session, OwnerState, col(OwnerState.name) == OWNER, values={**values, "updated_at": at}
    )


def lock_owner_state(session: Session) -> OwnerState:
    """The row, locked to be changed; made when it is missing."""
    statement = select(OwnerState).where(OwnerState.name == OWNER).with_for_update()
    found = session.exec(statement).first()
    if found is None:
        add_unless_there(session, OwnerState(name=OWNER))
        found = session.exec(statement).one()
    return found
