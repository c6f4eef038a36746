"""The program's health as JSON, for the owner."""

from typing import Self

from pydantic import BaseModel

from chatbot.engine.health import Health
from chatbot.llm.budget import MICRO, BudgetState
from chatbot.llm.rounds import ModelStatus
from chatbot.people.delivery_log import OutboxState
from chatbot.storage.copies.states import CopiesState


class DatabaseHealth(BaseModel):
    """Whether the database answers, and how long it took."""

    ok: bool
    kind: str
    ms: int


class ModelHealth(BaseModel):
    """One model: its `breaker` is closed (asked), open (left alone) or half_open (being tried)."""

    model: str
    breaker: str
    seconds_until_probe: float
    last_failure: str | None
    remedy: str | None

    @classmethod
    def of(cls, status: ModelStatus) -> Self:
        """One model's state as JSON."""
        return cls(
            model=status.model,
            breaker=status.breaker,
            seconds_until_probe=round(status.seconds_until_probe, 1),
            last_failure=status.last_failure,
            remedy=status.owner_action,
        )


class BudgetHealth(BaseModel):
    """The money of this UTC day, in US dollars."""

    day: str
    spent_usd: float
    reserved_usd: float
    cap_usd: float

    @classmethod
    def of(cls, state: BudgetState) -> Self:
        """One day's money as JSON."""
        return cls(
            day=state.day,
            spent_usd=state.spent / MICRO,
            reserved_usd=state.reserved / MICRO,
            cap_usd=state.cap / MICRO,
        )


class OutboxHealth(BaseModel):
    """Messages to the owner that wait, and that were given up."""

    pending: int
    failed: int
    oldest_pending_seconds: int | None

    @classmethod
    def of(cls, state: OutboxState) -> Self:
        """The outbox's state as JSON."""
        age = state.oldest_pending
        seconds = None if age is None else max(0, round(age.total_seconds()))
        return cls(pending=state.pending, failed=state.failed, oldest_pending_seconds=seconds)


class CopiesHealth(BaseModel):
    """The copies outside of this machine: the age of the last acknowledged one, of the last full
    snapshot and of the oldest change that is in none; and the last restore drill."""

    store: str
    leads: bool
    last_copy_seconds: float | None
    last_snapshot_seconds: float | None
    oldest_pending_seconds: float | None
    objects: int
    last_drill: str | None
    last_drill_ok: bool | None

    @classmethod
    def of(cls, state: CopiesState) -> Self:
        """The copies' state as JSON."""
        drill = state.drill
        return cls(
            store=state.kind,
            leads=state.is_leader,
            last_copy_seconds=state.ack_age,
            last_snapshot_seconds=state.full_age,
            oldest_pending_seconds=state.pending_age,
            objects=state.objects,
            last_drill=drill and drill.at,
            last_drill_ok=drill and drill.is_ok,
        )


class OwnerHealth(BaseModel):
    """Every part that can fail; `budget` and `outbox` are null while the database is down,
    `models` is empty without a provider, and `copies` is null when none are made. `risk` says why
    the data would not survive the end of this machine."""

    database: DatabaseHealth
    models: list[ModelHealth]
    budget: BudgetHealth | None
    outbox: OutboxHealth | None
    copies: CopiesHealth | None
    risk: str

    @classmethod
    def of(cls, health: Health) -> "OwnerHealth":
        """What the owner is shown of the program's health."""
        return OwnerHealth(
            database=DatabaseHealth(
                ok=health.is_database_ok, kind=health.dialect, ms=health.database_ms
            ),
            models=[ModelHealth.of(status) for status in health.models],
            budget=health.budget and BudgetHealth.of(health.budget),
            outbox=health.outbox and OutboxHealth.of(health.outbox),
            copies=health.copies and CopiesHealth.of(health.copies),
            risk=health.risk,
        )
