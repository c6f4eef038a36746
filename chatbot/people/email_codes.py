"""Proof of an e-mail address: six digits, sent to it, good for ten minutes and five tries.

A code is asked for by a session and for an address that was left in it. The database holds a keyed
hash only.
"""

import hmac
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.mail import add_email
from chatbot.signing import Signer
from chatbot.storage import email_codes
from chatbot.storage.database import Database
from chatbot.storage.models import EmailCode, new_id, utc_now

VALID = timedelta(minutes=10)
MAX_TRIES = 5
MAX_AN_HOUR = 3

TOO_MANY = "Three codes were sent within an hour. Please use the last one, or try again later."
WRONG = "This is not the code. Please look again; {left} left."
NO_CODE = "There is no valid code any more. Please have a new one sent."
SUBJECT = "{code} is your code"
TEXT = (
    "Your code is {code}\n\nType it on the page of {name} to confirm this e-mail address. It is "
    "good for 10 minutes. Nobody will ask you for it; do not pass it on."
)


@dataclass(frozen=True)
class LeftAddress:
    """An address that was left in a session; `is_verified` when it has been proved there."""

    email: str
    is_verified: bool


class EmailCodes:
    """Sends codes and takes them back. `sends_email` False: there is nothing to verify by."""

    def __init__(
        self,
        *,
        database: Database,
        signer: Signer,
        owner_name: str,
        sends_email: bool,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._signer = signer
        self._owner_name = owner_name
        self.sends_email = sends_email
        self._clock = clock

    async def list_addresses(self, session_id: uuid.UUID) -> tuple[LeftAddress, ...]:
        """The addresses that were left in a session, each once."""
        found = await self._database.read(
            lambda session: email_codes.list_left(session, session_id=session_id)
        )
        return tuple(LeftAddress(email, verified is not None) for email, verified in found)

    async def send(self, session_id: uuid.UUID, email: str) -> None:
        """Send a new code, which ends older ones.

        Raises NotFound for an address that was not left in this session, or without e-mail, and
        InvalidInput when too many were asked for.
        """
        if not self.sends_email:
            raise NotFound
        await self._database.write(lambda session: self._send(session, session_id, email))

    async def check(self, session_id: uuid.UUID, email: str, code: str) -> None:
        """Take a code: the address is proved. Raises InvalidInput for a wrong or an old one."""
        fault = await self._database.write(
            lambda session: self._check(session, session_id, email, code)
        )
        if fault:
            raise InvalidInput(fault)

    def _send(self, session: Session, session_id: uuid.UUID, email: str) -> None:
        now = self._clock()
        left = dict(email_codes.list_left(session, session_id=session_id, for_update=True))
        if email not in left:
            raise NotFound
        since = now - timedelta(hours=1)
        for whose in ({"session_id": session_id}, {"email": email}):
            if email_codes.count_since(session, since=since, **whose) >= MAX_AN_HOUR:
                raise InvalidInput(TOO_MANY)
        email_codes.end_older(session, session_id=session_id, email=email, now=now)
        code, code_id = f"{secrets.randbelow(1_000_000):06}", new_id()
        row = EmailCode(
            id=code_id,
            session_id=session_id,
            email=email,
            code_hash=self._hash(code_id, code),
            expires_at=now + VALID,
            created_at=now,
        )
        session.add(row)
        add_email(
            session,
            email=email,
            subject=SUBJECT.format(code=code),
            text=TEXT.format(code=code, name=self._owner_name),
            session_id=session_id,
        )

    def _check(self, session: Session, session_id: uuid.UUID, email: str, code: str) -> str:
        """Returns what is wrong, "" for the right code: a wrong try has to be stored too."""
        now = self._clock()
        row = email_codes.lock_open(session, session_id=session_id, email=email, now=now)
        if row is None or row.tries >= MAX_TRIES:
            return NO_CODE
        row.tries += 1
        session.add(row)
        digits = "".join(
            character for character in code if character.isascii() and character.isdigit()
        )
        if not hmac.compare_digest(self._hash(row.id, digits), row.code_hash):
            left = MAX_TRIES - row.tries
            return (
                WRONG.format(left=f"{left} {'try' if left == 1 else 'tries'}") if left else NO_CODE
            )
        row.used_at = now
        email_codes.mark_verified(session, email=email, now=now)
        return ""

    def _hash(self, code_id: uuid.UUID, code: str) -> str:
        return self._signer.digest(f"{code_id}:{code}")
