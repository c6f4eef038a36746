"""Guessed ids and tokens open nothing: each of them reaches the look-up itself.

5,000 of either kind with every run of the tests, 50,000 of either in `make soak`.
"""

import secrets
import uuid
from collections.abc import Callable, Iterator

import pytest
from sqlmodel import Session

from chatbot.errors import NotFound
from chatbot.people.sessions import Arrival, arrive, find_session, get_own_conversation
from chatbot.signing import Signer, hash_token
from chatbot.storage import bookings, owner_access
from chatbot.storage.database import Database
from chatbot.storage.models import Booking, OwnerSession, utc_now

QUICK = 5_000
ALL = pytest.param(50_000, marks=pytest.mark.soak)
VICTIMS = 20
SECRET = "the signing key of this very test, long enough"


def opens(look_up: Callable[..., object], *guessed: object, **named: object) -> bool:
    try:
        return look_up(*guessed, **named) is not None
    except NotFound:
        return False


def guess_tokens(known: list[str], number: int) -> Iterator[str]:
    """Tokens as the program makes them, the hashes it stores, and real ones with a small change."""
    changed = [
        token[:place] + letter + token[place + 1 :]
        for token in known
        for place in range(len(token))
        for letter in "A0"
        if token[place] != letter
    ]
    yield from changed
    yield from (hash_token(token) for token in known)
    yield from (token.swapcase() for token in known)
    yield from (f"{token}\x00" for token in known)
    yield from (token[:-1] for token in known)
    for _ in range(number - len(changed) - 4 * len(known)):
        yield secrets.token_urlsafe(32)


@pytest.fixture
def victims(sqlite_database: Database) -> list[tuple[str, str]]:
    """(token, conversation id) of visitors, each with a call, beside an owner who is signed in."""

    def work(session: Session) -> list[tuple[str, str]]:
        found = []
        for number in range(VICTIMS):
            token, chat, conversation = arrive(session, None, Arrival())
            found.append((token, str(conversation.id)))
            booking = Booking(
                session_id=chat.id,
                status="booked",
                starts_at=utc_now(),
                minutes=30,
                token_hash=hash_token(f"call {number} {token}"),
            )
            session.add(booking)
        moment = utc_now()
        session.add(
            OwnerSession(
                token_hash=hash_token("the owner's own token"),
                credential="password:x",
                created_at=moment,
                last_seen_at=moment,
                expires_at=moment,
            )
        )
        return found

    return sqlite_database.write_now(work)


@pytest.mark.parametrize("number", [QUICK, ALL])
def test_guessed_tokens_open_no_session_call_or_sign_in(
    sqlite_database: Database, victims: list[tuple[str, str]], number: int
) -> None:
    known = [token for token, _ in victims]
    assert len(set(known)) == VICTIMS

    def work(session: Session) -> int:
        opened = 0
        for count, guess in enumerate(guess_tokens(known, number)):
            # Each way in has its share of the guesses; the visitors' has most of them.
            if count % 10 == 1:
                hashed = hash_token(guess)
                opened += opens(bookings.get_by_token, session, token_hash=hashed)
            elif count % 10 == 2:
                hashed = hash_token(guess)
                opened += opens(owner_access.get_owner_session, session, token_hash=hashed)
            else:
                opened += opens(find_session, session, guess)
        assert count == number - 1
        # The look-ups do find what is there.
        assert all(opens(find_session, session, token) for token in known)
        return opened

    assert sqlite_database.read_now(work) == 0


@pytest.mark.parametrize("number", [QUICK, ALL])
def test_guessed_ids_open_no_conversation_of_somebody_else(
    sqlite_database: Database, victims: list[tuple[str, str]], number: int
) -> None:
    """With a good token of one's own, and every real id of the others among the guesses."""
    (own_token, own_id), *others = victims
    base = uuid.UUID(own_id).int

    def guess_ids() -> Iterator[str]:
        yield from (other for _, other in others)
        yield from (other.upper() for _, other in others)
        near = (number - 2 * len(others)) // 2
        # An UUIDv7 begins with the time: the ids that were made just before and after.
        yield from (str(uuid.UUID(int=base + step)) for step in range(1, near))
        yield from (str(uuid.UUID(int=base - step)) for step in range(1, near))
        while True:
            yield str(uuid.uuid4())

    def work(session: Session) -> int:
        opened = 0
        for _, guess in zip(range(number), guess_ids(), strict=False):
            opened += opens(get_own_conversation, session, own_token, guess)
        assert opens(get_own_conversation, session, own_token, own_id)
        return opened

    assert sqlite_database.read_now(work) == 0


def test_an_id_alone_opens_nothing(
    sqlite_database: Database, victims: list[tuple[str, str]]
) -> None:
    def work(session: Session) -> int:
        ids = [conversation for _, conversation in victims]
        pairs = [(token, one) for one in ids for token in ("", one, hash_token(one), "null", "0")]
        return sum(opens(get_own_conversation, session, *pair) for pair in pairs)

    assert sqlite_database.read_now(work) == 0


def test_guessed_signatures_are_refused() -> None:
    signer = Signer(SECRET, "visit")
    good = signer.sign("a_b_9999999999")
    assert signer.read(good) == "a_b_9999999999"
    forged = 0
    for _ in range(QUICK):
        body, _, signature = good.rpartition(".")
        guess = secrets.token_urlsafe(len(signature))[: len(signature)]
        forged += signer.read(f"{body}.{guess}") is not None
    assert forged == 0
    assert Signer(SECRET, "call").read(good) is None
    assert Signer(SECRET + "!", "visit").read(good) is None
