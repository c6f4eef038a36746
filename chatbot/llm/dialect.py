"""How one model wants to be asked: compatible endpoints differ in the parameters they take."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from chatbot.llm.rounds import ModelRequest

# OpenAI's reasoning models refuse max_tokens and any temperature but their own:
# https://platform.openai.com/docs/guides/reasoning
_REASONING = re.compile(r"^(o\d|gpt-([5-9]|\d\d))")


@dataclass(frozen=True)
class Dialect:
    """The request parameters that a model takes; `left_out` are those it refused."""

    token_parameter: str = "max_tokens"
    left_out: frozenset[str] = frozenset()

    def build_body(self, request: ModelRequest, model: str) -> dict[str, Any]:
        """The JSON body of a streamed Chat Completions request."""
        body: dict[str, Any] = {
            "model": model,
            "messages": list(request.messages),
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": request.temperature,
            self.token_parameter: request.max_tokens,
        }
        if request.tools:
            body["tools"] = list(request.tools)
        return {name: value for name, value in body.items() if name not in self.left_out}

    def adapt(self, parameter: str) -> "Dialect":
        """The dialect without a refused parameter; the same one when nothing is left to change."""
        if parameter == "max_tokens" and self.token_parameter == "max_tokens":
            # A model that wants the other name is a reasoning model: it refuses temperature too,
            # and a second refusal would use up the requests of the round.
            left_out = self.left_out | {"temperature"}
            return replace(self, token_parameter="max_completion_tokens", left_out=left_out)
        if parameter == "max_completion_tokens" and self.token_parameter == parameter:
            return replace(self, token_parameter="max_tokens")
        return replace(self, left_out=self.left_out | {parameter})


def guess_dialect(model: str, base_url: str | None) -> Dialect:
    """The dialect to start with: by name at OpenAI, the plain one everywhere else."""
    host = urlsplit(base_url or "https://api.openai.com").hostname or ""
    if host.endswith("openai.com") and _REASONING.match(model):
        return Dialect("max_completion_tokens", frozenset({"temperature"}))
    return Dialect()
