"""The chat's components."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.ui.locales.en import Texts


@dataclass(frozen=True)
class ChatTab:
    """The components of the chat; the hidden ones carry what the page sends back."""

    log: gr.Chatbot
    state: gr.Markdown
    error_line: gr.Markdown
    chats: gr.Markdown
    message_box: gr.Textbox
    send_button: gr.Button
    stop_button: gr.Button
    talk_button: gr.Button
    new_chat_button: gr.Button
    earlier_button: gr.Button
    starter_buttons: tuple[gr.Button, ...]
    token: gr.BrowserState
    conversation_id: gr.Textbox
    message_id: gr.Textbox
    ticket: gr.Textbox
    edit_id: gr.Textbox
    referrer: gr.Textbox
    action: gr.Textbox
    action_button: gr.Button
    ring_button: gr.Button
    presence: gr.Markdown
    form_id: gr.Textbox
    data_key: gr.Textbox

    @property
    def outputs(self) -> list[Any]:
        """What an event of the chat changes. What was typed is not in it: the page's script clears
        the input when the message has been taken, and only if it is still the same text."""
        return [
            self.log,
            self.state,
            self.error_line,
            self.chats,
            self.presence,
            self.conversation_id,
            self.message_id,
            self.ticket,
        ]

    @property
    def key_inputs(self) -> dict[str, Any]:
        """What says which chat the page means."""
        return {
            "token": self.token,
            "conversation_id": self.conversation_id,
            "message_id": self.message_id,
            "ticket": self.ticket,
        }


def build_log(texts: Texts) -> gr.Chatbot:
    """The message list: an output only, so that no history is ever taken from a browser."""
    return gr.Chatbot(
        elem_id="log",
        label=texts.log,
        show_label=False,
        container=False,
        buttons=[],
        height=None,
        layout="bubble",
        allow_tags=False,
        sanitize_html=True,
        latex_delimiters=[],
        group_consecutive_messages=False,
        feedback_options=None,
    )
