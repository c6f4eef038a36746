"""What the processes on one database tell each other: who is to look again, and nothing of what.

A signal holds ids only. One that is lost or comes twice makes a page read late or twice, and a
forged one opens nothing.
"""

import re
import uuid
from dataclasses import dataclass
from enum import StrEnum

_NOTHING = "-"
_REASON = re.compile(r"[a-z_]{1,32}")


class SignalKind(StrEnum):
    """What is asked of the other processes."""

    RING = "ring"
    RING_OWNER = "ring-owner"
    RING_ALL = "ring-all"
    VISITOR_TYPES = "visitor-types"
    OWNER_TYPES = "owner-types"
    STOP = "stop"


@dataclass(frozen=True)
class Signal:
    """One signal; `reason` is the code of the error that a stopped turn is stored with."""

    kind: SignalKind
    session_id: uuid.UUID | None = None
    conversation_id: uuid.UUID | None = None
    reason: str = ""

    def encode(self) -> str:
        """One line of text without secrets."""
        parts = (self.kind.value, self.session_id, self.conversation_id, self.reason)
        return " ".join(str(part or _NOTHING) for part in parts)


def read_signal(line: str) -> Signal | None:
    """What a line says; None for one that no run of this program wrote."""
    try:
        kind, session_id, conversation_id, reason = line.split(" ")
        if reason != _NOTHING and not _REASON.fullmatch(reason):
            return None
        return Signal(
            SignalKind(kind),
            _read_id(session_id),
            _read_id(conversation_id),
            "" if reason == _NOTHING else reason,
        )
    except ValueError:
        return None


def _read_id(text: str) -> uuid.UUID | None:
    return None if text == _NOTHING else uuid.UUID(text)
