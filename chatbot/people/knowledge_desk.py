"""Everything that the owner can do with questions and answers: what the Knowledge tab and API call.

Nothing here asks who is calling: every handler and route checks the owner before it comes here.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from chatbot.errors import NotFound
from chatbot.events import Bell
from chatbot.people.answers import (
    ANSWER_GONE,
    edit_answer,
    restore_answer,
    undo_answer,
    withdraw_answer,
)
from chatbot.people.corrections import correct_answer, review_answer
from chatbot.people.desk_inputs import read_choice, read_key, read_search
from chatbot.people.question_book import QuestionBook
from chatbot.people.questions import (
    QUESTION_GONE,
    answer_question,
    dismiss_question,
    merge_questions,
    reopen_question,
    set_answer,
    take_out_question,
)
from chatbot.people.telling import Telling
from chatbot.storage import answers, people, poor_answers, question_groups
from chatbot.storage.answers import AnswerRow, VersionRow
from chatbot.storage.database import Database
from chatbot.storage.models import Answer, Question, QuestionStatus
from chatbot.storage.pages import PageOf, PageRequest
from chatbot.storage.poor_answers import BotAnswer
from chatbot.storage.question_groups import AskedQuestion, GroupRow

ITEM_GONE = "This is no longer here. Load the list again."
VERSIONS_SHOWN = 50
SIMILAR_SHOWN = 5


@dataclass(frozen=True)
class SimilarGroup:
    """Another group that may mean the same, by its first wording."""

    id: uuid.UUID
    text: str
    status: str


@dataclass(frozen=True)
class GroupFile:
    """A group of questions that waits for the owner, or was dismissed.

    `answer` is what the owner said to those of its questions that were asked before.
    """

    group: GroupRow
    status: str
    questions: tuple[AskedQuestion, ...]
    similar: tuple[SimilarGroup, ...]
    answer: str = ""


@dataclass(frozen=True)
class AnswerFile:
    """An answer with its versions, latest first, and the questions that it answers.

    `conversation_id` is where the bot said what it corrects.
    """

    answer: AnswerRow
    versions: tuple[VersionRow, ...]
    questions: tuple[AskedQuestion, ...]
    conversation_id: uuid.UUID | None = None


Item = GroupFile | AnswerFile | BotAnswer


class KnowledgeDesk:
    """The owner's questions and answers, one method for each action.

    An item is known by one id, whatever it is: of a question (it stands for its group), of an
    answer, or of a message of the bot. Methods raise NotFound when it is gone and InvalidInput for
    a value that cannot be meant; both say in `user_message` what to do. What an action changes is
    used in the next turn, and whoever asked is told.
    """

    def __init__(
        self, *, database: Database, bell: Bell, telling: Telling, book: QuestionBook
    ) -> None:
        self._database = database
        self._bell = bell
        self._telling = telling
        self._book = book

    async def list_groups(
        self, *, status: str | None = QuestionStatus.OPEN, search: str = "", page: int = 1
    ) -> PageOf[GroupRow]:
        """Groups of questions in one state, most asked first, 25 a page."""
        wanted = read_choice(QuestionStatus, status) or QuestionStatus.OPEN
        words = read_search(search)
        return await self._database.read(
            lambda session: question_groups.list_groups(
                session, PageRequest(page), status=wanted, search=words
            )
        )

    async def list_answers(self, *, search: str = "", page: int = 1) -> PageOf[AnswerRow]:
        """The owner's answers, last changed first, those that were withdrawn too."""
        words = read_search(search)
        return await self._database.read(
            lambda session: answers.list_answers(session, PageRequest(page), search=words)
        )

    async def list_poor_answers(self, *, search: str = "", page: int = 1) -> PageOf[BotAnswer]:
        """The bot's answers with a thumb down that the owner has not dealt with, latest first."""
        words = read_search(search)
        return await self._database.read(
            lambda session: poor_answers.list_poor_answers(session, PageRequest(page), search=words)
        )

    async def open_item(self, item_id: uuid.UUID | str) -> Item:
        """What an id stands for, with all that is known of it."""
        key = read_key(item_id, ITEM_GONE)
        return await self._database.read(lambda session: self._read(session, key))

    async def is_question(self, item_id: uuid.UUID) -> bool:
        """Whether an id is that of a question."""
        found = await self._database.read(
            lambda session: question_groups.get_question(session, question_id=item_id) is not None
        )
        return found

    async def save_answer(
        self,
        item_id: uuid.UUID | str,
        text: str,
        *,
        question: str = "",
        first: Callable[[Session], None] | None = None,
    ) -> AnswerFile:
        """Answer a group once, change an answer, or put better words in the place of the bot's.

        `question` is what is answered, in the owner's words; the visitor's when empty. `first` is
        done before in the same transaction, and may refuse.
        """
        key = read_key(item_id, ITEM_GONE)

        def work(session: Session) -> Answer:
            if first is not None:
                first(session)
            if question_groups.get_question(session, question_id=key) is not None:
                asked = answer_question(session, key, text, question=question)
                return _find_answer(session, asked.answer_id)
            known = answers.find_answer(session, answer_id=key)
            if known is not None:
                return edit_answer(session, key, question=question or known.question, text=text)
            found = poor_answers.get_bot_answer(session, message_id=key)
            wording = question or (found.question if found else "")
            return correct_answer(session, key, question=wording, text=text)

        return await self._change_answer(work)

    async def undo_answer(self, answer_id: uuid.UUID | str, version: int) -> AnswerFile:
        """Go back to an earlier version."""
        key = read_key(answer_id, ANSWER_GONE)
        return await self._change_answer(lambda session: undo_answer(session, key, version))

    async def withdraw_answer(self, answer_id: uuid.UUID | str) -> AnswerFile:
        """Use an answer no longer."""
        key = read_key(answer_id, ANSWER_GONE)
        return await self._change_answer(lambda session: withdraw_answer(session, key))

    async def restore_answer(self, answer_id: uuid.UUID | str) -> AnswerFile:
        """Use an answer again that was withdrawn."""
        key = read_key(answer_id, ANSWER_GONE)
        return await self._change_answer(lambda session: restore_answer(session, key))

    async def dismiss_group(self, question_id: uuid.UUID | str, reason: str = "") -> Item:
        """Take a group off the list of open ones."""
        return await self._change_group(
            question_id, lambda session, key: dismiss_question(session, key, reason)
        )

    async def reopen_group(self, question_id: uuid.UUID | str) -> Item:
        """Put a dismissed group back among the open ones."""
        return await self._change_group(question_id, reopen_question)

    async def merge_groups(self, question_id: uuid.UUID | str, other_id: uuid.UUID | str) -> Item:
        """Make one group of two; an answer of either is the answer of both."""
        other = read_key(other_id, QUESTION_GONE)
        return await self._change_group(
            question_id, lambda session, key: merge_questions(session, key, other)
        )

    async def take_out_question(self, question_id: uuid.UUID | str) -> Item:
        """Make a question a group of its own again."""
        return await self._change_group(question_id, take_out_question)

    async def review_answer(self, message_id: uuid.UUID | str) -> None:
        """Take a poor answer off the list as it is."""
        key = read_key(message_id, ITEM_GONE)
        await self._database.write(lambda session: review_answer(session, key))
        self._bell.ring_owner()

    async def _change_answer(self, change: Callable[[Session], Answer]) -> AnswerFile:
        def work(session: Session) -> tuple[AnswerFile, list[uuid.UUID]]:
            answer = change(session)
            set_answer(session, answer)
            session.flush()
            return self._build_answer(session, answer), self._tell(session, answer.id)

        file, waiting = await self._database.write(work)
        self._ring(waiting)
        return file

    async def _change_group(
        self, question_id: uuid.UUID | str, change: Callable[[Session, uuid.UUID], Question]
    ) -> Item:
        key = read_key(question_id, QUESTION_GONE)

        def work(session: Session) -> tuple[Item, list[uuid.UUID]]:
            asked = change(session, key)
            session.flush()
            told = self._tell(session, asked.answer_id) if asked.answer_id else []
            return self._read(session, key), told

        item, waiting = await self._database.write(work)
        self._ring(waiting)
        return item

    def _tell(self, session: Session, answer_id: uuid.UUID) -> list[uuid.UUID]:
        return self._telling.tell_by_email(session, answer_id)

    def _ring(self, waiting: list[uuid.UUID]) -> None:
        for session_id in waiting:
            self._bell.ring(session_id)
        self._bell.ring_owner()

    def _read(self, session: Session, key: uuid.UUID) -> Item:
        question = question_groups.get_question(session, question_id=key)
        if question is not None:
            return self._read_question(session, question)
        answer = answers.find_answer(session, answer_id=key)
        if answer is not None:
            return self._build_answer(session, answer)
        said = poor_answers.get_bot_answer(session, message_id=key)
        if said is None:
            raise NotFound(ITEM_GONE)
        return said

    def _read_question(self, session: Session, question: Question) -> GroupFile | AnswerFile:
        group_id = question.group_id or question.id
        members = question_groups.list_questions_of(session, group_id=group_id)
        states = {member.status for member in members}
        if states == {QuestionStatus.ANSWERED} and question.answer_id is not None:
            return self._build_answer(session, _find_answer(session, question.answer_id))
        status = QuestionStatus.OPEN if QuestionStatus.OPEN in states else QuestionStatus.DISMISSED
        asked = question_groups.list_asked(session, members)
        reason = next((m.dismissed_reason for m in members if m.dismissed_reason), "")
        group = question_groups.build_group(
            asked, len(asked), max(m.created_at for m in members), reason
        )
        return GroupFile(
            group=group,
            status=status,
            questions=asked,
            similar=self._find_similar(session, group_id, group.text),
            answer=next((member.answer for member in members if member.answer), ""),
        )

    def _find_similar(
        self, session: Session, group_id: uuid.UUID, text: str
    ) -> tuple[SimilarGroup, ...]:
        found = self._book.find_similar(session, text, limit=SIMILAR_SHOWN + 1)
        others = (key for key in found if key != group_id)
        rows = (question_groups.list_questions_of(session, group_id=key) for key in others)
        return tuple(SimilarGroup(row[0].id, row[0].text, row[0].status) for row in rows if row)[
            :SIMILAR_SHOWN
        ]

    def _build_answer(self, session: Session, answer: Answer) -> AnswerFile:
        asked = question_groups.list_asked(
            session, people.list_questions_of_answer(session, answer_id=answer.id)
        )
        said = None
        if answer.message_id is not None:
            said = poor_answers.get_bot_answer(session, message_id=answer.message_id)
        return AnswerFile(
            answer=answers.build_answer(answer, len(asked)),
            versions=answers.list_versions(session, answer_id=answer.id, limit=VERSIONS_SHOWN),
            questions=asked,
            conversation_id=said.conversation_id if said else None,
        )


def _find_answer(session: Session, answer_id: uuid.UUID | None) -> Answer:
    answer = answers.find_answer(session, answer_id=answer_id) if answer_id else None
    if answer is None:
        raise NotFound(ANSWER_GONE)
    return answer
