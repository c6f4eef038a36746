"""A loopback server that speaks Pushover's message API and keeps what it accepts.

with Receiver() as receiver:
    receiver.refuse_with(503, 429)
    ...
    receiver.accepted  # the messages that were answered with 200
"""

import json
import threading
import time
import uuid
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

USER, TOKEN = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG", "azGDORePK8gMaC0QOYAMyEEuzJnyUi"
_PATH = "/1/messages.json"


@dataclass(frozen=True)
class Push:
    """One accepted message, and when it arrived (`time.monotonic`)."""

    fields: dict[str, str]
    at: float

    @property
    def title(self) -> str:
        return self.fields["title"]

    @property
    def message(self) -> str:
        return self.fields["message"]


class Receiver:
    """Pushover as https://pushover.net/api describes it: form fields, limits, status codes."""

    def __init__(self, port: int = 0) -> None:
        self.accepted: list[Push] = []
        self.refused: list[int] = []
        self.arrived = 0
        self.seconds = 0.0  # how long it thinks before it answers
        self._refusals: list[int] = []
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                status = receiver._take(self.path, self.rfile.read(size))
                body = json.dumps({"status": int(status == 200), "request": str(uuid.uuid4())})
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                if status == 429:
                    self.send_header("Retry-After", "30")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{_PATH}"

    def refuse_with(self, *statuses: int) -> None:
        """Answer the next requests with these errors, and later ones again as it should be."""
        self._refusals = list(statuses)

    def wait_for(self, count: int, *, seconds: float) -> list[Push]:
        """The accepted messages, as soon as there are `count`, or when the time is over."""
        until = time.monotonic() + seconds
        while len(self.accepted) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.accepted

    def _take(self, path: str, body: bytes) -> int:
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.arrived += 1
        time.sleep(self.seconds)
        with self._lock:
            status = self._refusals.pop(0) if self._refusals else _judge(path, fields)
            if status == 200:
                self.accepted.append(Push(fields, time.monotonic()))
            else:
                self.refused.append(status)
        return status

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _judge(path: str, fields: dict[str, str]) -> int:
    if path != _PATH:
        return 404
    is_known = (fields.get("token"), fields.get("user")) == (TOKEN, USER)
    has_room = len(fields.get("title", "")) <= 250 and 1 <= len(fields.get("message", "")) <= 1024
    return 200 if is_known and has_room else 400
