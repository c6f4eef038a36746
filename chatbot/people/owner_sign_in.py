"""Use cases of the owner's sign-in: counting tries, opening, finding and ending a sign-in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.signing import hash_token
from chatbot.storage import owner_access
from chatbot.storage.models import OwnerSession

WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)
TRIES_OF_ONE = 5
# A weak password must not fall to many addresses that take turns: 4,800 tries a day at most.
TRIES_OF_ALL = 50
EVERYBODY = "everybody"
# What a sign-in rests on is stored as one of these, a colon, and which one.
PASSWORD, USER = "password", "hugging-face"

LIFETIME = timedelta(hours=8)
IDLE = timedelta(hours=1)
# Activity is noted once in a while: a write for each request would be a write for each click.
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Try:
    """Whether a password may be looked at; `locked_until` is set on the last of a row of tries."""

    is_allowed: bool
    locked_until: datetime | None = None


@dataclass(frozen=True)
class SignedIn:
    """A sign-in that holds: what was shown for it, and when it began and will end."""

    credential: str
    since: datetime
    expires_at: datetime

    @property
    def name(self) -> str:
        """The Hugging Face user, "" after a sign-in by password."""
        prefix, _, name = self.credential.partition(":")
        return name if prefix == USER else ""


def count_try(session: Session, *, source: str, now: datetime) -> Try:
    """Count a try before its password is looked at: tries at one time cannot pass the limit.

    `source` is a hash of the address. Five tries in 15 minutes, or fifty of all addresses together,
    close the door for 15 minutes; a try at a closed door is not counted.
    """
    # Everybody's row first: its lock makes the tries of all processes wait for each other.
    everybody = owner_access.lock_tries(session, source=EVERYBODY, at=now)
    one = owner_access.lock_tries(session, source=source, at=now)
    locks = [row.locked_until for row in (everybody, one) if row.locked_until]
    if locks and max(locks) > now:
        return Try(is_allowed=False, locked_until=max(locks))
    for row, limit in ((everybody, TRIES_OF_ALL), (one, TRIES_OF_ONE)):
        if row.locked_until or row.since <= now - WINDOW:
            row.tries, row.since, row.locked_until = 0, now, None
        row.tries += 1
        row.locked_until = now + LOCK if row.tries >= limit else None
        session.add(row)
    session.flush()
    forget_old_tries(session, now=now)
    locks = [row.locked_until for row in (everybody, one) if row.locked_until]
    return Try(is_allowed=True, locked_until=max(locks, default=None))


def forget_old_tries(session: Session, *, now: datetime) -> None:
    """Delete tries that count no more, with the hashes of the addresses that they came from."""
    owner_access.delete_old_tries(session, begun_before=now - WINDOW, at=now)


def forgive_try(session: Session, *, source: str, now: datetime) -> None:
    """Take a counted try back, because its password was right."""
    everybody = owner_access.lock_tries(session, source=EVERYBODY, at=now)
    one = owner_access.lock_tries(session, source=source, at=now)
    everybody.tries = max(0, everybody.tries - 1)
    if everybody.tries < TRIES_OF_ALL:
        everybody.locked_until = None
    one.tries, one.locked_until = 0, None
    session.add_all([everybody, one])


def open_sign_in(
    session: Session,
    *,
    token: str,
    credential: str,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> SignedIn:
    """Begin a sign-in that `token` opens for a `lifetime`, or until an hour without activity."""
    owner_access.delete_ended_owner_sessions(session, before=now)
    row = OwnerSession(
        token_hash=hash_token(token),
        credential=credential,
        created_at=now,
        last_seen_at=now,
        expires_at=now + lifetime,
    )
    session.add(row)
    return SignedIn(credential, since=now, expires_at=row.expires_at)


def find_sign_in(
    session: Session, *, token: str, credentials: Collection[str], now: datetime
) -> tuple[SignedIn, bool] | None:
    """The sign-in that `token` opens, and whether to note its activity; None when it is over.

    `credentials` are those still accepted: with another password every sign-in with the old one is
    over.
    """
    row = owner_access.get_owner_session(session, token_hash=hash_token(token))
    if row is None or row.revoked_at is not None or row.credential not in credentials:
        return None
    if row.expires_at <= now or row.last_seen_at <= now - IDLE:
        return None
    found = SignedIn(row.credential, since=row.created_at, expires_at=row.expires_at)
    return found, row.last_seen_at <= now - TOUCH_EVERY


def note_activity(session: Session, *, token: str, now: datetime) -> None:
    """Keep a sign-in from ending by lack of activity."""
    owner_access.touch_owner_session(session, token_hash=hash_token(token), at=now)


def end_sign_in(session: Session, *, token: str, everywhere: bool, now: datetime) -> None:
    """End the sign-in of `token`, or every one there is."""
    token_hash = None if everywhere else hash_token(token)
    owner_access.revoke_owner_sessions(session, at=now, token_hash=token_hash)
