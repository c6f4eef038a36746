"""What the owner may know about the program's health."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.llm import budget
from chatbot.llm.budget import BudgetState
from chatbot.llm.rounds import ModelStatus
from chatbot.people.delivery_log import OutboxState, get_outbox_state
from chatbot.storage.copies.states import CopiesState
from chatbot.storage.database import Database
from chatbot.storage.models import utc_now


@dataclass(frozen=True)
class Health:
    """The parts that can fail. `budget` (micro-USD) and `outbox` are None when the database does
    not answer; `models` is empty in limited mode without a provider; `copies` is None when none are
    made. `risk` says why the data would not survive the end of this machine, "" when it would."""

    is_database_ok: bool
    dialect: str
    database_ms: int
    models: tuple[ModelStatus, ...]
    budget: BudgetState | None
    outbox: OutboxState | None
    copies: CopiesState | None
    risk: str


async def read_health(
    database: Database,
    *,
    models: Sequence[ModelStatus],
    budget_cap: int,
    copies: CopiesState | None = None,
    risk: str = "",
) -> Health:
    """Look at everything once; never raises for a part that does not work."""
    now, begun = utc_now(), time.perf_counter()
    money, letters = None, None
    try:
        money, letters = await database.read(
            lambda session: (
                budget.get_state(session, day=budget.budget_day(now), cap=budget_cap),
                get_outbox_state(session, now=now),
            )
        )
    except Exception:
        # Whatever the driver raises, the answer is the same: the database does not work.
        is_ok = False
    else:
        is_ok = True
    return Health(
        is_database_ok=is_ok,
        dialect=database.dialect,
        database_ms=round((time.perf_counter() - begun) * 1000),
        models=tuple(models),
        budget=money,
        outbox=letters,
        copies=copies,
        risk=risk,
    )
