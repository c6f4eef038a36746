"""A database and its copies for the tests of this folder."""

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from chatbot.storage.copies.copies import Copies
from chatbot.storage.copies.objects import IN_USE, Codec, parse_name
from chatbot.storage.copies.stores import Store
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.migrations import migrate
from chatbot.storage.models import (
    ChatSession,
    Contact,
    Conversation,
    Message,
    Role,
    Table,
    new_id,
)

WAIT = 10.0


class Run:
    """One run of the program on a disk of its own: restores, opens, ships."""

    def __init__(
        self, folder: Path, store: Store, *, key: str | None = None, **values: Any
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "chatbot.db"
        place = DatabaseValues(f"sqlite:///{self.path}", key)
        self.stepped_down = self.led_again = 0
        self.copies = Copies(store, place, self.path, **values)
        self.copies.restore()
        self.database = Database(place)
        migrate(self.database)
        self.copies.start(self.database, self._step_down, self._lead_again)

    def _step_down(self) -> None:
        self.stepped_down += 1

    def _lead_again(self) -> None:
        self.led_again += 1

    def look(self) -> None:
        """What the run does every few seconds."""
        self.copies._watcher.look()

    def ship(self, seconds: float = WAIT) -> None:
        """Wait until all that is committed is in the store."""
        wait_until(lambda: self.copies._shipper is not None, seconds)
        assert self.copies._shipper is not None
        self.copies._shipper.wait().result(seconds)

    def write(self, work: Callable[[Session], Any]) -> Any:
        return self.database.write_now(work)

    def add_chat(self) -> uuid.UUID:
        return self.write(add_chat)

    def say(self, chat: uuid.UUID, text: str) -> uuid.UUID:
        return self.write(lambda session: add_message(session, chat, text))

    def leave(self, email: str, **values: Any) -> uuid.UUID:
        def work(session: Session) -> uuid.UUID:
            contact = Contact(email=email, **values)
            session.add(contact)
            return contact.id

        return self.write(work)

    def texts(self) -> set[str]:
        """What has been said, in all chats."""
        return set(self.database.read_now(lambda s: s.exec(select(Message.content)).all()))

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        return read_rows(self.database)

    def stop(self) -> None:
        self.copies.stop(WAIT)
        self.database.close()

    def kill(self) -> None:
        """End without a last shipment."""
        self.copies.stop(0)
        self.database.close()


def add_chat(session: Session) -> uuid.UUID:
    visit = ChatSession(token_hash=uuid.uuid4().hex)
    session.add(visit)
    session.flush()
    chat = Conversation(session_id=visit.id)
    session.add(chat)
    return chat.id


def add_message(session: Session, chat: uuid.UUID, text: str) -> uuid.UUID:
    message = Message(id=new_id(), conversation_id=chat, role=Role.USER, content=text)
    session.add(message)
    return message.id


def read_rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the leases, which hold for one run."""

    def work(session: Session) -> dict[str, list[tuple[Any, ...]]]:
        connection = session.connection()
        return {
            table.name: sorted(map(tuple, connection.execute(table.select())), key=str)
            for table in Table.metadata.sorted_tables
            if table.name != "lease"
        }

    return database.read_now(work)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def list_writers(store: Store) -> set[str]:
    """The runs whose objects are in the store."""
    return {name.split("/")[1] for name in store.list() if name != IN_USE}


def find_texts(store: Store) -> str:
    """All that the copies in the store hold, unpacked."""
    codec, found = Codec(None), []
    for text in store.list():
        name = parse_name(text)
        if name is not None:
            found.append(repr(codec.unpack(name, store.get(text) or b"")))
    return "\n".join(found)


def wait_until(is_so: Callable[[], bool], seconds: float = WAIT) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
