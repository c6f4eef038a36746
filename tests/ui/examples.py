"""Chats and pages that the tests of the page show."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chatbot.engine.views import ChatSummary, ChatView, MessageView
from chatbot.events import Citation
from chatbot.ui.values import PageLink, PageValues

NOON = datetime(2027, 1, 5, 12, tzinfo=UTC)
VALUES = PageValues(
    name="Mira Vossberg",
    first_name="Mira",
    headline="Staff engineer",
    place="Hamburg",
    availability="Open to new roles",
    links=(PageLink("GitHub", "https://github.com/mira"),),
    starters=(
        "What does she build?",
        "Has she led a team?",
        "Which tools?",
        "When could she start?",
    ),
    provider_host="api.openai.com",
    retention="for 12 months",
)
CITATION = Citation(
    1, "s1", "Work: Nordwind (resume.json)", "resume.json", "Led <eleven> people.\n\nYes."
)


def make_message(role: str, text: str, **changes: Any) -> MessageView:
    message = MessageView(uuid.uuid4(), role, text, "done", NOON)
    return replace(message, **changes)


def make_view(*messages: MessageView, **changes: Any) -> ChatView:
    conversation_id = uuid.uuid4()
    view = ChatView(
        token="secret-token",
        session_id=uuid.uuid4(),
        conversation_id=conversation_id,
        messages=messages,
        chats=(ChatSummary(conversation_id, "This chat", NOON),),
        next_message_id="next-1",
    )
    return replace(view, **changes)
