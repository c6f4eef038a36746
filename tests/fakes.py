"""The program's parts built for a test, over a real database and the provider's stand-in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import select

from chatbot.engine.views import ChatView, MessageView
from chatbot.engine.visitor_chat import ChatKey, PageInfo, VisitorChat
from chatbot.people.addresses import AddressHashes
from chatbot.people.limits import Limits
from chatbot.rates import parse_rates
from chatbot.services import Services, build_services
from chatbot.settings import Settings
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import Table

Row = TypeVar("Row", bound=Table)

PROFILE = Path(__file__).parent.parent / "data" / "profile"
SECRET = "a secret key that is long enough for every test"


def make_settings(database: DatabaseValues, **values: Any) -> Settings:
    """Settings for a test; nothing is read from the environment's `.env`."""
    defaults: dict[str, Any] = {
        "database_url": database.url,
        "database_key": database.key,
        "profile_dir": PROFILE,
        "secret_key": SECRET,
        # Tests send more than a person would; those of the limits set their own.
        "rate_limits": "off",
        "model_prices": '{"gpt-4.1-mini": {"input": 1, "cached": 0.5, "output": 4}}',
    }
    return Settings(_env_file=None, **{**defaults, **values})


def no_limits() -> Limits:
    """Limits that limit nothing."""
    return Limits(parse_rates("off"), addresses=AddressHashes())


@asynccontextmanager
async def running_services(settings: Settings) -> AsyncIterator[Services]:
    """The services of a program that has started, stopped when the test is over."""
    services = build_services(settings)
    await services.start()
    try:
        yield services
    finally:
        await services.stop()


@dataclass
class Visitor:
    """A visitor with one open page: sends, waits for the answer, and reads what is shown."""

    chat: VisitorChat
    view: ChatView
    page: str = "page-1"

    @classmethod
    async def arrive(cls, chat: VisitorChat, token: str | None = None) -> "Visitor":
        return cls(chat, await chat.open_page(token, page=PageInfo(page="page-1")))

    @property
    def key(self) -> ChatKey:
        return ChatKey(
            token=self.view.token,
            conversation_id=str(self.view.conversation_id),
            client_message_id=self.view.next_message_id,
            page=self.page,
        )

    @property
    def messages(self) -> tuple[MessageView, ...]:
        return self.view.messages

    @property
    def answer(self) -> MessageView:
        return next(message for message in reversed(self.messages) if message.role == "assistant")

    async def follow(self) -> list[ChatView]:
        views = [view async for view in self.chat.follow(self.key)]
        self.view = views[-1]
        return views

    async def ask(self, text: str) -> MessageView:
        self.view = await self.chat.send(self.key, text)
        await self.follow()
        return self.answer

    async def reload(self) -> "Visitor":
        return replace(self, view=await self.chat.open_page(self.view.token, page=PageInfo()))


def list_rows(database: Database, table: type[Row]) -> list[Row]:
    """Every row of a table in the order of its keys: a server has no order of its own."""
    statement = select(table).order_by(*table.__table__.primary_key)  # type: ignore[attr-defined]
    return database.read_now(lambda session: list(session.exec(statement).all()))


def read_rows(services: Services, table: type[Row]) -> list[Row]:
    """Every row of a table, in the order of their keys."""
    return list_rows(services.database, table)
