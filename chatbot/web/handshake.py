"""The answer to a WebSocket's handshake, which is a response like any other while it is refused."""

from starlette.types import Message, Scope, Send

from chatbot.web.refusals import Refusal, refuse

_EXTENSION = "websocket.http.response"


class Handshake:
    """Passes on what the application says to a socket; a refusal is sent with `headers`.

    Without the extension of the server's that this takes, the refusal is the server's own: 403
    without a body.
    """

    def __init__(self, scope: Scope, send: Send, headers: dict[str, str]) -> None:
        self._scope = scope
        self._send = send
        self._headers = headers
        self._is_pending = _EXTENSION in scope.get("extensions", {})

    async def send(self, message: Message) -> None:
        """Takes the place of the server's `send`."""
        is_refused = self._is_pending and message["type"] == "websocket.close"
        self._is_pending = False
        if is_refused:
            await refuse(
                Refusal.of_status(403),
                headers=self._headers,
                send=self._send_response,
                scope=self._scope,
            )
        else:
            await self._send(message)

    async def _send_response(self, message: Message) -> None:
        await self._send({**message, "type": f"websocket.{message['type']}"})
