"""Telling askers what the owner has answered: once, in their chat or by e-mail, never both."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from chatbot.errors import InvalidInput
from chatbot.knowledge.audience import Audience, gated_words, read_answer_tag
from chatbot.storage import tellings
from chatbot.storage.models import Message, Role, utc_now
from chatbot.storage.tellings import WaitingQuestion
from chatbot.text import clean_line

BY_CHAT, BY_EMAIL = "chat", "email"
MAX_QUOTED = 300

NOTICE = "{first} has answered your question “{question}”:\n\n{answer}"
SUBJECT = "{name} has answered your question"
LETTER = "You asked on the page of {name}:\n\n{questions}\n\n{first} answers:\n\n{answer}\n"


class AddEmail(Protocol):
    """Puts an e-mail among those to be sent, in the caller's transaction."""

    def __call__(
        self,
        session: Session,
        *,
        email: str,
        subject: str,
        text: str,
        dedupe_key: str | None = None,
        session_id: uuid.UUID | None = None,
    ) -> bool: ...


@dataclass(frozen=True)
class TellingValues:
    """What the owner is called, and whether visitors can confirm an e-mail address."""

    owner_name: str
    owner_first_name: str
    sends_codes: bool = True


class Telling:
    """Tells askers of answers, in the caller's transaction.

    `add_email` is None where no e-mail is sent; `has_open_page` says of a session whether one of
    its pages is open: whoever is there reads the answer in the chat.
    """

    def __init__(
        self,
        values: TellingValues,
        *,
        add_email: AddEmail | None,
        has_open_page: Callable[[uuid.UUID], bool],
    ) -> None:
        self._values = values
        self._add_email = add_email
        self._has_open_page = has_open_page

    def tell_by_email(self, session: Session, answer_id: uuid.UUID) -> list[uuid.UUID]:
        """Write to the askers of an answer who left an address and agreed, and have no page open.

        Returns the sessions of the others, who are told in their chat when they come back.
        """
        waiting = tellings.list_waiting_of_answer(session, answer_id=answer_id)
        sessions = dict.fromkeys(question.session_id for question in waiting)
        emails = tellings.list_emails(session, sessions) if self._add_email else {}
        left = []
        for session_id in sessions:
            own = [question for question in waiting if question.session_id == session_id]
            email = emails.get(session_id)
            if not email or self._has_open_page(session_id) or not self._write(session, email, own):
                left.append(session_id)
        return left

    def tell_in_chat(self, session: Session, conversation_id: uuid.UUID) -> bool:
        """Add what the visitor of a conversation has not been told yet; False for nothing.

        Of two tabs that open at one time one adds it, and both show it.
        """
        waiting = tellings.list_waiting_of_conversation(session, conversation_id=conversation_id)
        by_answer: dict[uuid.UUID, list[WaitingQuestion]] = {}
        for question in waiting:
            if _claim(session, question, BY_CHAT):
                by_answer.setdefault(question.answer_id, []).append(question)
        for questions in by_answer.values():
            text = NOTICE.format(
                first=self._values.owner_first_name,
                question=clean_line(questions[0].text, limit=MAX_QUOTED),
                answer=self._answer(questions[0]),
            )
            session.add(Message(conversation_id=conversation_id, role=Role.NOTICE, content=text))
        session.flush()
        return bool(by_answer)

    def find_news(self, session: Session, session_id: uuid.UUID) -> list[uuid.UUID]:
        """The conversations of a visitor in which there is something to tell."""
        return tellings.find_waiting_conversations(session, session_id=session_id)

    def _answer(self, question: WaitingQuestion) -> str:
        """The owner's words, or, of what not everybody may read, how to get them."""
        _, text, audience = read_answer_tag(question.answered_question, question.answer)
        if audience is Audience.PUBLIC:
            return text
        values = self._values
        return gated_words(
            audience, first_name=values.owner_first_name, sends_codes=values.sends_codes
        )

    def _write(self, session: Session, email: str, questions: list[WaitingQuestion]) -> bool:
        if self._add_email is None:
            return False
        claimed = [question for question in questions if _claim(session, question, BY_EMAIL)]
        if not claimed:
            return True
        texts = dict.fromkeys(clean_line(q.text, limit=MAX_QUOTED) for q in claimed)
        text = LETTER.format(
            name=self._values.owner_name,
            first=self._values.owner_first_name,
            questions="\n".join(f"> {text}" for text in texts),
            answer=self._answer(claimed[0]),
        )
        try:
            self._add_email(
                session,
                email=email,
                subject=SUBJECT.format(name=self._values.owner_name),
                text=text,
                dedupe_key=f"answer-{claimed[0].id}",
                session_id=claimed[0].session_id,
            )
        except InvalidInput:
            # The address cannot be right: they are told in their chat instead.
            for question in claimed:
                tellings.unclaim(session, question_id=question.id)
            return False
        return True


def _claim(session: Session, question: WaitingQuestion, by: str) -> bool:
    return tellings.claim(session, question_id=question.id, at=utc_now(), by=by)
