"""What goes into one model request and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatbot.errors import ModelUnavailable


@dataclass(frozen=True)
class ProviderValues:
    """Which endpoint and models to use; `base_url` None means OpenAI itself."""

    api_key: str
    base_url: str | None
    model: str
    fallback_model: str | None = None


@dataclass(frozen=True)
class Usage:
    """Billed tokens of one request; the cached and the cache-write ones are among the prompt's."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cache_write_tokens: int = 0


NOTHING_BILLED = Usage(0, 0, 0)


@dataclass(frozen=True)
class Attempt:
    """A request that was tried: `sent` is False when it never reached the provider.

    `usage` None means that what it cost is unknown: its reserved worst case stays spent.
    """

    model: str
    usage: Usage | None
    sent: bool


@dataclass(frozen=True)
class ModelRequest:
    """One round's request: Chat Completions messages and tools (empty: none are offered).

    `earlier_attempts` are those of a failed try at the same round, which count towards the two
    requests that a round may send to one model.
    """

    messages: Sequence[dict[str, Any]]
    tools: Sequence[dict[str, Any]]
    temperature: float
    max_tokens: int
    earlier_attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class ModelText:
    """A piece of the answer, as it came in."""

    text: str


@dataclass(frozen=True)
class ModelToolCall:
    """A complete tool call; `arguments` is what the model wrote and may be broken JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class ModelEnd:
    """The round is complete; `attempts` are all its requests, the successful one last."""

    model: str
    finish_reason: str
    usage: Usage | None
    attempts: tuple[Attempt, ...]


ModelEvent = ModelText | ModelToolCall | ModelEnd


@dataclass(frozen=True)
class ModelStatus:
    """How a model does: `breaker` is closed, open or half_open; `last_failure` why it failed."""

    model: str
    breaker: str
    seconds_until_probe: float
    last_failure: str | None
    owner_action: str | None


class RoundFailed(ModelUnavailable):
    """A round without an answer; `attempts` are the requests it made."""

    def __init__(
        self, reason: str, *, attempts: Sequence[Attempt], owner_action: str | None = None
    ) -> None:
        super().__init__(reason, owner_action=owner_action)
        self.attempts = tuple(attempts)


class StreamBroken(RoundFailed):
    """The answer broke off after some of its text was shown: keep it, as interrupted."""


class ContextTooLong(RoundFailed):
    """The messages do not fit the model: drop history and try once more."""
