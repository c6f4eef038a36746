from datetime import UTC, datetime, timedelta

import pytest

from chatbot.engine.visitor_chat import PageInfo
from chatbot.people.addresses import AddressHashes, network_of
from chatbot.storage.models import ChatSession
from tests.fakes import make_settings, read_rows, running_services


class Clock:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_hash_is_the_same_all_day_and_another_the_next_day() -> None:
    clock = Clock()
    hashes = AddressHashes(clock)
    today = hashes.hash("203.0.113.7")
    assert today is not None
    assert len(today) == 64
    clock.now += timedelta(hours=11, minutes=59)
    assert hashes.hash("203.0.113.7") == today
    assert hashes.hash("203.0.113.8") != today
    clock.now += timedelta(minutes=1)
    assert hashes.hash("203.0.113.7") != today


def test_another_run_makes_other_hashes() -> None:
    assert AddressHashes().hash("203.0.113.7") != AddressHashes().hash("203.0.113.7")


def test_with_a_secret_another_run_makes_the_same_for_a_day() -> None:
    clock = Clock()
    one, other = (AddressHashes(clock, secret=b"secret") for _ in range(2))
    today = one.hash("203.0.113.7")
    assert other.hash("203.0.113.7") == today
    clock.now += timedelta(days=1)
    assert one.hash("203.0.113.7") == other.hash("203.0.113.7") != today


def test_no_address_has_no_hash() -> None:
    assert AddressHashes().hash(None) is None
    assert AddressHashes().hash("") is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "testclient"),
    ],
)
def test_one_customer_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_nobody_can_make_the_key_of_what_is_kept_with_a_chat(sqlite_values):
    # With the same secret key, and the setting by which processes count alike.
    settings = make_settings(sqlite_values, redis_url="redis://127.0.0.1:1/0")
    for _ in range(2):
        async with running_services(settings) as services:
            await services.chat.open_page(None, page=PageInfo(address="203.0.113.7"))
            kept = [row.address_hash for row in read_rows(services, ChatSession)]
    assert len(set(kept)) == len(kept) == 2
    assert None not in kept
