"""What visitors ask most, grouped by meaning."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import case, func, or_
from sqlmodel import Session, col, select

from chatbot.knowledge.question_groups import group_questions
from chatbot.knowledge.scope import QuestionKind, question_kind
from chatbot.knowledge.words import split_words
from chatbot.storage.models import Message, MessageStatus, Role, ToolCall, UtcDateTime
from dashboards.conditions import asked_in
from dashboards.period import Period
from dashboards.sql import text_length

FILED_BY = "record_unknown_question"
# Longer messages are job descriptions and letters, of which no two are alike.
LONGEST_QUESTION = 300
# Texts that are read to be grouped: those asked most often, then those asked last.
READ_TEXTS = 20_000
# Of these the ones asked most are compared by meaning, which takes a tenth of a second.
GROUPED_TEXTS = 400


@dataclass(frozen=True)
class TopQuestion:
    """A question as it was worded most often; `unanswered` of its `count` got no answer."""

    text: str
    count: int
    unanswered: int
    last_asked_at: datetime

    @property
    def unanswered_share(self) -> float:
        return self.unanswered / self.count


@dataclass(frozen=True)
class TopQuestions:
    questions: tuple[TopQuestion, ...]


def get_top_questions(session: Session, period: Period, *, limit: int = 10) -> TopQuestions:
    """The `limit` questions that were asked most in a period, most frequent first.

    Two questions are one when they have the same words in the same order, whatever the case,
    accents, punctuation and spaces, or mean the same by their words. Greetings and thanks are left
    out. An ask is unanswered when its turn filed it for the owner or failed.
    """
    groups: dict[str, list[TopQuestion]] = {}
    for text, count, unanswered, last in session.exec(_by_text(period)):
        variant = TopQuestion(text, int(count), int(unanswered), last)
        groups.setdefault(_key(text), []).append(variant)
    merged = _most_asked([_merge(variants) for variants in groups.values()])
    asked = (row for row in merged if question_kind(row.text) is not QuestionKind.SMALL_TALK)
    first = list(islice(asked, max(limit, GROUPED_TEXTS)))
    by_meaning: dict[int, list[TopQuestion]] = {}
    for number, row in zip(group_questions([row.text for row in first]), first, strict=True):
        by_meaning.setdefault(number, []).append(row)
    return TopQuestions(tuple(_most_asked(map(_merge, by_meaning.values()))[:limit]))


def _most_asked(questions: Iterable[TopQuestion]) -> list[TopQuestion]:
    return sorted(
        questions, key=lambda question: (question.count, question.last_asked_at), reverse=True
    )


def _by_text(period: Period) -> Any:
    filed = select(ToolCall.message_id).where(ToolCall.name == FILED_BY, ToolCall.outcome == "done")
    unanswered = select(Message.reply_to).where(
        Message.role == Role.ASSISTANT,
        col(Message.reply_to).is_not(None),
        or_(col(Message.id).in_(filed), col(Message.status) == MessageStatus.FAILED),
    )
    count, last = func.count(), func.max(col(Message.created_at), type_=UtcDateTime())
    return (
        select(
            Message.content,
            count,
            func.sum(case((col(Message.id).in_(unanswered), 1), else_=0)),
            last,
        )
        .where(
            *asked_in(period),
            text_length(col(Message.content)) <= LONGEST_QUESTION,
        )
        .group_by(Message.content)
        .order_by(count.desc(), last.desc())
        .limit(READ_TEXTS)
    )


def _key(text: str) -> str:
    return " ".join(split_words(text)) or text.casefold()


def _merge(variants: list[TopQuestion]) -> TopQuestion:
    usual = max(variants, key=lambda variant: (variant.count, variant.last_asked_at))
    return TopQuestion(
        text=" ".join(usual.text.split()),
        count=sum(variant.count for variant in variants),
        unanswered=sum(variant.unanswered for variant in variants),
        last_asked_at=max(variant.last_asked_at for variant in variants),
    )
