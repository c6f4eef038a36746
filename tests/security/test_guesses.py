"""Guessed ids and tokens open nothing: each of them reaches the look-up itself.

At the look-ups 5,000 of either kind with every run of the tests, over HTTP 400 of either; 50,000 of
either at both in `make soak`.
"""

import asyncio
import itertools
import secrets
import shutil
import string
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import httpx
import pytest
from sqlmodel import Session

from chatbot.errors import NotFound
from chatbot.people.sessions import Arrival, arrive, find_session, get_own_conversation
from chatbot.signing import Signer, hash_token
from chatbot.storage import bookings, owner_access
from chatbot.storage.database import Database
from chatbot.storage.models import Booking, OwnerSession, utc_now
from tests.door_server import DoorServer, OpenChat

QUICK = 5_000
# Over HTTP, where a guess costs a request.
FEW = 400
AT_ONCE = 8
# What a header and a path can hold.
SENDABLE = set(string.ascii_letters + string.digits + "-_")
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


def guess_ids(own: str, others: list[str], number: int) -> Iterator[str]:
    """The real ids of others, those made just before and after one's own, and random ones."""
    # An UUIDv7 begins with the time.
    base = uuid.UUID(own).int
    near = range(1, (number - 2 * len(others)) // 2)
    guesses = itertools.chain(
        others,
        (other.upper() for other in others),
        (str(uuid.UUID(int=base + step)) for step in near),
        (str(uuid.UUID(int=base - step)) for step in near),
        (str(uuid.uuid4()) for _ in itertools.count()),
    )
    return itertools.islice(guesses, number)


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

    def work(session: Session) -> int:
        opened = 0
        for guess in guess_ids(own_id, [other for _, other in others], number):
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


@pytest.fixture
def door_server(sqlite_template, tmp_path) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path / "chatbot.db")
    with DoorServer(path, rate_limits="off") as server:
        yield server


async def ask_all(server: DoorServer, requests: Iterable[httpx.Request]) -> Counter[int]:
    """How often each status came back, of requests that are sent a few at a time."""
    statuses: Counter[int] = Counter()
    waiting = iter(requests)

    async def go_on(client: httpx.AsyncClient) -> None:
        for request in waiting:
            statuses[(await client.send(request)).status_code] += 1

    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        await asyncio.gather(*(go_on(client) for _ in range(AT_ONCE)))
    return statuses


def with_token(server: DoorServer, guess: str, place: int, chat: OpenChat) -> httpx.Request:
    """One guess at one of the doors that a token opens."""
    doors = (
        (f"/api/chats/{chat.id}/messages", {"authorization": f"Bearer {guess}"}),
        (f"/api/chats/{chat.id}", {"authorization": f"Bearer {guess}"}),
        (f"/call/{guess}", {}),
        (f"/fit/{guess}", {}),
        (f"/fit/{guess}/fit-sheet.md", {}),
        ("/api/owner/contacts.csv", {"cookie": f"career-chat-owner={guess}.{guess}"}),
        ("/api/questions", {"authorization": f"Bearer {guess}.{guess}.{guess}"}),
    )
    path, headers = doors[place % len(doors)]
    return httpx.Request("GET", f"{server.url}{path}", headers=headers)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", [FEW, ALL])
async def test_guessed_tokens_and_ids_open_nothing_over_http(
    door_server: DoorServer, number: int
) -> None:
    own, *others = (door_server.open_chat("Which databases?") for _ in range(4))
    known = [chat.token for chat in others]
    tokens = (t for t in guess_tokens(known, 2 * number) if SENDABLE.issuperset(t))
    by_token = await ask_all(
        door_server,
        (
            with_token(door_server, guess, place, others[place % len(others)])
            for place, guess in enumerate(itertools.islice(tokens, number))
        ),
    )
    headers = {"authorization": f"Bearer {own.token}"}
    by_id = await ask_all(
        door_server,
        (
            httpx.Request("GET", f"{door_server.url}/api/chats/{guess}/messages", headers=headers)
            for guess in guess_ids(own.id, [chat.id for chat in others], number)
        ),
    )
    assert by_token.total() == by_id.total() == number
    assert set(by_token) == {401, 404}
    assert set(by_id) == {404}
    assert all(chat.call("GET", "/messages").status_code == 200 for chat in (own, *others))
