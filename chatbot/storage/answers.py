"""Queries on the owner's answers and their versions, and on what they are made of."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from chatbot.storage.models import Answer, AnswerVersion, Question, QuestionStatus, UtcDateTime
from chatbot.storage.pages import PageOf, PageRequest, contains, read_page


@dataclass(frozen=True)
class AnswerStamp:
    """What differs as soon as any answer has changed: read in every turn, so it is three figures.

    Each change of an answer makes a version, so that no order of commits can hide one.
    """

    answers: int = 0
    versions: int = 0
    changed_at: datetime | None = None


@dataclass(frozen=True)
class LiveAnswer:
    """An answer that is in use; `said_at` is when its text was written, `wordings` are the
    visitors' questions that it answers."""

    id: uuid.UUID
    question: str
    text: str
    said_at: datetime
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerRow:
    """One answer in the owner's list; `asked` counts the questions that it answers."""

    id: uuid.UUID
    question: str
    text: str
    version: int
    is_withdrawn: bool
    is_correction: bool
    asked: int
    updated_at: datetime


@dataclass(frozen=True)
class VersionRow:
    """An answer as it was under one version."""

    version: int
    question: str
    text: str
    is_withdrawn: bool
    created_at: datetime


# Built once, because building it costs more than running it.
_STAMP: Any = select(
    func.count(),
    func.coalesce(func.sum(Answer.version), 0),
    func.max(Answer.updated_at, type_=UtcDateTime()),
).select_from(Answer)


def get_stamp(session: Session) -> AnswerStamp:
    # Past the session's own bookkeeping, which costs as much again as the statement.
    count, versions, changed_at = session.connection().execute(_STAMP).one()
    return AnswerStamp(int(count), int(versions), changed_at)


def list_live(session: Session) -> list[LiveAnswer]:
    """The answers in use, in the order in which they were first given."""
    statement = (
        select(Answer.id, Answer.question, Answer.text, AnswerVersion.created_at)
        .join(
            AnswerVersion,
            (col(AnswerVersion.answer_id) == col(Answer.id))
            & (col(AnswerVersion.version) == col(Answer.version)),
        )
        .where(col(Answer.withdrawn_at).is_(None))
        .order_by(col(Answer.id))
    )
    rows = session.exec(statement).all()
    wordings = list_wordings(session, [row[0] for row in rows])
    return [LiveAnswer(*row, wordings=tuple(wordings.get(row[0], ()))) for row in rows]


def list_wordings(
    session: Session, answer_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    """Answer -> the visitors' questions that it answers, each wording once, first asked first."""
    if not answer_ids:
        return {}
    statement = (
        select(Question.answer_id, Question.text)
        .where(col(Question.answer_id).in_(answer_ids), Question.status == QuestionStatus.ANSWERED)
        .order_by(col(Question.id))
    )
    found: dict[uuid.UUID, dict[str, None]] = defaultdict(dict)
    for answer_id, text in session.exec(statement):
        if answer_id is not None:
            found[answer_id][text] = None
    return {answer_id: list(texts) for answer_id, texts in found.items()}


def get_answer(session: Session, *, answer_id: uuid.UUID) -> Answer | None:
    """An answer, locked to be changed."""
    return session.exec(select(Answer).where(Answer.id == answer_id).with_for_update()).first()


def find_answer(session: Session, *, answer_id: uuid.UUID) -> Answer | None:
    return session.exec(select(Answer).where(Answer.id == answer_id)).first()


def get_answer_of_message(session: Session, *, message_id: uuid.UUID) -> Answer | None:
    statement = select(Answer).where(Answer.message_id == message_id).order_by(col(Answer.id))
    return session.exec(statement).first()


def get_version(session: Session, *, answer_id: uuid.UUID, version: int) -> AnswerVersion | None:
    statement = select(AnswerVersion).where(
        AnswerVersion.answer_id == answer_id, AnswerVersion.version == version
    )
    return session.exec(statement).first()


def list_versions(session: Session, *, answer_id: uuid.UUID, limit: int) -> tuple[VersionRow, ...]:
    """The versions of an answer, latest first."""
    statement = (
        select(AnswerVersion)
        .where(AnswerVersion.answer_id == answer_id)
        .order_by(col(AnswerVersion.version).desc())
        .limit(limit)
    )
    return tuple(
        VersionRow(row.version, row.question, row.text, row.is_withdrawn, row.created_at)
        for row in session.exec(statement)
    )


def list_answers(session: Session, request: PageRequest, *, search: str = "") -> PageOf[AnswerRow]:
    """All answers, those that were withdrawn too, last changed first."""
    statement: Any = select(Answer).order_by(col(Answer.updated_at).desc(), col(Answer.id).desc())
    if search:
        statement = statement.where(contains(search, col(Answer.question), col(Answer.text)))
    rows, total = read_page(session, statement, request)
    asked = _count_asked(session, [row.id for row in rows])
    items = tuple(build_answer(row, asked.get(row.id, 0)) for row in rows)
    return PageOf(items, total, request.page, request.size)


def build_answer(row: Answer, asked: int) -> AnswerRow:
    return AnswerRow(
        id=row.id,
        question=row.question,
        text=row.text,
        version=row.version,
        is_withdrawn=row.withdrawn_at is not None,
        is_correction=row.message_id is not None,
        asked=asked,
        updated_at=row.updated_at,
    )


def _count_asked(session: Session, answer_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    if not answer_ids:
        return {}
    statement = (
        select(Question.answer_id, func.count())
        .where(col(Question.answer_id).in_(answer_ids))
        .group_by(col(Question.answer_id))
    )
    return {key: int(count) for key, count in session.exec(statement) if key is not None}
