import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from chatbot.storage.database import Database
from chatbot.storage.leases import give_up_lease, take_lease

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ONE, TWO = uuid.uuid4(), uuid.uuid4()


def take(database: Database, holder: uuid.UUID, *, after: float = 0.0) -> bool:
    now = NOON + timedelta(seconds=after)
    return database.write_now(
        lambda session: take_lease(session, name="work", holder=holder, now=now, seconds=10)
    )


def test_one_holds_it_until_it_expires(database: Database):
    assert take(database, ONE)
    assert not take(database, TWO, after=9)
    assert take(database, ONE, after=9)
    assert not take(database, TWO, after=18)
    assert take(database, TWO, after=19)
    assert not take(database, ONE, after=20)


def test_one_that_is_given_up_is_free_at_once(database: Database):
    assert take(database, ONE)
    for holder in (TWO, ONE):
        database.write_now(lambda s, h=holder: give_up_lease(s, name="work", holder=h, now=NOON))
        assert take(database, TWO) is (holder == ONE)


def test_of_many_at_once_one_gets_it(database: Database):
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda _: take(database, uuid.uuid4()), range(8)))
    assert got.count(True) == 1
