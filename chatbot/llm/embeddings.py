"""Asks the provider for embeddings: vectors of texts, near each other where these mean the same.

Nothing waits for them that could go on without: a request has one try and its own time limit, and a
model that refuses or keeps failing is not asked for a while.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chatbot.errors import ModelUnavailable
from chatbot.llm.breaker import Breaker, Permit
from chatbot.llm.connection import Connection
from chatbot.llm.deadline import Timing
from chatbot.llm.faults import AttemptFailed
from chatbot.llm.rounds import NOTHING_BILLED, ProviderValues, Usage

# A turn waits for its vector, so that two failures are enough, however short the wait was.
EMBEDDING_TIMING = Timing(
    fair_wait_seconds=0.0,
    breaker_failures=2,
    breaker_window_seconds=300.0,
    breaker_open_seconds=60.0,
    refused_open_seconds=3600.0,
)
# These are about the key or the account, whatever model is asked.
_OF_THE_ACCOUNT = frozenset({401, 402, 429})


@dataclass(frozen=True)
class Embedded:
    """A vector for each text, in their order, and what was billed; None when that is not told."""

    vectors: tuple[tuple[float, ...], ...]
    usage: Usage | None


class NotEmbedded(ModelUnavailable):
    """There are no vectors. `may_be_billed` is whether the request may cost money all the same."""

    def __init__(
        self, reason: str, *, owner_action: str | None = None, may_be_billed: bool = False
    ) -> None:
        super().__init__(reason, owner_action=owner_action)
        self.may_be_billed = may_be_billed


class Embedder:
    """One embedding model of an OpenAI-compatible endpoint. For one event loop.

    `values.model` is the embedding model.
    """

    def __init__(
        self,
        values: ProviderValues,
        *,
        timing: Timing = EMBEDDING_TIMING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = values.model
        self._timing = timing
        self._connection = Connection(values, timing)
        self._breaker = Breaker(timing, clock)
        self._is_warm = False

    def warm_up(self) -> None:
        """Imports the openai package and makes the client; for a background thread."""
        self._connection.warm_up()
        self._is_warm = True

    def would_ask(self) -> bool:
        """Whether a request would be sent now: the client is there and the model not shut out."""
        return self._is_warm and self._breaker.would_admit()

    async def close(self) -> None:
        """Closes the connections."""
        await self._connection.close()

    async def embed(self, texts: Sequence[str], *, limit_seconds: float) -> Embedded:
        """The vectors of some texts, asked for once. Raises NotEmbedded."""
        permit = self._breaker.admit()
        if permit is None:
            raise NotEmbedded(f"{self.model}: not asked, it failed shortly before")
        try:
            reply = await self._connection.embed(self.model, texts, limit_seconds)
            embedded = _read_reply(reply, len(texts))
            permit.succeed()
            return embedded
        except AttemptFailed as failure:
            raise self._judge(failure, permit) from None
        finally:
            permit.release()

    def _judge(self, failure: AttemptFailed, permit: Permit) -> NotEmbedded:
        if failure.owner_action is not None:
            permit.open_for(self._timing.refused_open_seconds)
        elif failure.open_seconds is not None:
            permit.open_for(failure.open_seconds)
        else:
            permit.fail()
        action = failure.owner_action
        if action is not None and failure.status not in _OF_THE_ACCOUNT and failure.status:
            action = (
                f"The provider refuses embeddings by {self.model} ({failure.reason}). Correct "
                "EMBEDDING_MODEL, or leave it empty, and restart; until then records are found by "
                "their words."
            )
        return NotEmbedded(
            f"{self.model}: {failure.reason}",
            owner_action=action,
            may_be_billed=failure.sent and failure.usage != NOTHING_BILLED,
        )


def _read_reply(reply: Any, count: int) -> Embedded:
    """What the endpoint sent, checked: a vector of numbers for each text, all of one length."""
    try:
        rows = sorted(reply["data"], key=lambda row: row["index"])
        vectors = tuple(tuple(map(float, row["embedding"])) for row in rows)
        tokens = (reply.get("usage") or {}).get("prompt_tokens")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise AttemptFailed("the reply holds no vectors") from None
    sizes = {len(vector) for vector in vectors}
    if len(vectors) != count or len(sizes) != 1 or 0 in sizes:
        raise AttemptFailed("the reply holds other vectors than were asked for")
    if not all(math.isfinite(value) for vector in vectors for value in vector):
        raise AttemptFailed("the reply holds vectors that are no numbers")
    return Embedded(vectors, Usage(tokens, 0, 0) if isinstance(tokens, int) else None)
