"""Several processes of the program on one database server, with one model and one owner.

with Processes(folder, values, count=3) as three:
    chat = await three.open_chat(at=0)
    await three.send(chat, "Where did you study?", "key-1", at=1)
    three.kill(0)
"""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
from sqlmodel import select

from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import Table
from tests.app_process import AppProcess, find_free_port
from tests.fakes import list_rows
from tests.receiver import TOKEN, USER, Receiver
from tests.stand_in import Reply, StandIn

PASSWORD = "the password of an owner with processes"
# Sentences that claim nothing: each is shown as soon as it is whole.
SENTENCES = ("Please look at this.", "And then look again.")
REQUEST_SECONDS = 120.0
SHORT = "Thank you. I am glad to help."
Row = TypeVar("Row", bound=Table)


@dataclass(frozen=True)
class Chat:
    """One chat and its visitor's token: it is the same in every process."""

    id: str
    token: str


class Processes:
    """`count` processes; `at` is the number of the one that is asked."""

    def __init__(
        self, folder: Path, values: DatabaseValues, *, count: int = 3, **settings: str
    ) -> None:
        self.stand_in = StandIn(default=Reply(text=SHORT))
        self.receiver = Receiver()
        self.database = Database(values)
        command = (sys.executable, str(Path(__file__).parent / "pushover_app.py"))
        shared = {
            "DATABASE_URL": values.url,
            "SECRET_KEY": "one secret key for all processes of this test",
            "OWNER_PASSWORD": PASSWORD,
            "OPENAI_API_KEY": "none",
            "PUSHOVER_USER": USER,
            "PUSHOVER_TOKEN": TOKEN,
            "MODEL_PRICES": '{"gpt-4.1-mini": {"input": 1, "cached": 0.5, "output": 4}}',
            **settings,
        }
        self.stand_in.port = find_free_port()
        shared["OPENAI_BASE_URL"] = self.stand_in.base_url
        self.apps = [
            AppProcess(folder / str(number), shared, command=(*command, self.receiver.url))
            for number in range(count)
        ]
        self.owner = ""

    def __enter__(self) -> Self:
        self.stand_in.__enter__()
        self.receiver.__enter__()
        try:
            # The first one has the lease of the background work.
            self.apps[0].start()
            with ThreadPoolExecutor() as pool:
                list(pool.map(AppProcess.start, self.apps[1:]))
            asyncio.run(self._get_ready())
        except BaseException:
            self.__exit__()
            raise
        return self

    async def _get_ready(self) -> None:
        """The owner signs in, and each process has answered once: its first answer loads much."""
        signed_in = await self.call("POST", "/api/token", at=0, json={"password": PASSWORD})
        self.owner = signed_in["access_token"]
        chat = await self.open_chat(at=0)
        for at in range(len(self.apps)):
            await self.send(chat, "Are you there?", f"ready-{at}", at=at)

    def __exit__(self, *_: object) -> None:
        for app in self.apps:
            app.kill()
        self.database.close()
        self.receiver.__exit__()
        self.stand_in.__exit__()

    def kill(self, at: int) -> None:
        """Ends one at once, as a power cut would."""
        self.apps[at].kill()

    def restart(self, at: int) -> None:
        """Starts one that was killed again."""
        self.apps[at].start()

    def url(self, at: int) -> str:
        return self.apps[at].url

    def list_rows(self, table: type[Row]) -> list[Row]:
        return list_rows(self.database, table)

    def list_where(self, table: type[Row], *conditions: Any) -> list[Row]:
        """The rows of a table that meet the conditions."""
        statement = select(table).where(*conditions)
        return self.database.read_now(lambda session: list(session.exec(statement).all()))

    def change(self, work: Callable[[Any], None]) -> None:
        """Changes what is stored, as no program would."""
        self.database.write_now(work)

    async def open_chat(self, *, at: int) -> Chat:
        """A new chat of a new visitor."""
        answer = await self.call("POST", "/api/chats", at=at, json={})
        return Chat(answer["chat_id"], answer["token"])

    async def send(self, chat: Chat, message: str, key: str, *, at: int) -> dict[str, Any]:
        """Send a message and wait for the answer."""
        body = {"message": message, "client_message_id": key}
        path = f"/api/chats/{chat.id}/messages"
        return await self.call("POST", path, at=at, token=chat.token, json=body)

    async def say_as_owner(self, chat: Chat, message: str, *, at: int) -> dict[str, Any]:
        """The owner writes, and takes the chat over with it."""
        body = {"message": message, "client_message_id": message}
        path = f"/api/chats/{chat.id}/messages"
        return await self.call("POST", path, at=at, token=self.owner, json=body)

    async def leave_contact(self, email: str, *, at: int) -> None:
        await self.call("POST", "/api/contacts", at=at, json={"email": email, "consent": True})

    async def call(
        self, method: str, path: str, *, at: int, token: str = "", **options: Any
    ) -> dict[str, Any]:
        """One request; raises httpx.HTTPStatusError unless it succeeds."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(timeout=REQUEST_SECONDS, verify=False) as client:
            answer = await client.request(method, self.url(at) + path, headers=headers, **options)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found
