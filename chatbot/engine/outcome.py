"""How a turn ends: what the answering notes down while it works, for the ending to store."""

from dataclasses import dataclass

from chatbot.llm.provider import Usage
from chatbot.storage.models import EscalationReason, MessageStatus


@dataclass
class Outcome:
    """The notes of one turn.

    `spent` is the turn's cost and `extra_reserved` what was reserved beyond its admission, both in
    micro-USD. `escalation` is why the visitor's message calls the owner, and `tells_of_escalation`
    whether the answer itself says so; `called_owner` is whether it was the turn's end that called
    them. `owner_action` is a remedy for the owner, in one line.
    """

    status: str = MessageStatus.DONE
    error: str | None = None
    model: str | None = None
    usage: Usage | None = None
    spent: int = 0
    extra_reserved: int = 0
    confidence: float | None = None
    escalation: EscalationReason | None = None
    tells_of_escalation: bool = False
    owner_action: str | None = None
    called_owner: bool = False

    def end(self, status: str, error: str | None) -> None:
        """Note how the turn ended: a `MessageStatus`, and the code of the error or None."""
        self.status, self.error = status, error

    def add_usage(self, usage: Usage | None) -> None:
        """Add the tokens of one request, where the provider has told them."""
        if usage is None:
            return
        before = self.usage or Usage(prompt_tokens=0, cached_tokens=0, completion_tokens=0)
        self.usage = Usage(
            prompt_tokens=before.prompt_tokens + usage.prompt_tokens,
            cached_tokens=before.cached_tokens + usage.cached_tokens,
            completion_tokens=before.completion_tokens + usage.completion_tokens,
        )
