"""What a model is given for a chat: which records, which job description, how much history.

It is read from what the next turn would send, with the same functions and exact token counts, so
that it holds in limited mode too. The instructions themselves are not told: they are internal.
"""

import uuid
from dataclasses import dataclass

from sqlmodel import Session

from chatbot.engine.admission import Admission
from chatbot.engine.knowledge_now import KnowledgeNow
from chatbot.engine.prompts import CountTokens, build_instructions, build_job, build_passage
from chatbot.errors import NotFound
from chatbot.llm.tokens import MESSAGE_FRAME_TOKENS
from chatbot.people.clearance import get_clearance
from chatbot.people.sessions import get_own_conversation
from chatbot.storage import conversations
from chatbot.storage.database import Database
from chatbot.storage.models import Conversation


@dataclass(frozen=True)
class SectionGiven:
    """One record of the profile, and whether it stands in every prompt; one that does not is given
    when a question needs it. `tokens` counts its heading too."""

    id: str
    heading: str
    source: str
    kind: str
    tokens: int
    is_given: bool


@dataclass(frozen=True)
class ContextTokens:
    """Tokens by part. `instructions` are rules and frame without the records; `profile` are the
    records that are given; the limits are those of the settings."""

    instructions: int
    profile: int
    job: int
    history: int
    total: int
    profile_limit: int
    job_limit: int
    history_limit: int


@dataclass(frozen=True)
class ChatContext:
    """What the next turn of a chat is told before its question; `fit_summary` is what its fit sheet
    comes to, told beside the job description."""

    conversation_id: uuid.UUID
    sections: tuple[SectionGiven, ...]
    job_description: str
    fit_summary: tuple[str, ...]
    history_messages: int
    tokens: ContextTokens


@dataclass(frozen=True)
class ContextLimits:
    """Tokens that each part may take."""

    profile: int
    job: int
    history: int


class ContextReader:
    """Tells what is sent for a chat."""

    def __init__(
        self,
        limits: ContextLimits,
        *,
        database: Database,
        admission: Admission,
        knowledge: KnowledgeNow,
        count: CountTokens,
    ) -> None:
        self._limits = limits
        self._database = database
        self._admission = admission
        self._knowledge = knowledge
        self._count = count

    async def read_own(self, token: str, conversation_id: str) -> ChatContext:
        """Of a visitor's own chat; raises NotFound for a chat that the token does not open."""

        def work(session: Session) -> ChatContext:
            _, conversation = get_own_conversation(session, token, conversation_id)
            return self._build(session, conversation)

        return await self._database.read(work)

    async def read_any(self, conversation_id: uuid.UUID) -> ChatContext:
        """Of any chat, for the owner's routes only; raises NotFound for an unknown one."""

        def work(session: Session) -> ChatContext:
            found = conversations.get_conversation(session, conversation_id=conversation_id)
            if found is None:
                raise NotFound
            return self._build(session, found)

        return await self._database.read(work)

    def _build(self, session: Session, conversation: Conversation) -> ChatContext:
        count = self._count
        profile = self._knowledge.read(session, get_clearance(session, conversation)).profile
        history, told = self._admission.read_history(session, conversation)
        parts = build_instructions(profile, profile_tokens=self._limits.profile, count=count)
        sections = tuple(
            SectionGiven(
                id=section.id,
                heading=section.heading,
                source=section.source,
                kind=str(section.kind),
                tokens=count(build_passage(number, section)) + 1,
                is_given=section.id not in parts.left_out,
            )
            for number, section in enumerate(profile.sections, start=1)
        )
        job = build_job(told, first_name=profile.first_name)
        job_tokens = count(job) + MESSAGE_FRAME_TOKENS if job else 0
        said = sum(count(row.content) + MESSAGE_FRAME_TOKENS for row in history)
        return ChatContext(
            conversation_id=conversation.id,
            sections=sections,
            job_description=told.text if told else "",
            fit_summary=told.summary if told else (),
            history_messages=len(history),
            tokens=ContextTokens(
                instructions=parts.tokens - parts.record_tokens,
                profile=parts.record_tokens,
                job=job_tokens,
                history=said,
                total=parts.tokens + job_tokens + said,
                profile_limit=self._limits.profile,
                job_limit=self._limits.job,
                history_limit=self._limits.history,
            ),
        )
