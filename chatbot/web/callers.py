"""Finds out who calls the API: the owner by token or cookie, or a visitor by their token."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import HTTPConnection

from chatbot.engine.program_chat import Caller
from chatbot.web.bearer import read_bearer
from chatbot.web.client_address import client_address
from chatbot.web.owner_token import looks_like_owner_token
from chatbot.web.refusals import Refusal

IsOwner = Callable[[Mapping[str, str]], Awaitable[bool]]


def read_chat_token(headers: Mapping[str, str]) -> str:
    """The visitor's token that a request brings, "" without one: what the owner leaves is in no
    chat of a visitor's."""
    token = read_bearer(headers)
    return "" if looks_like_owner_token(token) else token


class Callers:
    """Asks about each request; `is_owner` tells by its headers and never raises."""

    def __init__(self, is_owner: IsOwner) -> None:
        self._is_owner = is_owner

    async def find(self, connection: HTTPConnection) -> Caller:
        """Who calls. What is in the Authorization header counts before a cookie.

        A visitor's token is not looked up here: what it opens is decided with the chat it is used
        for. Raises Refusal (401) for nobody, and for an owner's token that holds no more.
        """
        token = read_bearer(connection.headers)
        if token and not looks_like_owner_token(token):
            return Caller(token=token, address=client_address(connection))
        return await self._find_owner(connection.headers)

    async def find_by_token(self, token: str, connection: HTTPConnection) -> Caller:
        """Who brings this token otherwise than in a header; raises Refusal as `find` does."""
        if token and not looks_like_owner_token(token):
            return Caller(token=token, address=client_address(connection))
        return await self._find_owner({"authorization": f"Bearer {token}"})

    async def _find_owner(self, headers: Mapping[str, str]) -> Caller:
        if await self._is_owner(headers):
            return Caller(is_owner=True)
        raise Refusal.of_status(401)

    async def require_owner(self, connection: HTTPConnection) -> None:
        """Raises Refusal unless the owner calls: 403 for a visitor, 401 for nobody."""
        caller = await self.find(connection)
        if not caller.is_owner:
            raise Refusal.of_status(403)

    async def require_visitor(self, connection: HTTPConnection) -> Caller:
        """A visitor; raises Refusal for anybody else, the owner too."""
        caller = await self.find(connection)
        if caller.is_owner:
            raise Refusal.of_status(403)
        return caller
