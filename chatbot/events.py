"""What the engine says while it works, and the protocols by which a lower layer speaks upwards.

A turn is a stream of these events. The page, the API and the tests read the same stream; only
released text is ever in it.
"""

import uuid
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Citation:
    """A passage that an answer rests on: marker `[number]` in the text points here."""

    number: int
    section_id: str
    label: str
    source: str
    passage: str
    page: int | None = None


@dataclass(frozen=True)
class TextDelta:
    """A piece of released answer text."""

    text: str


@dataclass(frozen=True)
class ToolCalled:
    """A tool has run; `outcome` is "done", "refused" or "failed"."""

    name: str
    outcome: str


@dataclass(frozen=True)
class LimitedMode:
    """The rest of this answer comes from the profile without a model; `reason` is for the owner."""

    reason: str


@dataclass(frozen=True)
class Withheld:
    """A sentence of the model that the records do not support: for the owner's eyes only.

    `reason` is the part of it that was not found.
    """

    text: str
    reason: str


@dataclass(frozen=True)
class Finished:
    """The turn has ended and is stored; `status` is done, interrupted or failed."""

    status: str
    citations: tuple[Citation, ...] = field(default=())


TurnEvent = TextDelta | Citation | ToolCalled | LimitedMode | Withheld | Finished


class Bell(Protocol):
    """Rings open pages, so that they read the database again. Any thread may ring."""

    def ring(self, session_id: uuid.UUID) -> None:
        """The pages of a visitor's session."""
        ...

    def ring_owner(self, conversation_id: uuid.UUID | None = None) -> None:
        """The owner's pages: something has changed in a conversation, or, with None, elsewhere."""
        ...


class TypingBell(Bell, Protocol):
    """A bell that also says who is writing; a page shows that without reading anything."""

    def tell_visitor_typing(self, conversation_id: uuid.UUID) -> None:
        """Tells the owner's pages that the visitor of a conversation is writing."""
        ...

    def tell_owner_typing(self, session_id: uuid.UUID, conversation_id: uuid.UUID) -> None:
        """Tells the visitor's pages that the owner is writing in one of their conversations."""
        ...


class TurnControl(Protocol):
    """Ends the turn that runs in a conversation, in this process; what was shown is kept."""

    async def stop_turn(self, conversation_id: uuid.UUID, reason: str = "stopped") -> bool:
        """End the turn and store what it has shown; False when none runs. `reason` is the code of
        the error that its message is stored with."""
        ...

    def hold_turns(self, conversation_id: uuid.UUID) -> AbstractAsyncContextManager[None]:
        """No turn of the conversation is admitted while this is open; one that runs goes on."""
        ...
