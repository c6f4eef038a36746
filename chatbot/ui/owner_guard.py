"""What every event of the owner's area goes through: is it the owner, and what went wrong."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import gradio as gr

from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.owner_markup import line

Changes = dict[Any, Any]


class Door(Protocol):
    """Says who is the owner: raises a `ChatbotError` for everybody else."""

    async def require_owner(self, request: gr.Request) -> Any: ...


class OwnerGuard:
    """Runs the work of an event for the owner only; a hidden tab alone protects nothing.

    `word_error` finds the words for an error, one that nobody foresaw among them.
    """

    def __init__(
        self, door: Door, word_error: Callable[[Exception], str], texts: OwnerTexts
    ) -> None:
        self._door = door
        self._word_error = word_error
        self._texts = texts

    async def run(
        self, request: gr.Request, error_line: Any, work: Callable[[], Awaitable[Changes]]
    ) -> Changes:
        """What `work` changes on the page; only a line that says why not when it fails."""
        try:
            await self._door.require_owner(request)
        except Exception as error:
            link = f' <a href="/owner">{self._texts.sign_in}</a>'
            return {error_line: self._show(error, link)}
        try:
            return {error_line: "", **await work()}
        except Exception as error:
            return {error_line: self._show(error)}

    def _show(self, error: Exception, link: str = "") -> str:
        return f'<p class="cc-error" role="alert">{line(self._word_error(error))}{link}</p>'
