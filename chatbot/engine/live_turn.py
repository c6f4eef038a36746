"""A turn while it runs, in memory: what it has said so far, and the wake-up for who follows it."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from typing import Any

from chatbot.engine.views import ChatView
from chatbot.events import (
    Citation,
    Finished,
    LimitedMode,
    TextDelta,
    ToolCalled,
    TurnEvent,
    Withheld,
)

FOLLOW_SECONDS = 0.1


@dataclass
class LiveTurn:
    """The state that a running turn has reached. Pages read it; only its own task changes it.

    `text` is what is shown; `unshown` are the words after it that are held back until they are
    saved. `is_ending` is True while its end is being stored, when nothing can break it off.
    `withheld` is what the model said and nobody is shown but the owner.
    `base` is the conversation as it was stored when the turn began, for whoever follows it.
    """

    turn_id: uuid.UUID
    conversation_id: uuid.UUID
    started_at: float = field(default_factory=time.monotonic)
    text: str = ""
    unshown: str = ""
    citations: list[Citation] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    limited: bool = False
    last_tool: str = ""
    is_ending: bool = False
    is_finished: bool = False
    stop_reason: str | None = None
    first_text_ms: int | None = None
    task: "asyncio.Task[None] | None" = None
    base: ChatView | None = None
    _version: int = 0
    _waiters: list["asyncio.Future[None]"] = field(default_factory=list)

    def apply(self, event: TurnEvent) -> None:
        """Take an event into the state and wake the followers."""
        match event:
            case TextDelta(text):
                if self.first_text_ms is None:
                    self.first_text_ms = self.elapsed_ms()
                self.text += text
            case Citation():
                self.citations.append(event)
            case ToolCalled(name=name):
                self.last_tool = name
            case Withheld():
                self.withheld.append(event)
            case LimitedMode():
                self.limited = True
            case Finished():
                self.is_finished = True
        self._version += 1
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    @property
    def said(self) -> str:
        """All words of the answer so far, those that are not shown yet included."""
        return self.text + self.unshown

    def list_citations(self) -> list[dict[str, Any]]:
        """The citations as they are stored."""
        return [asdict(citation) for citation in self.citations]

    def elapsed_ms(self) -> int:
        """Milliseconds since the turn was admitted."""
        return int((time.monotonic() - self.started_at) * 1000)

    async def changes(self, *, every: float = FOLLOW_SECONDS) -> AsyncIterator[None]:
        """Yield at once, and then after each step of the turn: the first text without delay, more
        text at most once in `every` seconds. Ends after the step in which the turn has finished.
        """
        seen = -1
        while True:
            await self._wait_for_more_than(seen)
            seen, had_text = self._version, bool(self.text)
            yield
            if self.is_finished and self._version == seen:
                return
            if had_text and not self.is_finished:
                await asyncio.sleep(every)

    async def _wait_for_more_than(self, seen: int) -> None:
        if self._version == seen:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter
