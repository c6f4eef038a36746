"""The one transaction that ends a turn: words, money, and whether the owner is called."""

import uuid
from dataclasses import dataclass

from sqlmodel import Session

from chatbot.engine.admission import Turn
from chatbot.engine.confidence import (
    AnswerSigns,
    find_escalation_reason,
    is_sign_of_trouble,
)
from chatbot.engine.live_turn import LiveTurn
from chatbot.engine.outcome import Outcome
from chatbot.llm import budget
from chatbot.people.escalations import add_to_escalation, open_escalation
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage import conversations, messages
from chatbot.storage.floor import lock_floor_epoch
from chatbot.storage.models import (
    EscalationReason,
    EscalationStatus,
    Message,
    Role,
    Withheld,
    utc_now,
)

ANSWERS_LOOKED_AT = 6

ESCALATION_NOTICE = (
    "{first} has been told about this chat and can join it. Leave your e-mail address if you would "
    "like an answer there."
)
ESCALATION_NOTICE_EMAIL = (
    "{first} has been told about this chat, and can join it or answer you by e-mail."
)
REPHRASE = "Asking in other words may help: the last answers rest on little. "


@dataclass(frozen=True)
class EndingValues:
    """The owner's first name, the confidence that calls them, and the budget in micro-USD."""

    owner_first_name: str
    escalation_confidence: float
    budget_cap: int


class Ending:
    """Stores how turns end, in the caller's transaction."""

    def __init__(self, values: EndingValues) -> None:
        self._values = values

    def store(self, session: Session, turn: Turn, live: LiveTurn, outcome: Outcome) -> bool:
        """Settle a turn's money, once, and store its message; False when it was ended elsewhere.

        The message is only changed while it is still streaming under the floor epoch that the turn
        began with: after a takeover the money is settled and nothing else.
        """
        # Locked first, as a takeover does: neither then waits for a row that the other holds.
        floor_epoch = lock_floor_epoch(session, conversation_id=turn.conversation_id)
        self._settle(session, turn, outcome)
        if floor_epoch != turn.draft.conversation.floor_epoch:
            return False
        values = self._message_values(live, outcome)
        if not messages.update_streaming(session, turn.turn_id, **values):
            return False
        for said in live.withheld:
            session.add(Withheld(message_id=turn.turn_id, text=said.text, reason=said.reason))
        conversations.set_conversation(session, turn.conversation_id, active_at=utc_now())
        self._call_owner(session, turn, outcome)
        return True

    def _settle(self, session: Session, turn: Turn, outcome: Outcome) -> None:
        if outcome.owner_action:
            tell_provider(session, outcome.owner_action, turn.day)
        if not (turn.reserved or outcome.extra_reserved or outcome.spent):
            return
        reserved = turn.reserved + outcome.extra_reserved
        if reserved and not messages.release_reservation(
            session, message_id=turn.turn_id, reserved=reserved
        ):
            return
        state = budget.settle(
            session,
            day=turn.day,
            reserved=reserved,
            spent=outcome.spent,
            cap=self._values.budget_cap,
        )
        if outcome.spent and state.is_nearly_spent:
            self._tell_budget(session, state)

    def _message_values(self, live: LiveTurn, outcome: Outcome) -> dict[str, object]:
        usage = outcome.usage
        return {
            "content": live.said,
            "status": outcome.status,
            "error": outcome.error,
            "limited": live.limited,
            "citations": live.list_citations(),
            "confidence": outcome.confidence,
            "model": outcome.model,
            "prompt_tokens": usage.prompt_tokens if usage else None,
            "cached_tokens": usage.cached_tokens if usage else None,
            "completion_tokens": usage.completion_tokens if usage else None,
            "cost_micro_usd": outcome.spent,
            "first_text_ms": live.first_text_ms,
            "total_ms": live.elapsed_ms(),
            "updated_at": utc_now(),
        }

    def _call_owner(self, session: Session, turn: Turn, outcome: Outcome) -> None:
        """Escalate when the visitor asked for it, or when the last answers call for it."""
        reason, needs_notice = outcome.escalation, not outcome.tells_of_escalation
        if reason is None:
            reason = self._find_reason(
                session, turn, AnswerSigns(outcome.confidence, outcome.error)
            )
        if reason is None:
            return
        _, is_first = open_escalation(
            session,
            conversation_id=turn.conversation_id,
            reason=reason,
            note=turn.draft.question or "",
        )
        outcome.called_owner = is_first
        if is_first and needs_notice:
            notice = ESCALATION_NOTICE_EMAIL if turn.draft.has_email else ESCALATION_NOTICE
            if reason is EscalationReason.LOW_CONFIDENCE:
                notice = REPHRASE + notice
            self.add_notice(session, turn.conversation_id, notice)

    def _find_reason(
        self, session: Session, turn: Turn, latest: AnswerSigns
    ) -> EscalationReason | None:
        threshold = self._values.escalation_confidence
        if not is_sign_of_trouble(latest, threshold=threshold):
            return None
        answers = messages.list_answer_signs(
            session, conversation_id=turn.conversation_id, limit=ANSWERS_LOOKED_AT
        )
        return find_escalation_reason([AnswerSigns(*row) for row in answers], threshold=threshold)

    def add_notice(self, session: Session, conversation_id: uuid.UUID, words: str) -> None:
        """Add a line from the program itself; `{first}` in it becomes the owner's first name."""
        text = words.format(first=self._values.owner_first_name)
        session.add(Message(conversation_id=conversation_id, role=Role.NOTICE, content=text))

    def escalate(
        self, session: Session, conversation_id: uuid.UUID, note: str, *, email: str | None = None
    ) -> bool:
        """Hand a conversation to the owner because the visitor asked; True at the first time.

        What is said at a later time is added to the first. `email` is a checked address.
        """
        escalation, is_first = open_escalation(
            session,
            conversation_id=conversation_id,
            reason=EscalationReason.REQUESTED,
            note=note,
            email=email,
        )
        if is_first and escalation.status == EscalationStatus.OPEN:
            words = ESCALATION_NOTICE_EMAIL if email else ESCALATION_NOTICE
            self.add_notice(session, conversation_id, words)
        elif not is_first:
            add_to_escalation(session, escalation, note=note, email=email)
        return is_first

    def _tell_budget(self, session: Session, state: budget.BudgetState) -> None:
        add_notification(
            session,
            kind=NotificationKind.BUDGET,
            payload={
                "day": state.day,
                "share": round(state.spent / state.cap, 2),
                "cap_micro_usd": state.cap,
            },
            dedupe_key=f"budget-{budget.WARN_SHARE}-{state.day}",
        )


def tell_provider(session: Session, action: str, day: str) -> None:
    """Tell the owner, once a day, what they must do about the provider."""
    add_notification(
        session,
        kind=NotificationKind.PROVIDER,
        payload={"action": action},
        dedupe_key=f"provider-{day}-{hash_words(action)}",
    )


def hash_words(words: str) -> str:
    """A short key for a text, the same in every process."""
    return uuid.uuid5(uuid.NAMESPACE_OID, words).hex[:16]
