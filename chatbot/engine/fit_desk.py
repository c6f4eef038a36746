"""What a visitor can do with a job description: have a fit sheet made, open it, keep it.

The page, the pages beside it and the API call this. A sheet belongs to a conversation, whose model
then answers with the job in mind.
"""

import asyncio
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from chatbot.engine.knowledge_now import Knowledge, KnowledgeNow
from chatbot.engine.wording import Wording, tell_summary
from chatbot.errors import InvalidInput, NotFound
from chatbot.events import Bell
from chatbot.knowledge.fit import FitSheet, read_sheet
from chatbot.people.call_desk import Visit
from chatbot.people.fit_links import FitLinks
from chatbot.people.job_descriptions import (
    MAX_JOB_CHARACTERS,
    MIN_JOB_CHARACTERS,
    JobReader,
    NewJob,
    keep_job,
)
from chatbot.people.job_links import MAX_URL, NOT_FETCHED, JobLinks, is_link
from chatbot.people.limits import LimitKind, Limits
from chatbot.people.sessions import add_conversation, get_own_conversation
from chatbot.storage import conversations, job_descriptions
from chatbot.storage.database import Database
from chatbot.storage.models import ChatSession, Conversation, JobDescription, utc_now
from chatbot.text import clean_line

SHOWN_SHEETS = 5
TITLE_CHARACTERS = 60
NO_REQUIREMENTS = (
    "No requirement could be found in this text. Please paste the part of the job description "
    "that says what is asked for."
)


@dataclass(frozen=True)
class SheetView:
    """A fit sheet as its visitor may see it; `path` opens it for 30 days."""

    id: uuid.UUID
    title: str
    sheet: FitSheet
    summary: tuple[str, ...]
    path: str
    made_at: datetime
    source_url: str | None = None


class FitDesk:
    """Makes fit sheets and finds them again; `wording` is None where there is no model."""

    def __init__(
        self,
        *,
        database: Database,
        knowledge: KnowledgeNow,
        reader: JobReader,
        fetcher: JobLinks,
        links: FitLinks,
        bell: Bell,
        limits: Limits,
        wording: Wording | None = None,
    ) -> None:
        self._database = database
        self._knowledge = knowledge
        self._reader = reader
        self._fetcher = fetcher
        self._links = links
        self._bell = bell
        self._limits = limits
        self._wording = wording

    async def make_for_chat(
        self,
        token: str,
        conversation_id: str,
        text: str,
        *,
        address: str | None = None,
        is_new: bool = False,
    ) -> SheetView:
        """A sheet for a text or a link, kept with the visitor's chat.

        Raises NotFound for a chat that the token does not open, InvalidInput for a text that is too
        long or asks for nothing, and for a link that cannot be read, and LimitReached.
        """
        chat, conversation = await self._database.read(
            lambda session: get_own_conversation(session, token, conversation_id)
        )
        visit = Visit(chat.id, conversation.id, is_new=is_new)
        return await self.make(visit, text, address=address)

    async def make(self, visit: Visit, text: str, *, address: str | None = None) -> SheetView:
        """A sheet for a text or a link, kept with a visit; raises as `make_for_chat`."""
        who = None if visit.is_new else str(visit.session_id)
        await self._limits.take(LimitKind.FIT, session=who, address=address)
        return await self._make(visit, text)

    async def make_of_link(self, visit: Visit, url: str, *, message_id: uuid.UUID) -> SheetView:
        """The sheet of the link in a visitor's message, which counts as a message only; made once.

        Raises InvalidInput for a link that cannot be read or leads to no job, NotFound when the
        conversation is gone.
        """
        known = await self._database.read(
            lambda session: job_descriptions.get_of_message(session, message_id=message_id)
        )
        if known is not None and known.fit is not None:
            return self._view(known)
        return await self._make(visit, url, message_id=message_id)

    async def _make(
        self, visit: Visit, text: str, *, message_id: uuid.UUID | None = None
    ) -> SheetView:
        knowledge = await self._database.read(self._knowledge.read)
        job = await self._word(await self.read_job(text, knowledge), knowledge)
        first_name = knowledge.profile.first_name

        def work(session: Session) -> tuple[JobDescription, uuid.UUID]:
            conversation = _find_conversation(session, visit)
            row = keep_job(
                session,
                job,
                conversation_id=conversation.id,
                message_id=message_id,
                first_name=first_name,
            )
            conversation.active_at = conversation.updated_at = utc_now()
            # The address itself is no title.
            if not conversation.title or (message_id and is_link(conversation.title)):
                conversation.title = clean_line(job.sheet.title, limit=TITLE_CHARACTERS)
            return row, conversation.id

        row, conversation_id = await self._database.write(work)
        self._bell.ring(visit.session_id)
        self._bell.ring_owner(conversation_id)
        return self._view(row)

    async def _word(self, job: NewJob, knowledge: Knowledge) -> NewJob:
        """The job with its summary in the model's words, where a model gives some."""
        if self._wording is None:
            return job
        return replace(job, worded=await self._wording.word_summary(job, knowledge))

    async def check(self, text: str) -> None:
        """Raises InvalidInput for a text that no sheet could be made of; fetches no link."""
        if not is_link(text):
            await self.read_job(text, self._knowledge.latest)

    async def read_job(self, text: str, knowledge: Knowledge) -> NewJob:
        """A text or what a link leads to, judged; nothing is kept."""
        url = text.strip() if isinstance(text, str) and is_link(text) else None
        if url is not None:
            text = (await self._fetcher.fetch(url))[:MAX_JOB_CHARACTERS]
            if len(text) < MIN_JOB_CHARACTERS:
                raise InvalidInput(NOT_FETCHED)
        shown = url[:MAX_URL] if url else None
        # Some tens of milliseconds of work: not on the event loop.
        job = await asyncio.to_thread(self._reader.read, text, knowledge.profile, source_url=shown)
        if not job.sheet.items:
            raise InvalidInput(NO_REQUIREMENTS)
        return job

    async def find(self, token: str) -> SheetView:
        """The sheet that a link opens; raises NotFound for a link that is old or none of ours."""
        job_id = self._links.read(token)
        if job_id is None:
            raise NotFound
        row = await self._database.read(
            lambda session: job_descriptions.get_job(session, job_id=job_id)
        )
        if row is None or row.fit is None:
            raise NotFound
        return self._view(row)

    async def list_sheets(self, visit: Visit) -> list[SheetView]:
        """The latest sheets of a visitor."""
        rows = await self._database.read(
            lambda session: job_descriptions.list_of_session(
                session, session_id=visit.session_id, limit=SHOWN_SHEETS
            )
        )
        return [self._view(row) for row in rows if row.fit]

    def _view(self, row: JobDescription) -> SheetView:
        sheet = read_sheet(row.fit or {})
        first = self._knowledge.latest.profile.first_name
        return SheetView(
            id=row.id,
            title=row.title,
            sheet=sheet,
            summary=tell_summary(sheet, row.worded, first_name=first),
            path=self._links.build_path(row.id),
            made_at=row.created_at,
            source_url=row.source_url,
        )


def _find_conversation(session: Session, visit: Visit) -> Conversation:
    """The visit's conversation, or the visitor's last; raises NotFound when all is erased."""
    chat = session.get(ChatSession, visit.session_id)
    if chat is None:
        raise NotFound
    found = None
    if visit.conversation_id is not None:
        found = conversations.get_conversation(session, conversation_id=visit.conversation_id)
    return found or add_conversation(session, chat)
