"""E-mail to visitors: written with what it tells, in one transaction, and sent later.

What was sent, or given up, is not kept: the row remembers whom it went to and under which subject,
and its text, which may hold a code or a secret link, is emptied.
"""

import asyncio
import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlmodel import Session, col

from chatbot.people.channels import SendResult, failed_inside
from chatbot.people.confirming import Confirming
from chatbot.people.contact_details import validate_email
from chatbot.people.mail_channel import Letter
from chatbot.people.retries import Retries, write_for_sure
from chatbot.storage import emails
from chatbot.storage.database import Database
from chatbot.storage.models import EmailMessage, NotificationStatus, new_id, utc_now
from chatbot.storage.rows import add_unless_there
from chatbot.text import clean_line, clean_text

log = logging.getLogger(__name__)

MAX_SUBJECT = 200
MAX_TEXT = 20_000
MAX_FILE_NAME = 120
BATCH = 10
FOOTER = (
    "--\nYou get this because this address was typed into the chat of {name}{where}. If that was "
    "not you, no more needs to be done: nothing was agreed in your name."
)


def add_email(
    session: Session,
    *,
    email: str,
    subject: str,
    text: str,
    dedupe_key: str | None = None,
    session_id: uuid.UUID | None = None,
    file_name: str | None = None,
    file_text: str | None = None,
) -> bool:
    """Put an e-mail to a visitor among those to be sent; False when `dedupe_key` is there already.

    `subject` becomes one line and both are plain text; a footer that says why it came is added when
    it is sent. `file_text` is a calendar file. Raises InvalidInput for an address that cannot be
    right.
    """
    row = EmailMessage(
        session_id=session_id,
        email=validate_email(email),
        subject=clean_line(subject, limit=MAX_SUBJECT),
        text=clean_text(text, limit=MAX_TEXT),
        file_name=_clean_file_name(file_name),
        file_text=file_text,
        dedupe_key=dedupe_key,
    )
    if dedupe_key is not None:
        return add_unless_there(session, row)
    session.add(row)
    return True


class MailWay(Protocol):
    """Hands one letter to a mail service; never raises for what the service does."""

    async def send(self, letter: Letter) -> SendResult: ...


@dataclass(frozen=True)
class MailerValues:
    """Who writes, from which page; a claim whose run died is open again after `claim_seconds`."""

    owner_name: str
    page_url: str = ""
    retries: Retries = Retries()
    claim_seconds: float = 120.0


@dataclass(frozen=True)
class _Claim:
    id: uuid.UUID
    letter: Letter
    attempts: int
    created_at: datetime


class Mailer:
    """Sends what waits. Without a mail service it marks it as skipped, so that whoever sets one up
    later does not send old news."""

    def __init__(
        self,
        *,
        database: Database,
        channel: MailWay | None,
        values: MailerValues,
        confirming: Confirming,
        run_id: uuid.UUID | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._channel = channel
        self._values = values
        self._confirming = confirming
        self._clock = clock
        self.run_id = run_id or new_id()

    @property
    def is_set_up(self) -> bool:
        """Whether e-mail is sent at all."""
        return self._channel is not None

    async def take_over(self) -> None:
        """Make due what the leader before us was sending when it died."""
        now = self._clock()
        await self._database.write(
            lambda session: emails.release_claims(session, run_id=self.run_id, now=now)
        )

    async def deliver_due(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """Try everything that is due once; returns how many e-mails were tried.

        `go_on` is asked before each is claimed: False ends the pass with those that are.
        """
        now = self._clock()
        due = await self._database.read(lambda s: emails.list_due(s, now=now, limit=BATCH))
        if not due:
            return 0
        if self._channel is None:
            await self._database.write(lambda session: self._skip(session, now))
            return 0
        # A letter confirms what it tells of. If no copy has it by now, the letter itself is one.
        await self._confirming.is_safe()
        claims = []
        for email_id in due:
            claim = await self._claim(email_id) if go_on() else None
            if claim is not None:
                claims.append(claim)
        await asyncio.gather(*(self._deliver(claim) for claim in claims))
        return len(claims)

    def _skip(self, session: Session, now: datetime) -> None:
        status = NotificationStatus.SKIPPED
        is_due = col(EmailMessage.next_attempt_at) <= now
        emails.set_pending(session, is_due, **_over(status, now))

    async def _claim(self, email_id: uuid.UUID) -> _Claim | None:
        return await self._database.write(
            lambda session: self._claim_in(session, email_id, self._clock())
        )

    def _claim_in(self, session: Session, email_id: uuid.UUID, now: datetime) -> _Claim | None:
        row = emails.lock_due(session, email_id=email_id, now=now)
        if row is None:
            return None
        row.attempts += 1
        row.claimed_by = self.run_id
        row.next_attempt_at = now + timedelta(seconds=self._values.claim_seconds)
        session.add(row)
        text = f"{row.text}\n\n{self._footer()}\n"
        letter = Letter(row.email, row.subject, text, row.file_name, row.file_text)
        return _Claim(row.id, letter, row.attempts, row.created_at)

    def _footer(self) -> str:
        where = f" ({self._values.page_url})" if self._values.page_url else ""
        return FOOTER.format(name=self._values.owner_name, where=where)

    async def _deliver(self, claim: _Claim) -> None:
        result = await self._send(claim)
        level = logging.INFO if result.is_sent else logging.WARNING
        facts = {"email_id": str(claim.id), "attempt": claim.attempts, "reason": result.error}
        log.log(level, "e-mail sent" if result.is_sent else "e-mail not sent", extra=facts)
        await write_for_sure(
            self._database,
            lambda session: self._mark(session, claim, result, self._clock()),
        )

    async def _send(self, claim: _Claim) -> SendResult:
        assert self._channel is not None
        try:
            return await self._channel.send(claim.letter)
        except Exception as error:
            # One letter's fault must not stop the others.
            log.exception("the mail service failed")
            return failed_inside(error)

    def _mark(self, session: Session, claim: _Claim, result: SendResult, now: datetime) -> None:
        retries = self._values.retries
        if result.is_sent:
            values = {**_over(NotificationStatus.SENT, now), "sent_at": now, "last_error": None}
        elif now >= claim.created_at + retries.give_up_after:
            values = {**_over(NotificationStatus.FAILED, now), "last_error": result.error}
            log.error("e-mail given up", extra={"email_id": str(claim.id)})
        else:
            pause = retries.pause(claim.attempts, [result.retry_after])
            values = {"next_attempt_at": now + pause, "last_error": result.error}
            values |= {"claimed_by": None, "updated_at": now}
        is_ours = (col(EmailMessage.id) == claim.id, col(EmailMessage.claimed_by) == self.run_id)
        emails.set_pending(session, *is_ours, **values)


def _over(status: str, now: datetime) -> dict[str, object]:
    """The columns of an e-mail that is not tried again: its content is not kept."""
    emptied = {"text": "", "file_text": None}
    return {"status": status, "claimed_by": None, "updated_at": now, **emptied}


def _clean_file_name(name: str | None) -> str | None:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:MAX_FILE_NAME] if name else None
