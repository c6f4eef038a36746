"""Use cases of better answers: what the owner would rather have said than the bot."""

import uuid

from sqlmodel import Session

from chatbot.errors import NotFound
from chatbot.people.answers import add_answer, edit_answer
from chatbot.people.questions import answer_question, set_answer
from chatbot.storage import answers, poor_answers, question_groups
from chatbot.storage.models import Answer, Message, QuestionStatus, utc_now

MESSAGE_GONE = "This answer is no longer here. Load the list again."


def correct_answer(session: Session, message_id: uuid.UUID, *, question: str, text: str) -> Answer:
    """Put the owner's words in the place of what the bot said: from now on they are the answer.

    A question that the bot filed in the same turn is answered with it; correcting again changes
    what was said. For the owner's handlers only. Raises NotFound for a message that is none of the
    bot's, InvalidInput for empty or too long words.
    """
    message = _get_message(session, message_id)
    known = answers.get_answer_of_message(session, message_id=message_id)
    filed = [
        row
        for row in question_groups.list_questions_of_message(session, message_id=message_id)
        if row.status == QuestionStatus.OPEN
    ]
    if known is not None:
        answer = edit_answer(session, known.id, question=question, text=text)
        set_answer(session, answer)
    elif filed:
        asked = answer_question(
            session, filed[0].id, text, question=question, message_id=message_id
        )
        answer = _of(session, asked.answer_id)
    else:
        answer = add_answer(session, question=question, text=text, message_id=message_id)
    message.reviewed_at = message.reviewed_at or utc_now()
    session.flush()
    return answer


def review_answer(session: Session, message_id: uuid.UUID) -> None:
    """Take an answer off the list of poor ones as it is; for the owner's handlers only."""
    message = _get_message(session, message_id)
    message.reviewed_at = message.reviewed_at or utc_now()


def _get_message(session: Session, message_id: uuid.UUID) -> Message:
    message = poor_answers.get_message(session, message_id=message_id)
    if message is None:
        raise NotFound(MESSAGE_GONE)
    return message


def _of(session: Session, answer_id: uuid.UUID | None) -> Answer:
    answer = answers.find_answer(session, answer_id=answer_id) if answer_id else None
    if answer is None:
        raise NotFound(MESSAGE_GONE)
    return answer
