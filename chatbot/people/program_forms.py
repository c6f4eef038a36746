"""Contacts and questions that a program leaves: checked and stored as the page's forms are."""

import uuid
from dataclasses import dataclass

from sqlmodel import Session

from chatbot.events import Bell
from chatbot.people.confirming import Confirming
from chatbot.people.contacts import save_contact
from chatbot.people.forms import ContactForm, check_contact_form
from chatbot.people.limits import LimitKind, Limits
from chatbot.people.question_book import QuestionBook
from chatbot.people.questions import file_question
from chatbot.people.sessions import get_session
from chatbot.signing import hash_token
from chatbot.storage import conversations
from chatbot.storage.database import Database


@dataclass(frozen=True)
class LeftContact:
    """That details are stored; `is_first` says whether this address was new."""

    email: str
    has_consented: bool
    is_first: bool


class ProgramForms:
    """What anybody may leave without a chat; with a visitor's token it belongs to their chat.

    Raises NotFound for a token that is given and opens nothing, and LimitReached.
    """

    def __init__(
        self,
        *,
        database: Database,
        bell: Bell,
        book: QuestionBook,
        limits: Limits,
        confirming: Confirming,
    ) -> None:
        self._confirming = confirming
        self._database = database
        self._bell = bell
        self._book = book
        self._limits = limits

    async def leave_contact(
        self, form: ContactForm, *, token: str = "", address: str | None = None
    ) -> LeftContact:
        """Store details and tell the owner; a known address is merged.

        Raises InvalidFields, and NotConfirmed when it is not certain that they are kept.
        """
        details = check_contact_form(form)
        await self._count(LimitKind.CONTACT, token, address)

        def work(session: Session) -> tuple[bool, uuid.UUID, uuid.UUID | None]:
            chat_id = _find_chat(session, token)
            contact, is_first = save_contact(
                session,
                email=details.email,
                phone=details.phone,
                name=details.name,
                company=details.company,
                notes=details.message,
                conversation_id=chat_id,
                has_consented=details.has_consented,
            )
            return is_first, contact.id, chat_id

        is_first, contact_id, chat_id = await self._database.write(work)
        self._bell.ring_owner(chat_id)
        await self._confirming.require(contact_id)
        return LeftContact(details.email, details.has_consented, is_first)

    async def file_question(
        self, text: str, *, token: str = "", address: str | None = None
    ) -> tuple[uuid.UUID, bool]:
        """Keep a question for the owner; returns its id and whether it was not yet there."""
        await self._count(LimitKind.MESSAGE, token, address)

        def work(session: Session) -> tuple[uuid.UUID, bool]:
            chat_id = _find_chat(session, token)
            question, is_new = file_question(
                session, text, conversation_id=chat_id, book=self._book
            )
            return question.id, is_new

        filed = await self._database.write(work)
        self._bell.ring_owner()
        return filed

    async def _count(self, kind: LimitKind, token: str, address: str | None) -> None:
        """Raises NotFound and LimitReached; what is not the caller's does not count for it."""
        who = None
        if token:
            visitor = await self._database.read(lambda session: get_session(session, token).id)
            who = hash_token(token) if kind is LimitKind.MESSAGE else str(visitor)
        await self._limits.take(kind, session=who, address=address)


def _find_chat(session: Session, token: str) -> uuid.UUID | None:
    if not token:
        return None
    last = conversations.get_last_opened(session, session_id=get_session(session, token).id)
    return last.id if last else None
