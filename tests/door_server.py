"""The whole site on a real port, in a thread, with a model's stand-in behind it.

with DoorServer(path) as server:
    chat = server.open_chat("Where did you study?")
"""

import threading
import time
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn

from chatbot.services import Services, build_services
from chatbot.serving import bind, build_config
from chatbot.site import build_site
from chatbot.storage.database import DatabaseValues
from tests.app_process import find_free_port
from tests.fakes import make_settings
from tests.stand_in import StandIn

PASSWORD = "the password of an owner with programs"
ALWAYS = {"call_hours": "Mon-Sun 00:00-24:00", "call_notice_hours": 1}


class DoorServer:
    """Served at `url`; what the model says is up to `stand_in`."""

    def __init__(self, database: Path, **settings: Any) -> None:
        self.stand_in = StandIn()
        self._database = database
        self._given = settings
        self.port = find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.services: Services

    def __enter__(self) -> Self:
        self.stand_in.__enter__()
        values = {
            "owner_password": PASSWORD,
            "openai_base_url": self.stand_in.base_url,
            "host": "127.0.0.1",
            "port": self.port,
            **ALWAYS,
            **self._given,
        }
        settings = make_settings(DatabaseValues(f"sqlite:///{self._database}"), **values)
        self.services = build_services(settings)
        self.site = build_site(settings, self.services)
        self._server = uvicorn.Server(build_config(self.site))
        sockets = [bind(settings)]
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": sockets})
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self.stand_in.__exit__(None, None, None)

    def client(self, token: str = "", **headers: str) -> httpx.Client:
        """Somebody who brings a token, or none."""
        if token:
            headers["authorization"] = f"Bearer {token}"
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=False)

    def call(self, method: str, path: str, token: str = "", **options: Any) -> httpx.Response:
        """One request."""
        with self.client(token) as client:
            return client.request(method, path, **options)

    def open_chat(self, question: str = "") -> "OpenChat":
        """A new chat of a new visitor."""
        answer = self.call("POST", "/api/chats", json={"question": question})
        assert answer.status_code == 201, answer.text
        return OpenChat(self, answer.json()["chat_id"], answer.json()["token"])

    def sign_in(self) -> str:
        """A token of the owner's."""
        answer = self.call("POST", "/api/token", json={"password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


class OpenChat:
    """One chat and its visitor's token."""

    def __init__(self, server: DoorServer, chat_id: str, token: str) -> None:
        self.server = server
        self.id = chat_id
        self.token = token

    def call(self, method: str, path: str = "", **options: Any) -> httpx.Response:
        """One request about this chat, as its visitor unless a token is given."""
        token = options.pop("token", self.token)
        return self.server.call(method, f"/api/chats/{self.id}{path}", token, **options)

    def ask(self, message: str, key: str, **options: Any) -> httpx.Response:
        body = {"message": message, "client_message_id": key}
        return self.call("POST", "/messages", json=body, **options)
