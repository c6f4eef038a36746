"""The program with the smallest owner's tab that can take over: boxes and buttons, no list.

What it calls is what the inbox calls, by the same kind of events.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import gradio as gr

from chatbot.logs import set_up_logging
from chatbot.services import Services, build_services
from chatbot.serving import bind, launch_on_zero_gpu, serve
from chatbot.settings import load_settings
from chatbot.site import build_whole_site
from chatbot.ui.faults import word_error
from chatbot.ui.locales.en import ENGLISH
from chatbot.ui.locales.owner_en import ENGLISH_OWNER
from chatbot.ui.owner_guard import Door, OwnerGuard
from chatbot.ui.owner_list import hidden_box

COMMON: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


class SmallDesk:
    def __init__(self, services: Services) -> None:
        self._services = services

    def __call__(self, _request: gr.Request, door: Door) -> None:
        guard = OwnerGuard(door, partial(word_error, texts=ENGLISH), ENGLISH_OWNER)
        takeover = self._services.takeover
        hidden_box("owner-ticket", self._services.live.make_owner_ticket())
        chat = gr.Textbox(label="Conversation", elem_id="desk-chat")
        words = gr.Textbox(label="Words", elem_id="desk-words")
        client_id = gr.Textbox(label="Id of the words", elem_id="desk-id")
        error = gr.Markdown(elem_id="desk-error")

        async def take(request: gr.Request, chat: str) -> dict[Any, Any]:
            async def work() -> dict[Any, Any]:
                await takeover.take(chat)
                return {}

            return await guard.run(request, error, work)

        async def say(request: gr.Request, chat: str, text: str, key: str) -> dict[Any, Any]:
            async def work() -> dict[Any, Any]:
                await takeover.say(chat, text, key)
                return {words: ""}

            return await guard.run(request, error, work)

        async def hand_back(request: gr.Request, chat: str) -> dict[Any, Any]:
            async def work() -> dict[Any, Any]:
                await takeover.hand_back(chat)
                return {}

            return await guard.run(request, error, work)

        outputs = [words, error]
        gr.Button("Take over").click(take, [chat], outputs, **COMMON)
        gr.Button("Say").click(say, [chat, words, client_id], outputs, **COMMON)
        gr.Button("Hand back").click(hand_back, [chat], outputs, **COMMON)


def main() -> None:
    settings = load_settings()
    set_up_logging(level=settings.log_level, secrets=settings.secret_values())
    listener = bind(settings)
    services = build_services(settings)
    site = build_whole_site(settings, services, build_owner_tabs=SmallDesk(services))
    if settings.spaces_zero_gpu:
        launch_on_zero_gpu(site, settings, listener)
    else:
        serve(site, listener)


if __name__ == "__main__":
    main()
