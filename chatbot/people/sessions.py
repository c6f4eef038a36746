"""Use cases of sessions: who a visitor is, when their stay ends, which of their chats is shown."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.errors import NotFound
from chatbot.signing import hash_token
from chatbot.storage import conversations, sessions
from chatbot.storage.models import Channel, ChatSession, Conversation, utc_now

TOKEN_BYTES = 32
MAX_TOKEN_LENGTH = 100


@dataclass(frozen=True)
class Arrival:
    """What is known of a visitor who opens a page; all of it comes from the browser, save the keyed
    hash of their address."""

    channel: str = Channel.PAGE
    referrer_host: str | None = None
    locale: str | None = None
    address_hash: str | None = None


def find_session(session: Session, token: str | None) -> ChatSession | None:
    """The session that a token opens, or None."""
    if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN_LENGTH:
        return None
    return sessions.get_session_by_token(session, token_hash=hash_token(token))


def get_session(session: Session, token: str | None) -> ChatSession:
    """The session that a token opens; raises NotFound for any other token."""
    found = find_session(session, token)
    if found is None:
        raise NotFound
    return found


def get_own_conversation(
    session: Session, token: str, conversation_id: str
) -> tuple[ChatSession, Conversation]:
    """The visitor's session and their conversation with that id.

    Raises NotFound when the token opens no session or the conversation is not this visitor's.
    """
    try:
        key = uuid.UUID(conversation_id)
    except (ValueError, AttributeError, TypeError):
        raise NotFound from None
    if not isinstance(token, str):
        raise NotFound
    found = conversations.get_by_token(session, token_hash=hash_token(token), conversation_id=key)
    if found is None:
        raise NotFound
    return found[0], found[1]


def arrive(
    session: Session, token: str | None, arrival: Arrival
) -> tuple[str, ChatSession, Conversation]:
    """Recognise a visitor by their token, or make a session and a token for them.

    Returns the token, the session and the conversation that was opened last. An unknown token is
    never adopted: it gets a token of the server's making.
    """
    chat = find_session(session, token)
    if chat is not None and token is not None:
        conversation = conversations.get_last_opened(session, session_id=chat.id)
        return token, chat, conversation or add_conversation(session, chat)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    chat = ChatSession(
        token_hash=hash_token(token),
        channel=arrival.channel,
        referrer_host=(arrival.referrer_host or "")[:255] or None,
        locale=(arrival.locale or "")[:35] or None,
        address_hash=arrival.address_hash,
    )
    session.add(chat)
    session.flush()
    return token, chat, add_conversation(session, chat)


def add_conversation(session: Session, chat: ChatSession) -> Conversation:
    """An empty conversation of this visitor; an empty one that is there already is used again."""
    last = conversations.get_last_opened(session, session_id=chat.id)
    if last is not None and not last.title:
        return last
    conversation = Conversation(session_id=chat.id)
    session.add(conversation)
    session.flush()
    return conversation


def end_idle_sessions(session: Session, *, timeout_minutes: int, now: datetime) -> int:
    """End the sessions without activity for `timeout_minutes`; their chats stay and can go on."""
    idle_since = now - timedelta(minutes=timeout_minutes)
    return sessions.end_idle_sessions(session, idle_since=idle_since, at=now)


def is_over(chat: ChatSession, *, timeout_minutes: int, now: datetime | None = None) -> bool:
    """Whether a stay has ended: noted already, or by the time that has passed without activity."""
    age = (now or utc_now()) - chat.last_seen_at
    return chat.ended_at is not None or age > timedelta(minutes=timeout_minutes)
