"""What is known of the copies; light, because the health page imports it in every program."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DrillResult:
    """One restore drill: when (ISO 8601, UTC), how many rows were compared, and what came of it.

    `fault` names the first difference, "" when there is none.
    """

    at: str
    rows: int
    fault: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether the copy is what the database is."""
        return not self.fault


@dataclass(frozen=True)
class CopiesState:
    """How the copies stand; ages in seconds, None for what has not happened. `reason` says why the
    data is not safe now, "" when it is."""

    kind: str
    reason: str
    ack_age: float | None = None
    full_age: float | None = None
    pending_age: float | None = None
    objects: int = 0
    is_leader: bool = True
    drill: DrillResult | None = None
