import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.errors import InvalidInput, PermissionDenied, StartupError
from chatbot.people.addresses import AddressHashes
from chatbot.people.owner_sign_in import EVERYBODY, TRIES_OF_ALL
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import OwnerSession, SignInTries
from chatbot.web.access import AccessValues, OwnerAccess, TooManyTries
from chatbot.web.passwords import PasswordHash, hash_password, parse_password_hash
from tests.fakes import list_rows

SECRET = "a secret key that is long enough for every test"
PASSWORD = "correct horse battery staple"
HOME = "192.0.2.1"


def cheap_hash(password: str) -> PasswordHash:
    """As `hash_password`, at the lowest cost that is taken, so that a test may try often."""
    salt = b"s" * 16
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=1, p=1, dklen=32)
    return PasswordHash(salt, digest, cost=2**14, block_size=1, parallelism=1)


CHEAP = cheap_hash(PASSWORD)


@dataclass
class Clock:
    now: datetime = datetime(2027, 1, 5, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time_passed: float) -> None:
        self.now += timedelta(**time_passed)

    def seconds(self) -> float:
        return self.now.timestamp()


@dataclass
class Call:
    """What a handler of the page is given."""

    headers: dict[str, str] = field(default_factory=dict)
    username: str | None = "owner"


def build(
    database: Database, clock: Clock, addresses: AddressHashes | None = None, **values
) -> OwnerAccess:
    given = {"secret_key": SECRET, "password": CHEAP, **values}
    return OwnerAccess(
        AccessValues(**given),
        database=database,
        addresses=addresses,
        clock=clock,
        seconds=clock.seconds,
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(sqlite_database: Database, clock: Clock) -> OwnerAccess:
    return build(sqlite_database, clock)


def headers(cookie: str) -> dict[str, str]:
    return {"cookie": f"other=1; career-chat-owner={cookie}"}


def rows(database: Database, table) -> list:
    return list_rows(database, table)


async def try_often(access: OwnerAccess, count: int, *, address: str = HOME) -> list[type]:
    """What came of so many wrong tries, one after another."""
    results = []
    for _ in range(count):
        with pytest.raises((InvalidInput, TooManyTries)) as caught:
            await access.sign_in("wrong", address=address)
        results.append(caught.type)
    return results


async def test_the_right_password_opens_a_sign_in(access: OwnerAccess) -> None:
    cookie = await access.sign_in(PASSWORD, address=HOME)
    assert await access.identify(headers(cookie)) == "owner"
    assert access.find_now(headers(cookie)) is not None


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " ", PASSWORD.upper(), "x" * 60_000])
async def test_any_other_password_opens_nothing(access: OwnerAccess, password: str) -> None:
    with pytest.raises(InvalidInput, match="not the password"):
        await access.sign_in(password, address=HOME)


async def test_neither_token_nor_address_nor_password_is_stored(
    access: OwnerAccess, sqlite_database: Database
) -> None:
    await try_often(access, 1)
    cookie = await access.sign_in(PASSWORD, address=HOME)
    stored = repr([rows(sqlite_database, table) for table in (OwnerSession, SignInTries)])
    for secret in (cookie.partition(".")[0], HOME, PASSWORD):
        assert secret not in stored


@pytest.mark.parametrize(
    "forge",
    [
        lambda _: "",
        lambda _: "owner",
        lambda cookie: cookie.partition(".")[0],
        lambda cookie: cookie.partition(".")[0] + ".",
        lambda cookie: cookie[:-1] + ("0" if cookie[-1] != "0" else "1"),
        lambda cookie: "x" + cookie,
        lambda cookie: "a." + cookie.partition(".")[2],
        lambda cookie: "." + cookie.partition(".")[2],
        lambda cookie: cookie + "\u00e9",
        lambda _: "x" * 5000,
    ],
)
async def test_a_forged_cookie_is_a_visitors(access: OwnerAccess, forge) -> None:
    cookie = await access.sign_in(PASSWORD, address=HOME)
    assert await access.identify(headers(forge(cookie))) == "visitor"


async def test_a_cookie_of_another_installation_is_a_visitors(
    sqlite_database: Database, clock: Clock, access: OwnerAccess
) -> None:
    other = build(sqlite_database, clock, secret_key="another key of some other installation")
    cookie = await other.sign_in(PASSWORD, address=HOME)
    assert await access.identify(headers(cookie)) == "visitor"


async def test_a_visitor_costs_no_look_at_the_database(
    access: OwnerAccess, sqlite_database: Database
) -> None:
    sqlite_database.close()
    for sent in ({}, {"cookie": "a=b"}, headers("made.up"), headers("x" * 43)):
        assert await access.identify(sent) == "visitor"


async def test_a_database_that_is_gone_makes_the_owner_a_visitor(
    access: OwnerAccess, sqlite_database: Database, clock: Clock
) -> None:
    cookie = await access.sign_in(PASSWORD, address=HOME)
    sqlite_database.close()
    clock.pass_by(seconds=6)
    assert await access.identify(headers(cookie)) == "visitor"


async def test_a_sign_in_ends_after_eight_hours_of_use(access: OwnerAccess, clock: Clock) -> None:
    cookie = await access.sign_in(PASSWORD, address=HOME)
    for _ in range(15):
        clock.pass_by(minutes=30)
        assert await access.identify(headers(cookie)) == "owner"
    clock.pass_by(minutes=30)
    assert await access.identify(headers(cookie)) == "visitor"


async def test_a_sign_in_ends_after_an_hour_without_use(access: OwnerAccess, clock: Clock) -> None:
    cookie = await access.sign_in(PASSWORD, address=HOME)
    clock.pass_by(minutes=59)
    assert await access.identify(headers(cookie)) == "owner"
    clock.pass_by(minutes=61)
    assert await access.identify(headers(cookie)) == "visitor"


async def test_signing_out_holds_at_once_and_here_only(access: OwnerAccess) -> None:
    cookies = [await access.sign_in(PASSWORD, address=HOME) for _ in range(2)]
    assert [await access.identify(headers(cookie)) for cookie in cookies] == ["owner"] * 2
    await access.sign_out(headers(cookies[0]))
    assert [await access.identify(headers(cookie)) for cookie in cookies] == ["visitor", "owner"]


async def test_signing_out_everywhere_ends_every_sign_in(access: OwnerAccess) -> None:
    cookies = [await access.sign_in(PASSWORD, address=HOME) for _ in range(3)]
    await access.sign_out(headers(cookies[0]), everywhere=True)
    assert {await access.identify(headers(cookie)) for cookie in cookies} == {"visitor"}


async def test_a_visitor_cannot_sign_anybody_out(access: OwnerAccess) -> None:
    cookie = await access.sign_in(PASSWORD, address=HOME)
    await access.sign_out(headers("made.up"), everywhere=True)
    assert await access.identify(headers(cookie)) == "owner"


async def test_another_process_knows_the_sign_in_and_its_end_within_five_seconds(
    sqlite_values: DatabaseValues, clock: Clock
) -> None:
    databases = [Database(sqlite_values) for _ in range(2)]
    one, other = (build(database, clock) for database in databases)
    cookie = await one.sign_in(PASSWORD, address=HOME)
    assert await other.identify(headers(cookie)) == "owner"
    await one.sign_out(headers(cookie))
    clock.pass_by(seconds=5)
    assert await other.identify(headers(cookie)) == "visitor"
    for database in databases:
        database.close()


async def test_another_password_ends_the_sign_ins_with_the_old_one(
    access: OwnerAccess, sqlite_database: Database, clock: Clock
) -> None:
    cookie = await access.sign_in(PASSWORD, address=HOME)
    assert await build(sqlite_database, clock).identify(headers(cookie)) == "owner"
    later = build(sqlite_database, clock, password=cheap_hash("another"))
    assert await later.identify(headers(cookie)) == "visitor"


async def test_five_wrong_tries_close_the_door_for_15_minutes(
    access: OwnerAccess, clock: Clock
) -> None:
    assert await try_often(access, 5) == [InvalidInput] * 4 + [TooManyTries]
    with pytest.raises(TooManyTries, match="Try again in 15 minutes"):
        await access.sign_in(PASSWORD, address=HOME)
    clock.pass_by(minutes=14, seconds=30)
    with pytest.raises(TooManyTries, match="Try again in 1 minute"):
        await access.sign_in(PASSWORD, address=HOME)
    clock.pass_by(seconds=31)
    assert await access.sign_in(PASSWORD, address=HOME)


async def test_tries_are_forgotten_after_15_minutes_and_after_a_right_one(
    access: OwnerAccess, clock: Clock
) -> None:
    assert TooManyTries not in await try_often(access, 4)
    await access.sign_in(PASSWORD, address=HOME)
    assert TooManyTries not in await try_often(access, 4)
    clock.pass_by(minutes=15)
    assert TooManyTries not in await try_often(access, 4)


async def test_the_last_try_may_be_the_right_one(access: OwnerAccess) -> None:
    await try_often(access, 4)
    assert await access.sign_in(PASSWORD, address=HOME)


async def test_one_closed_door_closes_no_other(access: OwnerAccess) -> None:
    await try_often(access, 5)
    assert await access.sign_in(PASSWORD, address="192.0.2.2")


async def test_the_addresses_of_one_ipv6_customer_are_one(access: OwnerAccess) -> None:
    for last in range(4):
        await try_often(access, 1, address=f"2001:db8:1:2::{last}")
    assert await try_often(access, 1, address="2001:db8:1:2:ffff::1") == [TooManyTries]
    assert await try_often(access, 1, address="2001:db8:1:3::1") == [InvalidInput]


async def test_many_addresses_that_take_turns_close_the_door(
    access: OwnerAccess, sqlite_database: Database, clock: Clock
) -> None:
    everybody = SignInTries(source=EVERYBODY, tries=TRIES_OF_ALL - 1, since=clock.now)
    sqlite_database.write_now(lambda session: session.add(everybody))
    assert await try_often(access, 1, address="192.0.2.9") == [TooManyTries]
    with pytest.raises(TooManyTries):
        await access.sign_in(PASSWORD, address=HOME)


async def test_tries_at_one_time_cannot_pass_the_limit(database: Database, clock: Clock) -> None:
    addresses = [AddressHashes(clock, secret=b"shared through Redis") for _ in range(2)]
    processes = [build(database, clock, addresses=made) for made in addresses]

    async def attempt(access: OwnerAccess) -> type:
        try:
            await access.sign_in("wrong", address=HOME)
        except (InvalidInput, TooManyTries) as error:
            return type(error)
        raise AssertionError

    results = await asyncio.gather(*(attempt(access) for access in processes * 10))
    assert results.count(InvalidInput) <= 4


async def test_no_key_of_the_hashes_outlives_the_process(
    sqlite_database: Database, clock: Clock
) -> None:
    """Nobody can find out later who tried, not even with the secret key."""
    for _ in range(2):
        await try_often(build(sqlite_database, clock), 1)
    sources = {row.source for row in rows(sqlite_database, SignInTries)}
    assert len(sources - {EVERYBODY}) == 2
    assert HOME not in repr(sources)


async def test_old_tries_are_deleted(
    access: OwnerAccess, sqlite_database: Database, clock: Clock
) -> None:
    await try_often(access, 1)
    clock.pass_by(minutes=16)
    await try_often(access, 1, address="192.0.2.2")
    assert len(rows(sqlite_database, SignInTries)) == 2


async def test_a_handler_refuses_whoever_is_not_the_owner(access: OwnerAccess) -> None:
    cookie = await access.sign_in(PASSWORD, address=HOME)
    assert await access.require_owner(Call(headers(cookie)))
    assert access.require_owner_now(Call(headers(cookie)))
    others = [Call({}), Call(headers("a.b")), Call(headers(cookie), username="visitor")]
    for call in others:
        with pytest.raises(PermissionDenied):
            await access.require_owner(call)
        with pytest.raises(PermissionDenied):
            access.require_owner_now(call)


async def test_a_page_left_open_stops_working_when_its_sign_in_ends(access: OwnerAccess) -> None:
    cookie = await access.sign_in(PASSWORD, address=HOME)
    call = Call(headers(cookie), username="owner")
    await access.require_owner(call)
    await access.sign_out(headers(cookie))
    with pytest.raises(PermissionDenied):
        await access.require_owner(call)


async def test_only_the_named_users_are_let_in(sqlite_database: Database, clock: Clock) -> None:
    access = build(sqlite_database, clock, password=None, usernames=frozenset({"Mara"}))
    found = await access.find(headers(await access.sign_in_as("mara")))
    assert found is not None
    assert found.name == "mara"
    for name in ("", "mara2", "password:", "hugging-face:mara"):
        with pytest.raises(PermissionDenied):
            await access.sign_in_as(name)
    with pytest.raises(InvalidInput):
        await access.sign_in("", address=HOME)


async def test_a_user_who_is_named_no_longer_is_signed_out(
    sqlite_database: Database, clock: Clock
) -> None:
    access = build(sqlite_database, clock, usernames=frozenset({"mara"}))
    cookie = await access.sign_in_as("mara")
    assert await build(sqlite_database, clock).identify(headers(cookie)) == "visitor"


def test_a_printed_hash_is_read_again() -> None:
    known = hash_password("pass\u00f6word")
    read = parse_password_hash(f" {known}\n")
    assert read == known
    assert read.matches("passo\u0308word")
    assert not read.matches("passoword")
    assert "digest" not in repr(known)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        str(CHEAP).replace("scrypt", "plain"),
        str(CHEAP).replace("16384", "1"),
        str(CHEAP).replace("16384", str(2**30)),
        str(CHEAP).replace("16384:1:1", "16384:0:1"),
        str(CHEAP) + ":more",
        "scrypt:16384:8:1:c2FsdA==:" + "A" * 43 + "=",
        "scrypt:16384:8:1:" + "A" * 43 + "=:c2hvcnQ=",
    ],
)
def test_another_hash_stops_the_start(text: str) -> None:
    with pytest.raises(StartupError) as caught:
        parse_password_hash(text)
    assert caught.value.user_message.startswith("OWNER_PASSWORD_HASH")
    assert not text or text not in caught.value.user_message


def test_a_wrong_password_takes_as_long_as_the_right_one() -> None:
    def seconds(password: str) -> float:
        begun = time.thread_time()
        known.matches(password)
        return time.thread_time() - begun

    known = hash_password(PASSWORD)
    right, wrong = (min(seconds(word) for _ in range(5)) for word in (PASSWORD, ""))
    assert 0.3 < right / wrong < 3
