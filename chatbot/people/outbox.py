"""Delivers the outbox: each notification once to every channel, however often it takes.

One program at a time delivers (`background.py` holds the lease). A notification is claimed before
it is sent and marked afterwards, so that only a crash between the two can send it twice.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlmodel import Session, col

from chatbot.people.channels import Notifier, SendResult, failed_inside
from chatbot.people.gathering import GatheringValues, holds_back
from chatbot.people.notification_text import Link, NotificationText, build_text
from chatbot.people.notifications import NotificationKind
from chatbot.people.retries import Retries, write_for_sure
from chatbot.storage import outbox
from chatbot.storage.database import Database
from chatbot.storage.models import Delivery, Notification, NotificationStatus, new_id, utc_now

log = logging.getLogger(__name__)

BATCH = 20


@dataclass(frozen=True)
class OutboxValues:
    """Limits of the delivery.

    A claim whose run died is open again after `claim_seconds`.
    """

    gathering: GatheringValues = field(default_factory=GatheringValues)
    retries: Retries = Retries()
    claim_seconds: float = 120.0


@dataclass(frozen=True)
class Claim:
    """A notification that this run sends now, and the channels that have it already."""

    id: uuid.UUID
    kind: str
    text: NotificationText
    attempts: int
    announced_at: datetime
    served: frozenset[str]


class LinkBuilder(Protocol):
    """Makes the links that a notification carries, when it is put into words."""

    def build_links(
        self, session: Session, notification: Notification, *, now: datetime
    ) -> Sequence[Link]:
        """The same links each time for one notification; they are stored in the transaction."""
        ...


class Outbox:
    """Sends what waits. Without a channel it marks it as skipped, so that the owner who sets up a
    channel later gets news and not history."""

    def __init__(
        self,
        *,
        database: Database,
        channels: Sequence[Notifier],
        values: OutboxValues | None = None,
        links: LinkBuilder | None = None,
        run_id: uuid.UUID | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._channels = tuple(channels)
        self._values = values or OutboxValues()
        self._links = links
        self._clock = clock
        self.run_id = run_id or new_id()

    @property
    def channel_names(self) -> tuple[str, ...]:
        """The names of the channels that are set up, in their order."""
        return tuple(channel.name for channel in self._channels)

    async def take_over(self) -> None:
        """Make due what the leader before us was sending when it died."""
        now = self._clock()
        await self._database.write(
            lambda session: outbox.release_claims(session, run_id=self.run_id, now=now)
        )

    async def deliver_due(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """Try everything that is due once; returns how many notifications were tried.

        `go_on` is asked before each is claimed: False ends the pass with those that are.
        """
        now = self._clock()
        if not await self._database.read(lambda s: outbox.list_due(s, now=now, limit=1)):
            return 0
        if not self._channels:
            await self._database.write(lambda s: self._skip(s, now))
            return 0
        claims = []
        for announced in (False, True):
            for notification_id in await self._list_due(now, announced=announced):
                claim = await self._claim(notification_id) if go_on() else None
                if claim is not None:
                    claims.append(claim)
        # All at once: a channel that does not answer must not hold up the others.
        await asyncio.gather(*(self._deliver(claim) for claim in claims))
        return len(claims)

    async def _deliver(self, claim: Claim) -> None:
        await self._mark(claim, await self._send(claim), may_retry=True)

    async def _list_due(self, now: datetime, *, announced: bool) -> Sequence[uuid.UUID]:
        return await self._database.read(
            lambda session: outbox.list_due(session, now=now, limit=BATCH, announced=announced)
        )

    async def send_test(self) -> dict[str, SendResult]:
        """Send a test through every channel now; returns what each said, by its name.

        The test is in the log like every notification, and is not tried again.
        """
        now = self._clock()
        row = Notification(
            kind=NotificationKind.TEST,
            claimed_by=self.run_id,
            announced_at=now,
            attempts=1,
            created_at=now,
            next_attempt_at=now + timedelta(seconds=self._values.claim_seconds),
        )
        claim = _as_claim(row, build_text(row.kind, {}), frozenset())
        await self._database.write(lambda session: session.add(row))
        results = await self._send(claim)
        await self._mark(claim, results, may_retry=False)
        return results

    def _skip(self, session: Session, now: datetime) -> None:
        values = {"status": NotificationStatus.SKIPPED, "updated_at": now, "claimed_by": None}
        outbox.set_pending(session, col(Notification.next_attempt_at) <= now, **values)

    async def _claim(self, notification_id: uuid.UUID) -> Claim | None:
        return await self._database.write(
            lambda session: self._claim_in(session, notification_id, self._clock())
        )

    def _claim_in(
        self, session: Session, notification_id: uuid.UUID, now: datetime
    ) -> Claim | None:
        """Claim a notification, unless it has to wait or is gathered with others."""
        row = outbox.lock_due(session, notification_id=notification_id, now=now)
        if row is None or holds_back(session, row, values=self._values.gathering, now=now):
            return None
        row.announced_at = row.announced_at or now
        row.attempts += 1
        row.claimed_by = self.run_id
        row.next_attempt_at = now + timedelta(seconds=self._values.claim_seconds)
        session.add(row)
        deliveries = outbox.list_deliveries(session, notification_ids=[row.id])
        served = {row.channel for row in deliveries if row.status == NotificationStatus.SENT}
        payload = _with_contact(session, row.payload)
        links = self._links.build_links(session, row, now=now) if self._links else ()
        return _as_claim(row, build_text(row.kind, payload, links=links), frozenset(served))

    async def _send(self, claim: Claim) -> dict[str, SendResult]:
        """Ask every channel that does not have it yet, all at once."""
        asked = [channel for channel in self._channels if channel.name not in claim.served]
        said = await asyncio.gather(*(self._send_through(channel, claim) for channel in asked))
        return {channel.name: result for channel, result in zip(asked, said, strict=True)}

    async def _send_through(self, channel: Notifier, claim: Claim) -> SendResult:
        """Send, and store what the channel says at once: another may take much longer."""
        begun = time.perf_counter()
        try:
            result = await channel.send(claim.text)
        except Exception as error:
            # One channel's fault must not lose the message for the others.
            log.exception("a channel failed", extra={"channel": channel.name})
            result = failed_inside(error)
        level = logging.INFO if result.is_sent else logging.WARNING
        fields = {"kind": claim.kind, "channel": channel.name, "attempt": claim.attempts}
        milliseconds = round((time.perf_counter() - begun) * 1000)
        facts = {"notification_id": str(claim.id), "reason": result.error, "ms": milliseconds}
        event = "notification sent" if result.is_sent else "notification not sent"
        log.log(level, event, extra={**fields, **facts})
        await write_for_sure(
            self._database,
            lambda session: _store_delivery(session, claim, channel.name, result, self._clock()),
        )
        return result

    async def _mark(
        self, claim: Claim, results: Mapping[str, SendResult], *, may_retry: bool
    ) -> None:
        await write_for_sure(
            self._database,
            lambda session: self._mark_in(
                session, claim, results, self._clock(), may_retry=may_retry
            ),
        )

    def _mark_in(
        self,
        session: Session,
        claim: Claim,
        results: Mapping[str, SendResult],
        now: datetime,
        *,
        may_retry: bool,
    ) -> None:
        errors = [f"{name}: {said.error}" for name, said in results.items() if not said.is_sent]
        anyone_has_it = bool(claim.served) or any(said.is_sent for said in results.values())
        is_over = not may_retry or now >= claim.announced_at + self._values.retries.give_up_after
        values: dict[str, object] = {
            "claimed_by": None,
            "updated_at": now,
            "last_error": "; ".join(errors)[:500] or None,
        }
        if not results and not claim.served:
            values["status"] = NotificationStatus.SKIPPED
        elif not errors or (is_over and anyone_has_it):
            values |= {"status": NotificationStatus.SENT, "sent_at": now}
        elif is_over:
            values["status"] = NotificationStatus.FAILED
            log.error("notification given up", extra={"notification_id": str(claim.id)})
        else:
            wished = [said.retry_after for said in results.values()]
            values["next_attempt_at"] = now + self._values.retries.pause(claim.attempts, wished)
        is_ours = (col(Notification.id) == claim.id, col(Notification.claimed_by) == self.run_id)
        outbox.set_pending(session, *is_ours, **values)


def _as_claim(row: Notification, text: NotificationText, served: frozenset[str]) -> Claim:
    return Claim(
        id=row.id,
        kind=row.kind,
        text=text,
        attempts=row.attempts,
        announced_at=row.announced_at or row.created_at,
        served=served,
    )


def _with_contact(session: Session, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The payload with the address that the visitor left in the same chat, if they did."""
    conversation = payload.get("conversation_id")
    if not conversation or payload.get("email") or payload.get("phone"):
        return payload
    contact = outbox.find_contact(session, conversation_id=uuid.UUID(str(conversation)))
    if contact is None:
        return payload
    return {**payload, "name": contact.name, "email": contact.email, "phone": contact.phone}


def _store_delivery(
    session: Session, claim: Claim, channel: str, said: SendResult, now: datetime
) -> None:
    if session.get(Notification, claim.id) is None:
        return  # Erased while it was being sent.
    deliveries = outbox.list_deliveries(session, notification_ids=[claim.id])
    known = {row.channel: row for row in deliveries}
    row = known.get(channel) or Delivery(notification_id=claim.id, channel=channel)
    row.attempts += 1
    row.last_error, row.updated_at = said.error, now
    if said.is_sent:
        row.status, row.sent_at = NotificationStatus.SENT, now
    session.add(row)
