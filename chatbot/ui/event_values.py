"""Reads what the page sends with an event: whatever it is, it is text of unknown origin."""

import uuid
from typing import Any

import gradio as gr

from chatbot.engine.visitor_chat import ChatKey


def read_key(request: gr.Request, token: Any, conversation_id: Any, message_id: Any) -> ChatKey:
    """Which visitor and which chat the page says that it is."""
    return ChatKey(
        token=read_text(token),
        conversation_id=read_text(conversation_id),
        client_message_id=read_text(message_id),
        page=read_page(request),
        address=read_address(request),
    )


def read_address(request: gr.Request) -> str | None:
    """Where the page is open, as the outermost layer found out."""
    client = request.client
    return client.host if client else None


def read_page(request: gr.Request) -> str:
    """The open page, as it names itself: no identity, and no secret."""
    return (request.session_hash or "")[:64].replace("|", "")


def read_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def read_uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(read_text(value))
    except ValueError:
        return None
