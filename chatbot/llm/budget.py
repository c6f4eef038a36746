"""The daily budget: money is reserved before a model is called and settled when its cost is known.

All amounts are whole millionths of a US dollar, so that sums are exact. A reservation is the worst
case of the turn; a cost that never becomes known keeps what was reserved for it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from chatbot.storage.models import BudgetDay, utc_now
from chatbot.storage.rows import add_unless_there, update_rows

MICRO = 1_000_000
WARN_SHARE = 0.8


@dataclass(frozen=True)
class BudgetState:
    """One UTC day's money in micro-USD."""

    day: str
    spent: int
    reserved: int
    cap: int

    @property
    def is_nearly_spent(self) -> bool:
        return self.cap > 0 and self.spent >= self.cap * WARN_SHARE


def budget_day(moment: datetime) -> str:
    """The key of the UTC day that a moment belongs to, as YYYY-MM-DD."""
    return moment.strftime("%Y-%m-%d")


def reserve(session: Session, *, day: str, amount: int, cap: int) -> bool:
    """Reserve `amount` micro-USD of `day`; False when that would pass `cap`.

    One conditional UPDATE, so that any number of turns at once cannot overspend together.
    """
    if amount == 0:
        return True
    if amount > cap:
        return False
    _ensure_day(session, day)
    spent, reserved = col(BudgetDay.spent_micro_usd), col(BudgetDay.reserved_micro_usd)
    changed = update_rows(
        session,
        BudgetDay,
        col(BudgetDay.day) == day,
        spent + reserved + amount <= cap,
        values={"reserved_micro_usd": reserved + amount, "updated_at": utc_now()},
    )
    return changed > 0


def settle(session: Session, *, day: str, reserved: int, spent: int, cap: int) -> BudgetState:
    """Give back a reservation and book what was spent; returns the day's state afterwards."""
    if reserved or spent:
        _ensure_day(session, day)
        values = {
            "reserved_micro_usd": col(BudgetDay.reserved_micro_usd) - reserved,
            "spent_micro_usd": col(BudgetDay.spent_micro_usd) + spent,
            "updated_at": utc_now(),
        }
        update_rows(session, BudgetDay, col(BudgetDay.day) == day, values=values)
    return get_state(session, day=day, cap=cap)


def get_state(session: Session, *, day: str, cap: int) -> BudgetState:
    """The money of `day`; a day without a row has spent nothing."""
    statement = select(BudgetDay.spent_micro_usd, BudgetDay.reserved_micro_usd).where(
        BudgetDay.day == day
    )
    row = session.exec(statement).first()
    spent, reserved = row if row else (0, 0)
    return BudgetState(day=day, spent=spent, reserved=reserved, cap=cap)


def _ensure_day(session: Session, day: str) -> None:
    if session.exec(select(BudgetDay.day).where(BudgetDay.day == day)).first() is None:
        add_unless_there(session, BudgetDay(day=day))
