"""Queries on the runs of the exam."""

from sqlmodel import Session, col, select

from chatbot.storage.models import ExamRun


def get_last_run(session: Session, *, is_finished: bool = True) -> ExamRun | None:
    """The run that began last; of those that came to their end when `is_finished`."""
    statement = select(ExamRun).order_by(col(ExamRun.id).desc()).limit(1)
    if is_finished:
        statement = statement.where(col(ExamRun.finished_at).is_not(None))
    return session.exec(statement).first()


def add_run(session: Session, run: ExamRun) -> None:
    session.add(run)
