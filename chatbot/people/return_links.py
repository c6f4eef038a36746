"""Opens a visitor's chat on another device: a link that works once, within a day.

The link holds the visitor's token, sealed, so that the database needs no second secret; that it was
used is a row whose key is made of the link.
"""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.people.sessions import find_session
from chatbot.signing import Sealer
from chatbot.storage.database import Database
from chatbot.storage.models import ActionLink, utc_now
from chatbot.storage.rows import add_unless_there

VALID = timedelta(hours=24)
ACTION = "return"
MAX_CODE = 500


class ReturnLinks:
    """Makes and takes the codes of these links."""

    def __init__(
        self, *, database: Database, sealer: Sealer, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._clock = clock

    def build_code(self, token: str) -> str:
        """A code for the visitor who holds `token`; whether the token opens anything shows when
        the code is used."""
        return self._sealer.seal(token)

    async def is_open(self, code: str) -> bool:
        """Whether a code can still be used; changes nothing."""
        token = self._read(code)
        if token is None:
            return False

        def work(session: Session) -> bool:
            is_known = find_session(session, token) is not None
            return is_known and session.get(ActionLink, _key_of(code)) is None

        return await self._database.read(work)

    async def use(self, code: str) -> str | None:
        """The visitor's token, once; None for a code that is used, old or none of ours."""
        token = self._read(code)
        if token is None:
            return None

        def work(session: Session) -> bool:
            chat = find_session(session, token)
            if chat is None:
                return False
            now = self._clock()
            row = ActionLink(
                id=_key_of(code),
                action=ACTION,
                target_id=chat.id,
                expires_at=now + VALID,
                used_at=now,
                created_at=now,
            )
            return add_unless_there(session, row)

        return token if await self._database.write(work) else None

    def _read(self, code: str) -> str | None:
        if len(code) > MAX_CODE:
            return None
        return self._sealer.open(code, seconds=int(VALID.total_seconds()))


def _key_of(code: str) -> uuid.UUID:
    # A valid UUID: MariaDB refuses other bits.
    return uuid.UUID(bytes=hashlib.sha256(code.encode()).digest()[:16], version=5)
