"""Finding records by what a question means, with the provider's embeddings, beside its words.

Used where the profile does not fit into the prompt, so that records are chosen for each question.
The vectors of the records are fetched in the background and kept in the database; until they are
there, and whenever the provider does not answer a question in time, its words alone decide. Whether
the profile covers a question at all is decided by words in any case (`knowledge/coverage.py`).
"""

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from chatbot.engine.ending import tell_provider
from chatbot.engine.knowledge_now import Knowledge, KnowledgeNow
from chatbot.engine.outcome import Outcome
from chatbot.engine.prompts import CountTokens
from chatbot.knowledge.audience import Audience
from chatbot.knowledge.sections import Section
from chatbot.knowledge.vectors import (
    Vector,
    find_nearest,
    pack_vector,
    read_vector,
    unpack_vector,
)
from chatbot.llm import budget
from chatbot.llm.embeddings import Embedded, Embedder, NotEmbedded
from chatbot.llm.prices import Price, cost_micro_usd, worst_case_micro_usd
from chatbot.storage import embeddings
from chatbot.storage.database import Database
from chatbot.storage.models import utc_now

log = logging.getLogger(__name__)

# A visitor waits for it, so it must be shorter than anybody notices.
QUESTION_SECONDS = 0.4
QUESTION_CHARACTERS = 2_000
BATCH_SECONDS = 20.0
BATCH_TEXTS = 32
# Below the 8,191 tokens that embedding models read, whatever the language.
TEXT_CHARACTERS = 4_000
# As few as that, because what is chosen for one question is not in the beginning that is cached.
FOUND = 3
# Embedding models have another vocabulary than the one that tokens are counted with.
_FACTOR = 2


@dataclass(frozen=True)
class MeaningValues:
    """The price of the embedding model, its endpoint, and the day's money in micro-USD."""

    price: Price
    base_url: str | None
    budget_cap: int


@dataclass(frozen=True, eq=False)
class _Keys:
    """The sections of one state of the knowledge by the hashes of their texts."""

    knowledge: Knowledge
    sections: dict[str, Section]


class Meaning:
    """Finds sections by meaning. For one event loop."""

    def __init__(
        self,
        values: MeaningValues,
        *,
        embedder: Embedder,
        database: Database,
        knowledge: KnowledgeNow,
        count: CountTokens,
    ) -> None:
        self._values = values
        self._embedder = embedder
        self._database = database
        self._knowledge = knowledge
        self._count = count
        self._vectors: dict[str, Vector] = {}
        self._seen: deque[_Keys] = deque(maxlen=len(Audience))
        self._fetching: asyncio.Task[None] | None = None
        self._is_closed = False

    def warm_up(self) -> None:
        """Load what the first request needs; for a thread after the start."""
        self._embedder.warm_up()

    def start(self) -> None:
        """Begin to fetch the vectors of what everybody may know; after `warm_up`."""
        if not self._is_closed:
            self._fetching = asyncio.create_task(self._fetch(None), name="embeddings")

    async def close(self) -> None:
        """Stop fetching, and close the connections."""
        self._is_closed = True
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])
        await self._embedder.close()

    def worst_case(self, question: str) -> int:
        """The most that the vector of a question can cost, in micro-USD."""
        return self._worst_case([question[:QUESTION_CHARACTERS]])

    async def find(self, knowledge: Knowledge, question: str, outcome: Outcome) -> list[Section]:
        """The sections nearest to a question, the nearest first; none when there is no telling.

        Takes at most `QUESTION_SECONDS`. What it costs, and what the owner must do about a refusal,
        is noted in `outcome`.
        """
        sections = self._follow(knowledge).sections
        text = question[:QUESTION_CHARACTERS]
        if not text.strip() or not self._embedder.would_ask() or not self._has_any(sections):
            return []
        # Noted first: a turn that is broken off here pays for a request that is on its way.
        worst = self._worst_case([text])
        outcome.spent += worst
        try:
            embedded = await self._embedder.embed([text], limit_seconds=QUESTION_SECONDS)
        except NotEmbedded as error:
            log.info("question not embedded: %s", error.reason)
            outcome.spent -= 0 if error.may_be_billed else worst
            outcome.owner_action = error.owner_action
            return []
        outcome.spent -= worst - self._cost(embedded, worst)
        wanted = read_vector(embedded.vectors[0])
        return [sections[key] for key in find_nearest(wanted, self._vectors, sections, limit=FOUND)]

    def _has_any(self, sections: dict[str, Section]) -> bool:
        return any(key in self._vectors for key in sections)

    def _follow(self, knowledge: Knowledge) -> _Keys:
        """The keys of this state of the knowledge; begins to fetch what it lacks."""
        is_new = all(seen.knowledge is not knowledge for seen in self._seen)
        keys = self._keys(knowledge)
        is_idle = self._fetching is None or self._fetching.done()
        lacks = is_new or any(key not in self._vectors for key in keys.sections)
        if lacks and is_idle and self._embedder.would_ask():
            self._fetching = asyncio.create_task(self._fetch(keys.sections), name="embeddings")
        return keys

    def _keys(self, knowledge: Knowledge) -> _Keys:
        for seen in self._seen:
            if seen.knowledge is knowledge:
                return seen
        keys = _Keys(knowledge, self._by_key(knowledge.profile.sections))
        self._seen.append(keys)
        return keys

    async def _fetch(self, sections: dict[str, Section] | None) -> None:
        """Read the vectors that are kept, ask for the others, and forget what is not needed.

        Without sections, for those that everybody may know.
        """
        try:
            if sections is None:
                sections = self._keys(await self._database.read(self._knowledge.read)).sections
            await self._load()
            missing = [key for key in sections if key not in self._vectors]
            for start in range(0, len(missing), BATCH_TEXTS):
                some = missing[start : start + BATCH_TEXTS]
                if not await self._fetch_batch({key: _text(sections[key]) for key in some}):
                    log.info("the day's budget allows no further vectors")
                    return
        except NotEmbedded as error:
            log.warning("records not embedded: %s", error.reason)
            await self._tell(error.owner_action)
        except Exception:
            # Nothing waits for this task: its failure would be told nowhere.
            log.exception("embeddings failed")

    async def _load(self) -> None:
        """Take what the database has, without what is of no section any more."""

        def work(session: Session) -> dict[str, bytes]:
            used = self._by_key(self._knowledge.list_sections(session))
            embeddings.delete_unused(session, used, model=self._embedder.model)
            return embeddings.list_vectors(session, model=self._embedder.model)

        kept = await self._database.write(work)
        fresh = {key: vector for key, vector in self._vectors.items() if key in kept}
        self._vectors = {key: unpack_vector(stored) for key, stored in kept.items()} | fresh

    async def _fetch_batch(self, texts: dict[str, str]) -> bool:
        """Ask for the vectors of some texts and keep them; False when there is no money for it."""
        worst = self._worst_case(list(texts.values()))
        day, cap = budget.budget_day(utc_now()), self._values.budget_cap
        if not await self._database.write(
            lambda session: budget.reserve(session, day=day, amount=worst, cap=cap)
        ):
            return False
        spent, made = worst, dict[str, Vector]()
        try:
            embedded = await self._embedder.embed(list(texts.values()), limit_seconds=BATCH_SECONDS)
            spent = self._cost(embedded, worst)
            made = dict(zip(texts, map(read_vector, embedded.vectors), strict=True))
        except NotEmbedded as error:
            spent = worst if error.may_be_billed else 0
            raise
        finally:
            await self._keep(made, day=day, reserved=worst, spent=spent)
        self._vectors |= made
        return True

    async def _keep(self, made: dict[str, Vector], *, day: str, reserved: int, spent: int) -> None:
        cap, model = self._values.budget_cap, self._embedder.model

        def work(session: Session) -> None:
            budget.settle(session, day=day, reserved=reserved, spent=spent, cap=cap)
            packed = {key: pack_vector(vector) for key, vector in made.items()}
            embeddings.add_vectors(session, packed, model=model)

        await self._database.write(work)

    async def _tell(self, action: str | None) -> None:
        if action is not None:
            day = budget.budget_day(utc_now())
            await self._database.write(lambda session: tell_provider(session, action, day))

    def _by_key(self, sections: Sequence[Section]) -> dict[str, Section]:
        return {self._key(section): section for section in sections}

    def _key(self, section: Section) -> str:
        # Another provider may call another model by the same name.
        text = f"{self._values.base_url or ''}\0{_text(section)}"
        return hashlib.sha256(text.encode()).hexdigest()

    def _worst_case(self, texts: Sequence[str]) -> int:
        tokens = _FACTOR * sum(map(self._count, texts))
        return worst_case_micro_usd(self._values.price, prompt_tokens=tokens, max_tokens=0)

    def _cost(self, embedded: Embedded, worst: int) -> int:
        if embedded.usage is None:
            return worst
        return cost_micro_usd(self._values.price, embedded.usage)


def _text(section: Section) -> str:
    """What of a section is compared: not the other wordings of an answer, which are visitors'."""
    return f"{section.heading}\n{section.text}"[:TEXT_CHARACTERS]
