"""Links by which the owner acts from a notification: signed, once, without signing in.

A link's token is the id of its row and a keyed hash of it, so that a forged one is refused without
a look at the database, and the database alone opens nothing. The id is made of the notification
and the action: when a notification is put into words again for a retry, it carries the same links.
"""

import base64
import binascii
import hmac
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlmodel import Session

from chatbot.errors import NotFound
from chatbot.people.action_subjects import (
    OFFERS,
    TABS,
    Action,
    Offer,
    Subject,
    find_place,
    find_subject,
    read_id,
)
from chatbot.people.notification_text import Link
from chatbot.people.notifications import NotificationKind
from chatbot.signing import Signer
from chatbot.storage import action_links
from chatbot.storage.database import Database
from chatbot.storage.models import ActionLink, Notification, utc_now
from chatbot.storage.rows import add_unless_there

PURPOSE = "action"
ACTION_PATH = "/act"
OWNER_PATH = "/owner"
ID_BYTES = 16
# 96 bits: an address must fit on a lock screen, and each guess is a request that is refused.
SIGNATURE_BYTES = 12
# So long a link that has expired is still said to have expired.
KEPT_AFTER = timedelta(days=30)
LINK_UNKNOWN = "This link is not known here."


class LinkState(StrEnum):
    """How a link stands: it can be used, was used just now or earlier, has expired, would change
    nothing (settled), or what it was about is gone."""

    READY = "ready"
    DONE = "done"
    USED = "used"
    EXPIRED = "expired"
    SETTLED = "settled"
    GONE = "gone"


@dataclass(frozen=True)
class ActionView:
    """What a link does and how it stands; `who` and `words` are untrusted."""

    action: Action
    state: LinkState
    target_id: uuid.UUID
    expires_at: datetime
    who: str = ""
    words: str = ""
    used_at: datetime | None = None

    @property
    def area(self) -> str:
        """Where the owner finds what it is about, as a path of this site."""
        return owner_path(f"{TABS[self.action]}/{self.target_id}")


UseUp = Callable[[Session], None]


class Effect(Protocol):
    """What an action does to its target, with the text that was typed."""

    def __call__(self, target_id: uuid.UUID, text: str, use_up: UseUp, /) -> Awaitable[object]:
        """Do it in one transaction that begins with `use_up`: whatever that raises ends both."""
        ...


class _Spent(Exception):
    """The link was used, or lost its purpose, since it was looked at."""


class ActionLinks:
    """Makes, shows and uses the links. `address` is where others reach this page; without an
    effect an action is not offered."""

    def __init__(
        self,
        *,
        database: Database,
        secret_key: str,
        address: str,
        effects: Mapping[Action, Effect],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._signer = Signer(secret_key, PURPOSE)
        self._address = address.rstrip("/")
        self._effects = dict(effects)
        self._clock = clock

    def build_links(
        self, session: Session, notification: Notification, *, now: datetime
    ) -> tuple[Link, ...]:
        """What a notification offers, and where to read more; nothing for a test.

        Stored in the caller's transaction. Asked again for the same notification it finds the same
        links, and leaves out those that would no longer change anything.
        """
        kind, payload = notification.kind, notification.payload
        if kind == NotificationKind.TEST:
            return ()
        made = []
        for offer in OFFERS.get(kind, ()):
            target = read_id(payload.get(offer.key))
            link = self._offer(session, notification.id, offer, target, now) if target else None
            if link is not None:
                made.append(link)
        label, place = find_place(kind, payload)
        return (*made, Link(label, f"{self._address}{owner_path(place)}"))

    async def look(self, token: str) -> ActionView:
        """What a link would do; changes nothing. Raises NotFound for one that is not known."""
        link_id = self._require(token)
        return await self._database.read(lambda session: self._look_in(session, link_id))

    async def use(self, token: str, text: str = "") -> ActionView:
        """Do what a link is for, once: its state is DONE for this call only.

        `text` is the answer to a question. Raises NotFound for a link that is not known and
        InvalidInput for a text that cannot be used; the link can then be used again.
        """
        link_id = self._require(token)
        view = await self.look(token)
        if view.state != LinkState.READY:
            return view
        try:
            await self._effects[view.action](
                view.target_id, text, lambda session: self._use_up(session, link_id)
            )
        except _Spent:
            return await self.look(token)
        return replace(view, state=LinkState.DONE)

    def _offer(
        self,
        session: Session,
        notification_id: uuid.UUID,
        offer: Offer,
        target_id: uuid.UUID,
        now: datetime,
    ) -> Link | None:
        subject = find_subject(session, offer.action, target_id)
        if offer.action not in self._effects or subject is None or subject.is_settled:
            return None
        link_id = uuid.uuid5(notification_id, offer.action)
        row = action_links.get_link(session, link_id=link_id)
        if row is None:
            action_links.delete_links(session, expired_before=now - KEPT_AFTER)
            row = ActionLink(id=link_id, action=offer.action, target_id=target_id, expires_at=now)
            add_unless_there(session, row)
        if row.used_at is not None:
            return None
        # Counted from the last time it was sent: a retry of a day must not bring a dead link.
        row.expires_at = now + offer.lifetime
        session.add(row)
        return Link(offer.label, f"{self._address}{ACTION_PATH}/{self._write_token(link_id)}")

    def _look_in(self, session: Session, link_id: uuid.UUID) -> ActionView:
        row = action_links.get_link(session, link_id=link_id)
        if row is None or row.action not in self._effects:
            raise NotFound(LINK_UNKNOWN)
        action = Action(row.action)
        subject = find_subject(session, action, row.target_id)
        # What made it needless may have been this very link, used since we read it.
        row = action_links.get_link(session, link_id=link_id) or row
        return ActionView(
            action=action,
            state=_state_of(row, subject, self._clock()),
            target_id=row.target_id,
            expires_at=row.expires_at,
            who=subject.who if subject else "",
            words=subject.words if subject else "",
            used_at=row.used_at,
        )

    def _use_up(self, session: Session, link_id: uuid.UUID) -> None:
        """Mark a link as used, locked before what it is about: of two at once one comes first."""
        row = action_links.get_link(session, link_id=link_id, for_update=True)
        if row is None:
            raise _Spent
        subject = find_subject(session, Action(row.action), row.target_id, for_update=True)
        now = self._clock()
        if _state_of(row, subject, now) != LinkState.READY:
            raise _Spent
        row.used_at = now
        session.add(row)

    def _require(self, token: str) -> uuid.UUID:
        link_id = self._read_token(token)
        if link_id is None:
            raise NotFound(LINK_UNKNOWN)
        return link_id

    def _write_token(self, link_id: uuid.UUID) -> str:
        signature = bytes.fromhex(self._signer.digest(link_id.hex))[:SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(link_id.bytes + signature).decode().rstrip("=")

    def _read_token(self, token: str) -> uuid.UUID | None:
        padded = token + "=" * (-len(token) % 4)
        try:
            raw = base64.b64decode(padded.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(raw) != ID_BYTES + SIGNATURE_BYTES:
            return None
        link_id = uuid.UUID(bytes=raw[:ID_BYTES])
        is_own = hmac.compare_digest(self._write_token(link_id).encode(), token.encode())
        return link_id if is_own else None


def owner_path(place: str) -> str:
    """Where the owner signs in, if they have to, and then sees `place`."""
    return f"{OWNER_PATH}?to={place}" if place else OWNER_PATH


def _state_of(row: ActionLink, subject: Subject | None, now: datetime) -> LinkState:
    if row.used_at is not None:
        return LinkState.USED
    if now >= row.expires_at:
        return LinkState.EXPIRED
    if subject is None:
        return LinkState.GONE
    return LinkState.SETTLED if subject.is_settled else LinkState.READY
