"""Watches a browser context: nothing may go wrong on the page, and nothing may leave our host."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, WebError

_INLINE = ("data", "blob", "about")
# What Chromium and Gradio report when a connection ends under them.
_BROKEN = re.compile(
    r"ERR_(CONNECTION|EMPTY_RESPONSE|INCOMPLETE_CHUNKED|SOCKET)|WebSocket|AbortError|network error"
    r"|Connection errored out|Failed to fetch",
    re.IGNORECASE,
)
# Said of a connection too, but never because it ended.
_POLICY = "Content Security Policy"


class Guard:
    """Collects what must not happen; `faults` is empty when all was well."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.faults: list[str] = []
        self._host = urlsplit(url).netloc
        self._may_break = False
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("dialog", self._on_dialog)

    def allow_broken_connections(self) -> None:
        """From here on connections may break, and the browser may say so."""
        self._may_break = True

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.netloc != self._host and address.scheme not in _INLINE:
            self.faults.append(f"request to another host: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        is_broken = self._may_break and _BROKEN.search(message.text)
        if _POLICY in message.text or (message.type == "error" and not is_broken):
            self.faults.append(f"console: {message.text}")

    def _on_error(self, error: WebError) -> None:
        if not (self._may_break and _BROKEN.search(str(error.error))):
            self.faults.append(f"page error: {error.error}")

    def _on_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()
