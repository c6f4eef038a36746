"""The real engine, database and use cases around a model whose words a test lets out one by one."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from chatbot.engine.admission import Admission, AdmissionValues, Draft, Turn
from chatbot.engine.ending import Ending, EndingValues
from chatbot.engine.engine import ChatEngine
from chatbot.engine.knowledge_now import KnowledgeNow
from chatbot.engine.other_runs import OtherRuns
from chatbot.engine.outcome import Outcome
from chatbot.engine.visitor_chat import VisitorChat, VisitorValues
from chatbot.events import TextDelta, TurnEvent
from chatbot.hours import parse_hours
from chatbot.knowledge.sections import Profile
from chatbot.people.addresses import AddressHashes
from chatbot.people.confirming import Confirming
from chatbot.people.job_descriptions import JobReader
from chatbot.people.presence import Presence
from chatbot.people.takeover import Takeover, TakeoverValues
from chatbot.storage.database import Database, DatabaseValues
from chatbot.web.live import LiveBell
from tests.fakes import no_limits
from tests.knowledge_parts import RecordingBell, make_telling

WORST_CASE = 1000
PIECE_COST = 3
CAP = 10**12
END = ""


@dataclass
class ScriptedAnswering:
    """Takes the place of the model: says what the test puts into the queue of a conversation."""

    queues: dict[uuid.UUID, asyncio.Queue[str]] = field(default_factory=dict)

    def warm_up(self) -> None: ...

    def worst_case(self, _draft: Draft) -> int:
        return WORST_CASE

    def queue(self, conversation_id: uuid.UUID) -> asyncio.Queue[str]:
        return self.queues.setdefault(conversation_id, asyncio.Queue())

    async def answer(self, turn: Turn, outcome: Outcome) -> AsyncIterator[TurnEvent]:
        queue = self.queues[turn.conversation_id] = asyncio.Queue()
        while (piece := await queue.get()) != END:
            outcome.spent += PIECE_COST
            yield TextDelta(piece)


class FloorParts:
    """The parts of one process. Several of them may stand on one database."""

    def __init__(self, values: DatabaseValues, *, idle_minutes: int = 15) -> None:
        self.database = Database(values)
        self.live = LiveBell(secret_key="k" * 32)
        self.answering = ScriptedAnswering()
        answering: Any = self.answering
        ending = Ending(EndingValues("Mara", escalation_confidence=0.5, budget_cap=CAP))
        admission = Admission(
            AdmissionValues(history_messages=20, history_tokens=10_000, budget_cap=CAP),
            count=len,
            knowledge=KnowledgeNow(Profile("Mara Lindqvist"), escalation_keywords=()),
            jobs=JobReader(tokens=500, count=len),
        )
        self.others = OtherRuns(admission.run_id, database=self.database, budget_cap=CAP)
        self.engine = ChatEngine(
            database=self.database,
            admission=admission,
            answering=answering,
            ending=ending,
            bell=self.live,
            confirming=Confirming(self.database),
            others=self.others,
        )
        self.takeover = Takeover(
            TakeoverValues(idle_minutes=idle_minutes, budget_cap=CAP),
            database=self.database,
            bell=self.live,
            turns=self.engine,
        )
        self.presence = Presence(parse_hours("none", ZoneInfo("UTC")), database=self.database)
        self.chat = VisitorChat(
            VisitorValues("Mara", session_timeout_minutes=30, is_limited=False),
            database=self.database,
            engine=self.engine,
            ending=ending,
            bell=self.live,
            presence=self.presence,
            telling=make_telling(RecordingBell()),
            addresses=AddressHashes(),
            limits=no_limits(),
            confirming=Confirming(self.database),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.engine.close()
        self.database.close()
