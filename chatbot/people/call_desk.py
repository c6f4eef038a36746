"""What a visitor can do about calls: what the pages under `/book` and `/call` and the API call.

A key, signed and good for some hours, names the session and chat that a booking belongs to; it
opens the booking pages and nothing else. The secret of a call's link opens that call only.
"""

import secrets
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.bookings import MAX_KEY, Bookings, CallWish, Place, check_wish
from chatbot.people.call_letters import FILE_NAME
from chatbot.people.confirming import Confirming
from chatbot.people.limits import LimitKind, Limits
from chatbot.people.sessions import Arrival, arrive, get_own_conversation, get_session
from chatbot.signing import Signer, hash_token
from chatbot.storage import bookings, conversations
from chatbot.storage.database import Database
from chatbot.storage.models import Booking, BookingStatus, ChatSession, utc_now

KEY_HOURS = 12
MAX_TOKEN = 100
_UNCONFIRMED = frozenset({BookingStatus.HELD, BookingStatus.EXPIRED})
NOT_A_TIME = "This is not a time that can be read. Please choose one of those offered."


@dataclass(frozen=True)
class Visit:
    """Whose booking it is: a session and the chat in which it came up.

    `is_new` is a visit that was made for this one request.
    """

    session_id: uuid.UUID
    conversation_id: uuid.UUID | None
    is_new: bool = False


@dataclass(frozen=True)
class CallView:
    """A call as its visitor may see it; `token` is the secret of their link.

    `session_id` is who booked it; None when that has been erased since.
    """

    id: uuid.UUID
    session_id: uuid.UUID | None
    status: str
    starts_at: datetime
    minutes: int
    time_zone: str
    email: str
    token: str
    is_over: bool
    hold_until: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether it will take place, and can still be changed."""
        return self.status == BookingStatus.BOOKED and not self.is_over


@dataclass(frozen=True)
class CallFile:
    """A calendar file: its name and its text."""

    name: str
    text: str


class CallDesk:
    """The calls of visitors, one method for each thing that they can do.

    What books, moves or cancels a call raises NotConfirmed when it is done and not certain to be
    kept; asked for again, it is confirmed and not done twice.
    """

    def __init__(
        self,
        booked: Bookings,
        *,
        database: Database,
        signer: Signer,
        limits: Limits,
        confirming: Confirming,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._confirming = confirming
        self._limits = limits
        self._bookings = booked
        self._database = database
        self._signer = signer
        self._clock = clock

    @property
    def minutes(self) -> int:
        """How long a call is."""
        return round(self._bookings.rules.length.total_seconds() / 60)

    async def make_key(self, token: str, conversation_id: str) -> str:
        """A key for a visitor who is known by their token; raises NotFound for any other."""
        chat, conversation = await self._database.read(
            lambda session: get_own_conversation(session, token, conversation_id)
        )
        return self.seal(Visit(chat.id, conversation.id))

    async def find_visit(self, token: str) -> Visit:
        """The visit of a visitor by their token alone; raises NotFound for an unknown one."""

        def work(session: Session) -> Visit:
            chat = get_session(session, token)
            last = conversations.get_last_opened(session, session_id=chat.id)
            return Visit(chat.id, last.id if last else None)

        return await self._database.read(work)

    async def add_visit(self, channel: str, *, address: str | None) -> Visit:
        """A new session, for somebody who books without having opened the chat.

        Raises LimitReached when too many sessions were made for their address already.
        """
        await self._limits.take(LimitKind.VISIT, session=None, address=address)

        def work(session: Session) -> Visit:
            _, chat, conversation = arrive(session, None, Arrival(channel=channel))
            return Visit(chat.id, conversation.id, is_new=True)

        return await self._database.write(work)

    def seal(self, visit: Visit) -> str:
        """The key of a visit."""
        expiry = int((self._clock() + timedelta(hours=KEY_HOURS)).timestamp())
        return self._signer.sign(f"{visit.session_id}_{visit.conversation_id or ''}_{expiry}")

    def read_key(self, key: str) -> Visit | None:
        """The visit of a key; None when it is forged, malformed or too old."""
        body = self._signer.read(key)
        if body is None:
            return None
        session_id, conversation_id, expiry = body.split("_")
        if int(expiry) < self._clock().timestamp():
            return None
        return Visit(uuid.UUID(session_id), uuid.UUID(conversation_id) if conversation_id else None)

    async def list_slots(self, *, without: str = "") -> tuple[datetime, ...]:
        """The starts that can be booked now, in UTC; `without` is the secret of a call to move."""

        def work(session: Session) -> tuple[datetime, ...]:
            row = self._find(session, without) if without else None
            return self._bookings.list_free(session, without=row.id if row else None)

        return await self._database.read(work)

    async def list_calls(self, visit: Visit) -> Sequence[CallView]:
        """The visitor's calls to come, the next first."""
        now = self._clock()

        def work(session: Session) -> list[CallView]:
            rows = bookings.list_of_session(
                session, session_id=visit.session_id, status=BookingStatus.BOOKED, after=now
            )
            return [self._view(row) for row in rows]

        return await self._database.read(work)

    async def hold(
        self, visit: Visit, starts_at: datetime, client_key: str, *, address: str | None = None
    ) -> CallView:
        """Keep a time for a few minutes; raises SlotTaken and LimitReached.

        `address` is where the request comes from.
        """
        place = self._place(visit, client_key)
        await self._count(LimitKind.HOLD, visit, address)

        def work(session: Session) -> CallView:
            self._check_visit(session, visit)
            return self._view(self._bookings.hold(session, place, starts_at))

        return await self._database.write(work)

    async def find_held(
        self,
        visit: Visit,
        starts_at: datetime,
        client_key: str,
        *,
        statuses: Collection[str] = _UNCONFIRMED,
    ) -> CallView | None:
        """The time that a visitor holds, also when the hold has run out; None when it is gone."""

        def work(session: Session) -> CallView | None:
            row = bookings.get_by_client_key(
                session, session_id=visit.session_id, client_key=client_key[:MAX_KEY]
            )
            is_there = row is not None and row.starts_at == starts_at
            if row is None or not is_there or row.status not in statuses:
                return None
            return self._view(row)

        return await self._database.read(work)

    async def confirm(
        self,
        visit: Visit,
        starts_at: datetime,
        client_key: str,
        wish: CallWish,
        *,
        address: str | None = None,
    ) -> CallView:
        """Book a time; the same key books once. Raises SlotTaken, InvalidFields and LimitReached.

        `address` is where the request comes from.
        """
        place = self._place(visit, client_key)
        check_wish(wish)
        if not await self._is_booked(place):
            await self._count(LimitKind.BOOKING, visit, address)

        def work(session: Session) -> CallView:
            self._check_visit(session, visit)
            return self._view(self._bookings.confirm(session, place, starts_at, wish))

        return await self._keep(work)

    async def _keep(self, work: Callable[[Session], CallView]) -> CallView:
        """Write, and answer once it is certain that it is kept."""
        call = await self._database.write(work)
        await self._confirming.require(call.id)
        return call

    async def _count(self, kind: LimitKind, visit: Visit, address: str | None) -> None:
        who = None if visit.is_new else str(visit.session_id)
        await self._limits.take(kind, session=who, address=address)

    async def _is_booked(self, place: Place) -> bool:
        """Whether this very request has booked before: a repeat of it is not counted."""
        row = await self._database.read(
            lambda session: bookings.get_by_client_key(
                session, session_id=place.session_id, client_key=place.client_key[:MAX_KEY]
            )
        )
        return row is not None and row.status == BookingStatus.BOOKED

    async def find(self, token: str) -> CallView:
        """The call that a link opens; raises NotFound for any other secret."""

        def work(session: Session) -> CallView:
            return self._view(self._get(session, token))

        return await self._database.read(work)

    async def move(self, token: str, starts_at: datetime) -> CallView:
        """Give a call another time; raises NotFound and SlotTaken."""

        def work(session: Session) -> CallView:
            row = self._bookings.move(session, self._get(session, token).id, starts_at)
            return self._view(row or self._get(session, token))

        return await self._keep(work)

    async def cancel(self, token: str) -> CallView:
        """End a call and free its time; raises NotFound."""

        def work(session: Session) -> CallView:
            row = self._bookings.cancel(session, self._get(session, token).id)
            return self._view(row or self._get(session, token))

        return await self._keep(work)

    async def build_file(self, token: str) -> CallFile:
        """The calendar file of a call; raises NotFound."""
        row = await self._database.read(lambda session: self._get(session, token))
        text = self._bookings.letters.build_visitor_file(row, token)
        return CallFile(FILE_NAME, text)

    def _get(self, session: Session, token: str) -> Booking:
        row = self._find(session, token)
        if row is None:
            raise NotFound
        return row

    def _find(self, session: Session, token: str) -> Booking | None:
        if not 0 < len(token) <= MAX_TOKEN:
            return None
        return bookings.get_by_token(session, token_hash=hash_token(token))

    def _check_visit(self, session: Session, visit: Visit) -> None:
        """A key outlives the session that it names, which its visitor may have erased."""
        if session.get(ChatSession, visit.session_id) is None:
            raise NotFound

    def _place(self, visit: Visit, client_key: str) -> Place:
        return Place(visit.session_id, visit.conversation_id, client_key or secrets.token_hex(16))

    def _view(self, row: Booking) -> CallView:
        return CallView(
            id=row.id,
            session_id=row.session_id,
            status=row.status,
            starts_at=row.starts_at,
            minutes=row.minutes,
            time_zone=row.time_zone,
            email=row.email,
            token=self._bookings.token_of(row) if row.token_hash else "",
            is_over=row.starts_at <= self._clock(),
            hold_until=row.hold_until,
        )


def write_start(moment: datetime) -> str:
    """A start as forms and the API write it: "2026-11-24T09:00Z"."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def read_start(text: str) -> datetime:
    """The start that a form or the API names; raises InvalidInput."""
    try:
        moment = datetime.fromisoformat(text[:40])
        if moment.tzinfo is None:
            raise InvalidInput(NOT_A_TIME)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(NOT_A_TIME) from None
