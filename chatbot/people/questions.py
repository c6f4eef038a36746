"""Use cases of questions: what the bot could not answer waits for the owner, and never expires.

Questions of one meaning are one matter: the owner answers, dismisses and reopens them together.
"""

import uuid

from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.answers import add_answer, check_answer, edit_answer, touch_answer
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.people.question_book import QuestionBook
from chatbot.storage import answers, people, question_groups
from chatbot.storage.models import Answer, Question, QuestionStatus, utc_now
from chatbot.text import clean_line, clean_text

MAX_QUESTION = 2000
MAX_REASON = 500
QUESTION_GONE = "This question is no longer here. Load the list again."
ANSWERED = "This question is answered already. Change its answer instead."


def file_question(
    session: Session,
    text: str,
    *,
    conversation_id: uuid.UUID | None = None,
    message_id: uuid.UUID | None = None,
    book: QuestionBook | None = None,
) -> tuple[Question, bool]:
    """Keep a question for the owner and tell them; returns it, and whether it was not yet there.

    It joins the group of those that mean the same; asked again in the same conversation it is one
    question. Raises InvalidInput when there are no words. Nobody but the owner can answer it: a
    visitor or the model only files. `book` spares reading every question again.
    """
    text = clean_text(text, limit=MAX_QUESTION)
    if not text:
        raise InvalidInput("There is no question in this message.")
    group_id = (book or QuestionBook()).find_group(session, text)
    if conversation_id is not None:
        known = people.get_open_question(
            session, conversation_id=conversation_id, text=text, group_id=group_id
        )
        if known is not None:
            return known, False
    question = Question(text=text, conversation_id=conversation_id, message_id=message_id)
    question.group_id = group_id or question.id
    session.add(question)
    session.flush()
    payload = {
        "question_id": str(question.id),
        "conversation_id": str(conversation_id) if conversation_id else None,
        "text": text[:300],
    }
    add_notification(session, kind=NotificationKind.QUESTION, payload=payload)
    return question, True


def answer_question(
    session: Session,
    question_id: uuid.UUID,
    text: str,
    *,
    question: str = "",
    message_id: uuid.UUID | None = None,
) -> Question:
    """Answer a question and all that mean the same; answering again changes the answer.

    What comes of it is knowledge (an `Answer`); `question` is what it answers in the owner's words,
    or the visitor's when empty. For the owner's handlers only. Raises NotFound for an unknown
    question, InvalidInput for an empty or too long answer.
    """
    text = check_answer(text)
    asked = _get_question(session, question_id)
    members = _list_group(session, asked)
    known = _find_answer(session, asked, members)
    if known is None:
        wording = question or (asked if asked.answer_id else members[0]).text
        answer = add_answer(session, question=wording, text=text, message_id=message_id)
    else:
        answer = edit_answer(session, known.id, question=question or known.question, text=text)
    _set_answered(session, members, answer)
    return asked


def set_answer(session: Session, answer: Answer) -> None:
    """Let the questions of an answer say what it says by now."""
    for question in people.list_questions_of_answer(session, answer_id=answer.id, for_update=True):
        question.answer, question.updated_at = answer.text, utc_now()


def dismiss_question(session: Session, question_id: uuid.UUID, reason: str = "") -> Question:
    """Take a question and all that mean the same off the list of open ones.

    The reason is for the owner's own memory. For the owner's handlers only. Raises NotFound for an
    unknown question, InvalidInput for one that is answered: dismissing would take the answer away.
    """
    asked = _get_question(session, question_id)
    if asked.status == QuestionStatus.ANSWERED:
        raise InvalidInput(ANSWERED)
    for question in _list_group(session, asked):
        if question.status == QuestionStatus.OPEN or question.id == asked.id:
            question.status = QuestionStatus.DISMISSED
            question.dismissed_reason = clean_line(reason, limit=MAX_REASON)
            question.updated_at = utc_now()
    return asked


def reopen_question(session: Session, question_id: uuid.UUID) -> Question:
    """Put what was dismissed back among the open ones; for the owner's handlers only."""
    asked = _get_question(session, question_id)
    if asked.status == QuestionStatus.ANSWERED:
        raise InvalidInput(ANSWERED)
    for question in _list_group(session, asked):
        if question.status == QuestionStatus.DISMISSED:
            question.status, question.dismissed_reason = QuestionStatus.OPEN, None
            question.updated_at = utc_now()
    return asked


def merge_questions(session: Session, question_id: uuid.UUID, other_id: uuid.UUID) -> Question:
    """Make one group of two, because the owner knows that they mean the same.

    When one of them is answered, its answer answers the other too. Raises InvalidInput when both
    are, because one of the answers would be lost.
    """
    asked, other = _get_question(session, question_id), _get_question(session, other_id)
    ours, theirs = _list_group(session, asked), _list_group(session, other)
    if ours[0].id == theirs[0].id:
        return asked
    known = {row.answer_id for row in (*ours, *theirs) if row.answer_id is not None}
    if len(known) > 1:
        raise InvalidInput("Both are answered, differently. Take the questions out of one first.")
    group_id = theirs[0].group_id or theirs[0].id
    for question in (*ours, *theirs):
        question.group_id, question.updated_at = group_id, utc_now()
    answer = answers.get_answer(session, answer_id=known.pop()) if known else None
    if answer is not None:
        _set_answered(session, [*ours, *theirs], answer)
    return asked


def take_out_question(session: Session, question_id: uuid.UUID) -> Question:
    """Make a question a group of its own, open again, because it means something else."""
    asked = _get_question(session, question_id)
    others = [row for row in _list_group(session, asked) if row.id != asked.id]
    if others and asked.group_id in (None, asked.id):
        for row in others:
            row.group_id, row.updated_at = others[0].id, utc_now()
    if asked.answer_id is not None:
        touch_answer(session, asked.answer_id)
    asked.group_id, asked.status = asked.id, QuestionStatus.OPEN
    asked.answer = asked.answered_at = asked.answer_id = asked.dismissed_reason = None
    # What they were told answered something else.
    asked.told_at = asked.told_by = None
    asked.updated_at = utc_now()
    return asked


def _get_question(session: Session, question_id: uuid.UUID) -> Question:
    question = people.get_question(session, question_id=question_id)
    if question is None:
        raise NotFound(QUESTION_GONE)
    return question


def _list_group(session: Session, question: Question) -> list[Question]:
    """The questions of a group, locked, first asked first."""
    group_id = question.group_id or question.id
    return question_groups.list_questions_of(session, group_id=group_id, for_update=True)


def _find_answer(session: Session, asked: Question, members: list[Question]) -> Answer | None:
    known = [asked.answer_id, *(row.answer_id for row in members)]
    found = next((answer_id for answer_id in known if answer_id is not None), None)
    return answers.get_answer(session, answer_id=found) if found is not None else None


def _set_answered(session: Session, questions: list[Question], answer: Answer) -> None:
    moment = utc_now()
    for question in questions:
        question.status, question.dismissed_reason = QuestionStatus.ANSWERED, None
        question.answer, question.answer_id = answer.text, answer.id
        question.answered_at = question.updated_at = moment
    session.flush()
    touch_answer(session, answer.id)
