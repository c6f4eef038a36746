from datetime import UTC, datetime, timedelta

import pytest

from chatbot.people.addresses import AddressHashes, network_of


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
