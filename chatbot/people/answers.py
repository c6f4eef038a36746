"""Use cases of the owner's answers: knowledge in the owner's own words, with every version kept.

For the owner's handlers only: a visitor or the model can file a question, never an answer.
"""

import uuid

from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.storage import answers
from chatbot.storage.models import Answer, AnswerVersion, utc_now
from chatbot.text import clean_text

MAX_QUESTION = 2000
MAX_ANSWER = 4000
ANSWER_GONE = "This answer is no longer here. Load the list again."


def add_answer(
    session: Session, *, question: str, text: str, message_id: uuid.UUID | None = None
) -> Answer:
    """Make knowledge of the owner's words; raises InvalidInput when some are missing or too long.

    `message_id` is the bot's answer that it corrects.
    """
    answer = Answer(
        question=check_question(question), text=check_answer(text), message_id=message_id
    )
    session.add(answer)
    session.flush()
    _keep_version(session, answer)
    return answer


def edit_answer(session: Session, answer_id: uuid.UUID, *, question: str, text: str) -> Answer:
    """Change an answer, which makes a version; one that was withdrawn is in use again."""
    answer = get_answer(session, answer_id)
    question, text = check_question(question), check_answer(text)
    if (answer.question, answer.text, answer.withdrawn_at) == (question, text, None):
        return answer
    answer.question, answer.text, answer.withdrawn_at = question, text, None
    return _change(session, answer)


def undo_answer(session: Session, answer_id: uuid.UUID, version: int) -> Answer:
    """Go back to an earlier version, which makes a new one: nothing is lost by undoing."""
    answer = get_answer(session, answer_id)
    earlier = answers.get_version(session, answer_id=answer_id, version=version)
    if earlier is None:
        raise NotFound(ANSWER_GONE)
    answer.question, answer.text, answer.withdrawn_at = earlier.question, earlier.text, None
    return _change(session, answer)


def withdraw_answer(session: Session, answer_id: uuid.UUID) -> Answer:
    """Use an answer no longer, from the next turn on; its questions stay answered."""
    answer = get_answer(session, answer_id)
    if answer.withdrawn_at is not None:
        return answer
    answer.withdrawn_at = utc_now()
    return _change(session, answer)


def restore_answer(session: Session, answer_id: uuid.UUID) -> Answer:
    """Use an answer again that was withdrawn."""
    answer = get_answer(session, answer_id)
    if answer.withdrawn_at is None:
        return answer
    answer.withdrawn_at = None
    return _change(session, answer)


def touch_answer(session: Session, answer_id: uuid.UUID) -> None:
    """Note that the questions of an answer have changed, so that every process reads it again."""
    answer = answers.get_answer(session, answer_id=answer_id)
    if answer is not None:
        answer.updated_at = utc_now()


def get_answer(session: Session, answer_id: uuid.UUID) -> Answer:
    """An answer, locked to be changed; raises NotFound."""
    answer = answers.get_answer(session, answer_id=answer_id)
    if answer is None:
        raise NotFound(ANSWER_GONE)
    return answer


def check_answer(text: str) -> str:
    """The owner's words, cleaned; raises InvalidInput when there are none or too many."""
    answer = clean_text(text)
    if not answer:
        raise InvalidInput("Please type the answer first.")
    if len(answer) > MAX_ANSWER:
        raise InvalidInput(
            f"An answer holds {MAX_ANSWER:,} characters; this one has {len(answer):,}."
        )
    return answer


def check_question(text: str) -> str:
    """The question of an answer, cleaned; raises InvalidInput when there is none."""
    question = clean_text(text, limit=MAX_QUESTION)
    if not question:
        raise InvalidInput("Please type the question first.")
    return question


def _change(session: Session, answer: Answer) -> Answer:
    answer.version += 1
    answer.updated_at = utc_now()
    session.add(answer)
    session.flush()
    _keep_version(session, answer)
    return answer


def _keep_version(session: Session, answer: Answer) -> None:
    session.add(
        AnswerVersion(
            answer_id=answer.id,
            version=answer.version,
            question=answer.question,
            text=answer.text,
            is_withdrawn=answer.withdrawn_at is not None,
        )
    )
    session.flush()
