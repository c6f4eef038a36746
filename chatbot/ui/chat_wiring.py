"""Which event of the chat reaches which handler."""

from typing import Any

import gradio as gr

from chatbot.ui.chat_handlers import ChatHandlers
from chatbot.ui.chat_tab import ChatTab


def wire(page: gr.Blocks, tab: ChatTab, handlers: ChatHandlers) -> None:
    """Attaches every event of the chat.

    Values pass as they are (`postprocess=False`): the messages are finished and known to be text,
    and Gradio's own conversion takes 5 ms for 40 messages instead of 0.2 ms, on every yield.
    """
    common: dict[str, Any] = {
        "preprocess": False,
        "postprocess": False,
        "api_visibility": "private",
        "show_progress": "hidden",
        "concurrency_limit": None,
    }
    page.load(
        handlers.open_page,
        inputs_kwargs={"token": tab.token, "referrer": tab.referrer},
        outputs=[*tab.outputs, tab.token, tab.form_id, tab.data_key],
        **common,
    )
    common["outputs"] = tab.outputs
    key = tab.key_inputs
    gr.on(
        [tab.message_box.submit, tab.send_button.click],
        handlers.send_message,
        inputs_kwargs={"text": tab.message_box, "edit_id": tab.edit_id, **key},
        **common,
    )
    for button in tab.starter_buttons:
        button.click(handlers.send_starter, inputs_kwargs={"starter": button, **key}, **common)
    tab.stop_button.click(handlers.stop, inputs_kwargs=key, **common)
    tab.talk_button.click(handlers.talk, inputs_kwargs=key, **common)
    tab.new_chat_button.click(handlers.new_chat, inputs_kwargs=key, **common)
    tab.earlier_button.click(handlers.show_earlier, inputs_kwargs=key, **common)
    tab.action_button.click(
        handlers.act,
        inputs_kwargs={"action": tab.action, **key},
        trigger_mode="multiple",
        **common,
    )
    tab.ring_button.click(handlers.refresh, inputs_kwargs=key, trigger_mode="always_last", **common)
