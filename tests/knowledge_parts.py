"""The parts behind the Knowledge tab, built over a test's database."""

import uuid

from chatbot.people.knowledge_desk import KnowledgeDesk
from chatbot.people.question_book import QuestionBook
from chatbot.people.telling import AddEmail, Telling, TellingValues
from chatbot.storage.database import Database


class RecordingBell:
    """Notes whose pages are rung; `open_pages` are the sessions that have one open."""

    def __init__(self) -> None:
        self.rung: list[uuid.UUID] = []
        self.open_pages: set[uuid.UUID] = set()

    def ring(self, session_id: uuid.UUID) -> None:
        self.rung.append(session_id)

    def ring_owner(self, conversation_id: uuid.UUID | None = None) -> None: ...


def make_telling(bell: RecordingBell, add_email: AddEmail | None = None) -> Telling:
    return Telling(
        TellingValues(owner_name="Mara Lindqvist", owner_first_name="Mara"),
        add_email=add_email,
        has_open_page=lambda session_id: session_id in bell.open_pages,
    )


def make_knowledge(
    database: Database, bell: RecordingBell | None = None, telling: Telling | None = None
) -> KnowledgeDesk:
    bell = bell or RecordingBell()
    return KnowledgeDesk(
        database=database,
        bell=bell,
        telling=telling or make_telling(bell),
        book=QuestionBook(),
    )
