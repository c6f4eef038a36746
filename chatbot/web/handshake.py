"""The answer to a WebSocket's handshake, which is a response like any other while it is refused."""

from starlette.types import Message, Scope, Send

from chatbot.web.refusals import Refusal, log_refusal, refuse

_EXTENSION = "websocket.http.response"
_CLOSE = "websocket.close"
_POLICY_VIOLATION, _TRY_LATER = 1008, 1013


class Handshake:
    """Passes on what the application says to a socket; a refusal is sent with `headers`.

    Without the extension of the server's that this takes, the refusal is the server's own: 403
    without a body.
    """

    def __init__(self, scope: Scope, send: Send, headers: dict[str, str]) -> None:
        self._scope = scope
        self._send = send
        self._headers = headers
        self._can_answer = _EXTENSION in scope.get("extensions", {})
        self._is_pending = True

    async def send(self, message: Message) -> None:
        """Takes the place of the server's `send`."""
        is_refused = self._is_pending and message["type"] == _CLOSE
        if is_refused and self._can_answer:
            await self.refuse(Refusal.of_status(403))
        else:
            self._is_pending = False
            await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Answers a handshake that has not been answered yet, as a request is."""
        self._is_pending = False
        if not self._can_answer:
            log_refusal(refusal, self._scope)
            code = _POLICY_VIOLATION if refusal.status == 403 else _TRY_LATER
            await self._send({"type": _CLOSE, "code": code})
            return
        headers, scope = self._headers, self._scope
        await refuse(refusal, headers=headers, send=self._send_response, scope=scope)

    async def _send_response(self, message: Message) -> None:
        await self._send({**message, "type": f"websocket.{message['type']}"})
