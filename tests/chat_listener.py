"""A program that holds a socket to one chat and keeps what it is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect

# For the busiest of machines; whoever is told in time does not wait.
SECONDS = 60


class Socket:
    """A client that keeps what it is told."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.events: list[dict] = []

    async def send(self, event: str, **body: object) -> None:
        await self.connection.send(json.dumps({"event": event, "body": body}))

    async def until(self, name: str, **wanted: object) -> dict:
        """The next event of this name with these values; pings are answered."""
        async with asyncio.timeout(SECONDS):
            while True:
                frame = json.loads(await self.connection.recv())
                if frame["event"] == "PING":
                    await self.send("PONG")
                    continue
                self.events.append(frame)
                body = frame["body"]
                if frame["event"] == name and all(body.get(k) == v for k, v in wanted.items()):
                    return body

    async def hears(self, name: str, **wanted: object) -> dict:
        """The first event of this name with these values, which may have come before."""
        for body in self.named(name):
            if all(body.get(key) == value for key, value in wanted.items()):
                return body
        return await self.until(name, **wanted)

    def named(self, name: str) -> list[dict]:
        return [frame["body"] for frame in self.events if frame["event"] == name]


@asynccontextmanager
async def open_socket(url: str, chat_id: str, token: str, **hello: str) -> AsyncIterator[Socket]:
    """A socket to the program at `url`, for whoever holds the token."""
    address = f"{url.replace('http', 'ws', 1)}/api/chats/{chat_id}/events"
    async with connect(address) as connection:
        socket = Socket(connection)
        await socket.send("HELLO", token=token, **hello)
        yield socket
