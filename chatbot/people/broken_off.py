"""Ending a turn whose own process does not: its message and its money, each exactly once."""

from sqlmodel import Session

from chatbot.llm import budget
from chatbot.storage import messages
from chatbot.storage.models import Message, MessageStatus, utc_now


def break_off(session: Session, message: Message, *, error: str, budget_cap: int) -> bool:
    """Mark a streaming message as interrupted, with the text that is stored; False when it has
    ended meanwhile.

    What the turn cost is not known: all that it had reserved counts as spent, once, whoever comes
    first. `error` is the code of why it ended; `budget_cap` is the day's money in micro-USD.
    """
    reserved = message.reserved_micro_usd
    is_ours = messages.update_streaming(
        session,
        message.id,
        status=MessageStatus.INTERRUPTED,
        error=error,
        cost_micro_usd=reserved,
        updated_at=utc_now(),
    )
    if reserved and messages.release_reservation(session, message_id=message.id, reserved=reserved):
        budget.settle(
            session,
            day=message.budget_day or "",
            reserved=reserved,
            spent=reserved,
            cap=budget_cap,
        )
    return is_ours
