"""The program's health as JSON, for the owner."""

from typing import Self

from pydantic import BaseModel

from chatbot.engine.health import Health
from chatbot.llm.budget import MICRO, BudgetState
from chatbot.llm.rounds import ModelStatus
from chatbot.people.delivery_log import OutboxState


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


class OwnerHealth(BaseModel):
    """Every part that can fail; `budget` and `outbox` are null while the database is down, and
    `models` is empty without a provider."""

    database: DatabaseHealth
    models: list[ModelHealth]
    budget: BudgetHealth | None
    outbox: OutboxHealth | None

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
        )
