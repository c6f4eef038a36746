"""Who may speak in a conversation: the bot or the owner, changed in the caller's transaction.

Every change of the floor raises its epoch, and words of the bot are stored only under the epoch
that their turn began with. All three functions lock the conversation first, so that of two that
meet one sees what the other has done.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.broken_off import break_off
from chatbot.people.escalations import resolve_escalation, take_escalation
from chatbot.people.notices import Notice
from chatbot.storage import conversations, floor, messages
from chatbot.storage.models import (
    Conversation,
    EscalationStatus,
    Floor,
    Message,
    Role,
)

TAKEN_OVER = "taken_over"
CHAT_GONE = "This conversation is no longer here. Load the list again."
NOT_TAKEN = "The AI stand-in has this chat. Take it over first, then send this again."
# What a page sends as the id of the owner's message cannot be the id of a visitor's.
OWNER_KEY = "owner:"


@dataclass(frozen=True)
class FloorView:
    """Who has a conversation, under which epoch, and whether the call has changed that."""

    conversation_id: uuid.UUID
    session_id: uuid.UUID
    is_owner: bool
    epoch: int
    has_changed: bool


def take_floor(
    session: Session, conversation_id: uuid.UUID, *, at: datetime, budget_cap: int
) -> FloorView:
    """Give the floor to the owner; nothing changes when they have it.

    What the bot is still writing is interrupted where it is stored, its money is settled, and a
    live escalation is taken. Raises NotFound for an unknown conversation.
    """
    found = _lock(session, conversation_id)
    if found.floor == Floor.OWNER:
        return _view(found, has_changed=False)
    for message in floor.list_streaming(session, conversation_id=conversation_id):
        break_off(session, message, error=TAKEN_OVER, budget_cap=budget_cap)
    _pass(session, found, Floor.OWNER, Notice.JOINED, at)
    found.taken_at = found.owner_active_at = at
    escalation = conversations.get_live_escalation(session, conversation_id=conversation_id)
    if escalation is not None:
        take_escalation(session, escalation.id)
    session.flush()
    return _view(found, has_changed=True)


def give_floor_back(
    session: Session,
    conversation_id: uuid.UUID,
    *,
    at: datetime,
    silent_since: datetime | None = None,
) -> FloorView:
    """Give the floor to the bot; nothing changes when it has it.

    With `silent_since` only if the owner has done nothing after that moment. An escalation is then
    open again when the owner took it without a word; handed back by the owner, it is resolved.
    """
    found = _lock(session, conversation_id)
    active_at = found.owner_active_at
    is_awake = silent_since is not None and active_at is not None and active_at > silent_since
    if found.floor == Floor.BOT or is_awake:
        return _view(found, has_changed=False)
    _end_escalation(session, found, is_handed_back=silent_since is None)
    _pass(session, found, Floor.BOT, Notice.LEFT, at)
    found.taken_at = found.owner_active_at = None
    session.flush()
    return _view(found, has_changed=True)


def add_owner_message(
    session: Session, conversation_id: uuid.UUID, text: str, *, client_message_id: str, at: datetime
) -> tuple[uuid.UUID, uuid.UUID]:
    """Store what the owner says; returns the ids of the message and of the visitor's session.

    The same `client_message_id` again finds the first message. Raises InvalidInput while the bot
    has the floor.
    """
    found = _lock(session, conversation_id)
    client_id = OWNER_KEY + client_message_id
    known = messages.get_id_by_client_id(
        session, conversation_id=conversation_id, client_message_id=client_id
    )
    if known is not None:
        return known, found.session_id
    if found.floor != Floor.OWNER:
        raise InvalidInput(NOT_TAKEN)
    message = Message(
        conversation_id=conversation_id,
        role=Role.OWNER,
        content=text,
        client_message_id=client_id,
        created_at=at,
    )
    session.add(message)
    found.owner_active_at = found.active_at = found.updated_at = at
    session.flush()
    return message.id, found.session_id


def _lock(session: Session, conversation_id: uuid.UUID) -> Conversation:
    found = floor.lock_conversation(session, conversation_id=conversation_id)
    if found is None:
        raise NotFound(CHAT_GONE)
    return found


def _pass(session: Session, found: Conversation, to: Floor, notice: Notice, at: datetime) -> None:
    found.floor = to
    found.floor_epoch += 1
    found.active_at = found.updated_at = at
    session.add(Message(conversation_id=found.id, role=Role.NOTICE, content=notice))


def _end_escalation(session: Session, found: Conversation, *, is_handed_back: bool) -> None:
    escalation = conversations.get_live_escalation(session, conversation_id=found.id)
    if escalation is None:
        return
    if is_handed_back:
        resolve_escalation(session, escalation.id)
        return
    since = found.taken_at
    if since is None or not floor.has_owner_words(session, conversation_id=found.id, since=since):
        escalation.status, escalation.taken_at = EscalationStatus.OPEN, None
        session.add(escalation)


def _view(found: Conversation, *, has_changed: bool) -> FloorView:
    return FloorView(
        conversation_id=found.id,
        session_id=found.session_id,
        is_owner=found.floor == Floor.OWNER,
        epoch=found.floor_epoch,
        has_changed=has_changed,
    )
