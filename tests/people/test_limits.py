import asyncio
import contextlib
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.errors import LimitReached
from chatbot.people.addresses import AddressHashes
from chatbot.people.limits import LimitKind, Limits, tell_wait
from chatbot.rates import DEFAULT_RATES, Rate, parse_rates

HOME = "203.0.113.7"
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")


def build(text: str = DEFAULT_RATES, **values) -> Limits:
    return Limits(parse_rates(text), **{"addresses": AddressHashes(), **values})


async def count(limits: Limits, times: int, kind: LimitKind = LimitKind.MESSAGE, **who) -> int:
    """How many of so many uses were let through."""
    passed = 0
    for _ in range(times):
        with contextlib.suppress(LimitReached):
            await limits.take(kind, **{"session": "me", "address": HOME, **who})
            passed += 1
    return passed


def test_the_default_rates() -> None:
    assert parse_rates(DEFAULT_RATES) == {
        "session": (Rate(10, 60), Rate(60, 86400)),
        "address": (Rate(30, 60), Rate(200, 86400)),
        "contact": (Rate(3, 3600),),
        "escalation": (Rate(2, 3600),),
        "booking": (Rate(3, 86400),),
        "visit": (Rate(60, 60), Rate(600, 86400)),
    }


def test_rates_that_are_left_out_stay() -> None:
    rates = parse_rates("contact off; session 5/second")
    assert rates["contact"] == ()
    assert rates["session"] == (Rate(5, 1),)
    assert rates["booking"] == (Rate(3, 86400),)
    assert not any(parse_rates("OFF").values())


@pytest.mark.parametrize("text", ["contact", "people 3/hour", "contact 3", "contact 0/hour"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"rate"):
        parse_rates(text)


async def test_a_session_may_write_ten_times_a_minute() -> None:
    assert await count(build(), 30) == 10


async def test_a_session_may_write_sixty_times_a_day() -> None:
    assert await count(build("session 60/day; address off"), 100) == 60


async def test_an_address_may_write_thirty_times_a_minute_in_any_number_of_sessions() -> None:
    limits = build()
    passed = [await count(limits, 5, session=f"session {number}") for number in range(20)]
    assert sum(passed) == 30
    assert await count(limits, 5, session="another", address="203.0.113.8") == 5


async def test_a_customer_of_ipv6_is_one_address() -> None:
    limits = build()
    passed = [
        await count(limits, 1, session=f"session {number}", address=f"2001:db8:1:2::{number:x}")
        for number in range(60)
    ]
    assert sum(passed) == 30
    assert await count(limits, 1, session="another", address="2001:db8:1:3::1") == 1


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        (LimitKind.CONTACT, 3),
        (LimitKind.ESCALATION, 2),
        (LimitKind.BOOKING, 3),
        (LimitKind.HOLD, 9),
    ],
)
async def test_each_kind_has_its_limit(kind: LimitKind, most: int) -> None:
    limits = build()
    assert await count(limits, 20, kind) == most
    sessions = [await count(limits, 1, kind, session=f"session {number}") for number in range(50)]
    assert sum(sessions) == 2 * most
    assert await count(build(), 20, kind, session=None) == most


async def test_what_a_message_brings_about_may_come_in_pieces() -> None:
    limits = build()
    assert await count(limits, 20, LimitKind.CONTACT, address=None, is_in_chat=True) == 9
    assert await count(limits, 20, LimitKind.BOOKING, address=None, is_in_chat=True) == 3
    assert await count(limits, 20, LimitKind.BOOKING) == 0


async def test_the_refusal_says_when_it_is_possible_again() -> None:
    limits = build("session 2/second 3/hour; address off")
    assert await count(limits, 2) == 2
    with pytest.raises(LimitReached) as refused:
        await limits.take(LimitKind.MESSAGE, session="me")
    assert refused.value.retry_after == 1
    await asyncio.sleep(1.05)
    assert await count(limits, 2) == 1
    with pytest.raises(LimitReached) as refused:
        await limits.take(LimitKind.MESSAGE, session="me")
    assert 3590 < refused.value.retry_after <= 3600
    assert refused.value.user_message.endswith("in 60 minutes.")


async def test_a_refused_use_is_not_counted() -> None:
    limits = build("session 2/second; address 6/hour")
    assert await count(limits, 50) == 2
    await asyncio.sleep(1.05)
    assert await count(limits, 50) == 2


async def test_uses_at_one_time_cannot_pass_the_limit() -> None:
    limits = build()
    passed = await asyncio.gather(*(count(limits, 1) for _ in range(100)))
    assert sum(passed) == 10


async def test_without_an_address_the_session_still_counts() -> None:
    assert await count(build(), 30, address=None) == 10
    assert await count(build(), 30, session=None, address=None) == 10


async def test_limits_that_are_off_let_everything_through() -> None:
    assert await count(build("off"), 500) == 500


async def test_no_address_is_kept() -> None:
    limits = build()
    await limits.take(LimitKind.MESSAGE, session="me", address=HOME)
    kept = repr(vars(limits._memory.storage))
    assert "me" in kept
    assert HOME not in kept


async def test_a_new_day_has_a_new_key() -> None:
    days = [datetime(2026, 11, 25, 23, 59, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)]
    limits = build("session off", addresses=AddressHashes(lambda: days[0]))
    assert await count(limits, 40) == 30
    days[0] += timedelta(minutes=2)
    assert await count(limits, 40) == 30


@pytest.fixture
def shared() -> str:
    """A secret of its own, so that no other test's counts are met."""
    import redis

    client = redis.from_url(REDIS_URL, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        pytest.skip("Redis is not reachable")
    finally:
        client.close()
    return uuid.uuid4().hex


async def test_processes_with_redis_count_together(shared: str) -> None:
    processes = [
        build(redis_url=REDIS_URL, addresses=AddressHashes(secret=shared.encode()))
        for _ in range(2)
    ]
    passed = [
        await count(processes[number % 2], 1, session=f"{shared} {number}") for number in range(40)
    ]
    assert sum(passed) == 30
    assert [await count(one, 20, session=f"{shared} me", address=None) for one in processes] == [
        10,
        0,
    ]


async def test_without_redis_a_process_counts_for_itself() -> None:
    limits = build(redis_url="redis://127.0.0.1:1/0")
    assert await count(limits, 30) == 10


def test_words_for_a_wait_are_never_too_short() -> None:
    assert [tell_wait(seconds) for seconds in (1, 60, 61, 3601, 86400)] == [
        "in 1 second",
        "in 60 seconds",
        "in 2 minutes",
        "in 2 hours",
        "in 24 hours",
    ]


def test_redis_may_be_in_the_middle_of_being_imported_by_another_thread() -> None:
    """As at a start, when the bell of other processes connects to Redis too."""
    program = """
import sys, threading
from chatbot.people.addresses import AddressHashes
from chatbot.people.limits import Limits
from chatbot.rates import DEFAULT_RATES, parse_rates
import limits.storage, limits.strategies
limits = Limits(
    parse_rates(DEFAULT_RATES), addresses=AddressHashes(), redis_url="redis://127.0.0.1:1/0"
)
threading.Thread(target=__import__, args=("redis",)).start()
while "redis" not in sys.modules:
    pass
limits.warm_up()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
