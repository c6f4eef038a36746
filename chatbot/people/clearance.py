"""What a conversation's visitor may read of the owner's facts, and the owner's word on it."""

import uuid

from sqlmodel import Session, col, select

from chatbot.knowledge.audience import Audience
from chatbot.storage import conversations
from chatbot.storage.models import Conversation, EmailCode, utc_now


def get_clearance(session: Session, conversation: Conversation) -> Audience:
    """The widest audience that the visitor of a conversation belongs to.

    Verified is who has typed in a code, in this very session: that somebody else has proved the
    same address proves nothing about this visitor. The owner's approval is for one conversation.
    """
    if conversation.facts_approved_at is not None:
        return Audience.APPROVED
    proof = select(EmailCode.id).where(
        EmailCode.session_id == conversation.session_id, col(EmailCode.used_at).is_not(None)
    )
    has_proof = session.exec(proof.limit(1)).first() is not None
    return Audience.VERIFIED if has_proof else Audience.PUBLIC


def share_facts(session: Session, conversation_id: uuid.UUID, *, shares: bool) -> uuid.UUID | None:
    """Let a conversation's visitor read everything, or no longer; returns their session.

    Only the owner's side calls this.
    """
    found = session.get(Conversation, conversation_id)
    if found is None:
        return None
    values = {"facts_approved_at": utc_now() if shares else None, "updated_at": utc_now()}
    conversations.set_conversation(session, conversation_id, **values)
    return found.session_id
