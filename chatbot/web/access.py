"""Who the owner is: signs in by password or Hugging Face name, and is found again by a cookie.

A program brings a signed token in place of the cookie (`owner_token.py`).

The cookie is an opaque token of 256 random bits and a signature over it, so that a made-up one is
refused without a look at the database. What it opens is a row that ends after 8 hours, after an
hour without activity, by signing out, and with a change of the password.
"""

import asyncio
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from chatbot.errors import ChatbotError, InvalidInput, PermissionDenied
from chatbot.people.addresses import AddressHashes
from chatbot.people.owner_sign_in import (
    LIFETIME,
    PASSWORD,
    USER,
    SignedIn,
    count_try,
    end_sign_in,
    find_sign_in,
    forgive_try,
    note_activity,
    open_sign_in,
)
from chatbot.storage.database import Database
from chatbot.storage.models import utc_now
from chatbot.web.bearer import read_bearer
from chatbot.web.owner_cookie import read_owner_cookie
from chatbot.web.owner_token import LIFETIME as TOKEN_LIFETIME
from chatbot.web.owner_token import OwnerTokens
from chatbot.web.passwords import PasswordHash

log = logging.getLogger(__name__)

OWNER, VISITOR = "owner", "visitor"
WRONG_PASSWORD = "This is not the password."
# Every caller without an address counts as one.
NOWHERE = "nowhere"
_REMEMBERED_SECONDS = 5.0
_MAX_REMEMBERED = 100
_TOKEN_BYTES = 32
_PASSWORDS_AT_ONCE = 2


class TooManyTries(ChatbotError):
    """The door is closed for a while: the message says for how long, and `retry_after` in
    seconds."""

    def __init__(self, user_message: str, *, retry_after: int = 60) -> None:
        super().__init__(user_message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class AccessValues:
    """Who is let in: by `password`, and by one of `usernames` when Hugging Face vouches for it."""

    secret_key: str
    password: PasswordHash | None = None
    usernames: frozenset[str] = frozenset()

    @property
    def credentials(self) -> frozenset[str]:
        """What a sign-in may rest on, in the words it is stored with."""
        names = {_credential_of(name) for name in self.usernames}
        return frozenset(names | ({self.password_credential} if self.password else set()))

    @property
    def password_credential(self) -> str:
        return f"{PASSWORD}:{self.password.fingerprint if self.password else ''}"


class Caller(Protocol):
    """What is read of a Gradio request; `username` is what `identify` said about it."""

    username: str | None

    @property
    def headers(self) -> Any: ...


class OwnerAccess:
    """Opens, finds and ends the owner's sign-ins; every owner handler and route asks it.

    A sign-in that was found is believed for five seconds: an end by another process is noticed
    then, one by this process at once.
    """

    def __init__(
        self,
        values: AccessValues,
        *,
        database: Database,
        addresses: AddressHashes | None = None,
        clock: Callable[[], datetime] = utc_now,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._values = values
        self._credentials = values.credentials
        self._database = database
        self._clock = clock
        self._seconds = seconds
        self._key = hashlib.sha256(b"owner:" + values.secret_key.encode()).digest()
        # Their key may live in memory only: then the tries of one address begin anew with a
        # restart, and those of all addresses together go on, since they need no address.
        self._addresses = addresses or AddressHashes(clock)
        self._tokens = OwnerTokens(values.secret_key)
        self._remembered: dict[str, tuple[SignedIn, float]] = {}
        self._sign_outs = 0
        self._passwords = asyncio.Semaphore(_PASSWORDS_AT_ONCE)

    @property
    def has_password(self) -> bool:
        return self._values.password is not None

    @property
    def has_usernames(self) -> bool:
        return bool(self._values.usernames)

    async def sign_in(self, password: str, *, address: str) -> str:
        """The cookie for a right password.

        Raises InvalidInput for a wrong one and TooManyTries, before it is looked at, after five in
        15 minutes from one address.
        """
        await self._check_password(password, address)
        token = await self._open(self._values.password_credential)
        return f"{token}.{self._sign(token)}"

    async def issue_token(self, password: str, *, address: str) -> str:
        """A token for a program, good for an hour; refuses and counts as `sign_in` does."""
        await self._check_password(password, address)
        sign_in = await self._open(self._values.password_credential, lifetime=TOKEN_LIFETIME)
        return self._tokens.make(sign_in, now=self._clock())

    async def _check_password(self, password: str, address: str) -> None:
        source = self._addresses.hash(address) or NOWHERE
        now = self._clock()
        counted = await self._database.write(
            lambda session: count_try(session, source=source, now=now)
        )
        if not counted.is_allowed:
            raise self._closed(counted.locked_until)
        if not await self._is_password(password):
            log.warning("sign-in refused: wrong password")
            raise self._closed(counted.locked_until, WRONG_PASSWORD)
        await self._database.write(lambda session: forgive_try(session, source=source, now=now))

    async def sign_in_as(self, username: str) -> str:
        """The cookie for a user that Hugging Face vouches for; others are a PermissionDenied."""
        credential = _credential_of(username)
        if not username or credential not in self._credentials:
            log.warning("sign-in refused: not the owner's Hugging Face user")
            raise PermissionDenied("This Hugging Face user is not the owner of this page.")
        token = await self._open(credential)
        return f"{token}.{self._sign(token)}"

    async def sign_out(self, headers: Mapping[str, str], *, everywhere: bool = False) -> None:
        """Ends the sign-in that a request brings, or with it all others; nothing without one."""
        token = self._read_token(headers)
        if token is None or await self.find(headers) is None:
            return
        now = self._clock()
        await self._database.write(
            lambda session: end_sign_in(session, token=token, everywhere=everywhere, now=now)
        )
        self._sign_outs += 1
        self._remembered.clear()
        log.info("the owner signed out%s", " everywhere" if everywhere else "")

    async def find(self, headers: Mapping[str, str]) -> SignedIn | None:
        """The sign-in that a request brings, None for a visitor; asks no database without one."""
        token = self._read_token(headers)
        if token is None:
            return None
        if (found := self._recall(token)) is not None:
            return found
        begun = self._begin_look()
        answer = await self._database.read(self._look_up(token))
        if answer and answer[1]:
            await self._database.write(self._note(token))
        return self._remember(token, answer, begun)

    def find_now(self, headers: Mapping[str, str]) -> SignedIn | None:
        """`find()` for a caller that is itself a worker thread."""
        token = self._read_token(headers)
        if token is None:
            return None
        if (found := self._recall(token)) is not None:
            return found
        begun = self._begin_look()
        answer = self._database.read_now(self._look_up(token))
        if answer and answer[1]:
            self._database.write_now(self._note(token))
        return self._remember(token, answer, begun)

    async def holds(self, headers: Mapping[str, str]) -> bool:
        """Whether the sign-in that a request brings still holds; asking is no activity of it."""
        token = self._read_token(headers)
        if token is None:
            return False
        if self._recall(token) is not None:
            return True
        return await self._database.read(self._look_up(token)) is not None

    async def identify(self, headers: Mapping[str, str]) -> str:
        """ "owner" or "visitor"; a visitor when that cannot be found out."""
        try:
            return OWNER if await self.find(headers) else VISITOR
        except Exception:
            # The page of a visitor with an odd cookie must not end with a fault of the database.
            log.exception("the owner's sign-in could not be checked")
            return VISITOR

    async def require_owner(self, request: Caller) -> SignedIn:
        """The sign-in behind a call of the page; raises PermissionDenied unless it holds."""
        found = await self.find(request.headers) if request.username == OWNER else None
        if found is None:
            raise PermissionDenied
        return found

    def require_owner_now(self, request: Caller) -> SignedIn:
        """`require_owner()` for a caller that is itself a worker thread."""
        found = self.find_now(request.headers) if request.username == OWNER else None
        if found is None:
            raise PermissionDenied
        return found

    def _closed(self, until: datetime | None, otherwise: str = "") -> ChatbotError:
        if until is None:
            return InvalidInput(otherwise)
        seconds = (until - self._clock()).total_seconds()
        minutes = max(1, -(-seconds // 60))
        unit = "minute" if minutes == 1 else "minutes"
        words = f"Too many wrong tries. Try again in {minutes:.0f} {unit}."
        return TooManyTries(words, retry_after=max(1, round(seconds)))

    async def _is_password(self, password: str) -> bool:
        known = self._values.password
        if known is None:
            return False
        async with self._passwords:
            return await asyncio.to_thread(known.matches, password)

    async def _open(self, credential: str, *, lifetime: timedelta = LIFETIME) -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._clock()
        await self._database.write(
            lambda session: open_sign_in(
                session, token=token, credential=credential, now=now, lifetime=lifetime
            )
        )
        log.info("the owner signed in")
        return token

    def _recall(self, token: str) -> SignedIn | None:
        found, until = self._remembered.get(token, (None, 0.0))
        return found if self._seconds() < until else None

    def _begin_look(self) -> tuple[float, int]:
        return self._seconds(), self._sign_outs

    def _look_up(self, token: str) -> Callable[[Any], tuple[SignedIn, bool] | None]:
        now, credentials = self._clock(), self._credentials
        return lambda session: find_sign_in(session, token=token, credentials=credentials, now=now)

    def _note(self, token: str) -> Callable[[Any], None]:
        now = self._clock()
        return lambda session: note_activity(session, token=token, now=now)

    def _remember(
        self, token: str, answer: tuple[SignedIn, bool] | None, begun: tuple[float, int]
    ) -> SignedIn | None:
        looked_at, sign_outs = begun
        # Whoever signed out while the answer was on its way has not been seen by it.
        if answer is None or sign_outs != self._sign_outs:
            return None
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[token] = (answer[0], looked_at + _REMEMBERED_SECONDS)
        return answer[0]

    def _read_token(self, headers: Mapping[str, str]) -> str | None:
        if by_token := self._tokens.read(read_bearer(headers)):
            return by_token
        token, _, signature = read_owner_cookie(headers).partition(".")
        expected = self._sign(token)
        is_ours = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
        return token if token and is_ours else None

    def _sign(self, token: str) -> str:
        return hmac.new(self._key, b"cookie:" + token.encode(), hashlib.sha256).hexdigest()


def _credential_of(username: str) -> str:
    return f"{USER}:{username.strip().casefold()}"[:120]
