"""Inserting what may already be there and changing rows in place, alike on every database."""

from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy import Table as SchemaTable
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from chatbot.storage.models import Table


def add_unless_there(session: Session, row: Table) -> bool:
    """Insert `row`; False when a unique key says that it is there already.

    A savepoint, because a refused insert would otherwise undo what the transaction did before it.
    """
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def set_unless_taken(session: Session, row: Table, **values: object) -> bool:
    """Set columns of a stored row; False, and the row as it was, when a unique key says that
    another row has the value already."""
    try:
        with session.begin_nested():
            for name, value in values.items():
                setattr(row, name, value)
            session.flush()
    except IntegrityError:
        session.refresh(row)
        return False
    return True


def update_rows(
    session: Session, table: type[Table], *conditions: Any, values: dict[str, Any]
) -> int:
    """Change the rows of `table` that meet the conditions, in one statement; returns how many.

    Past the session's own bookkeeping, which costs as much again as the statement: a row that the
    session has loaded before keeps its old values there.
    """
    schema: SchemaTable = table.__table__  # type: ignore[attr-defined]
    statement = update(schema).where(*conditions).values(values)
    result: CursorResult[Any] = session.connection().execute(statement)
    return result.rowcount
