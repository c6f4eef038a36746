import pytest

from chatbot.llm.breaker import Breaker
from chatbot.llm.deadline import Timing


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(Timing(), clock)


def fail_times(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        permit = breaker.admit()
        assert permit is not None
        permit.fail()


def test_four_failures_leave_it_closed_and_the_fifth_opens_it(breaker: Breaker) -> None:
    fail_times(breaker, 4)
    assert breaker.state == "closed"
    fail_times(breaker, 1)
    assert breaker.state == "open"
    assert breaker.admit() is None
    assert breaker.seconds_until_probe() == 30.0


def test_failures_far_apart_do_not_open_it(breaker: Breaker, clock: Clock) -> None:
    for _ in range(20):
        fail_times(breaker, 1)
        clock.now += 8
    assert breaker.state == "closed"


def test_successes_between_them_do_not_hide_failures(breaker: Breaker) -> None:
    for _ in range(5):
        fail_times(breaker, 1)
        if (permit := breaker.admit()) is not None:
            permit.succeed()
    assert breaker.state == "open"


def test_one_probe_passes_after_the_pause(breaker: Breaker, clock: Clock) -> None:
    fail_times(breaker, 5)
    clock.now += 30
    assert breaker.state == "half_open"
    assert breaker.would_admit()
    probe = breaker.admit()
    assert probe is not None
    assert breaker.admit() is None
    probe.succeed()
    assert breaker.state == "closed"
    fail_times(breaker, 4)
    assert breaker.state == "closed"


def test_a_failed_probe_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    fail_times(breaker, 5)
    clock.now += 30
    fail_times(breaker, 1)
    assert breaker.state == "open"
    assert breaker.seconds_until_probe() == 30.0


def test_a_probe_without_a_verdict_hands_its_place_on(breaker: Breaker, clock: Clock) -> None:
    fail_times(breaker, 5)
    clock.now += 30
    probe = breaker.admit()
    assert probe is not None
    probe.release()
    assert breaker.admit() is not None


def test_a_request_from_before_the_opening_does_not_close_it(
    breaker: Breaker, clock: Clock
) -> None:
    slow = breaker.admit()
    assert slow is not None
    fail_times(breaker, 5)
    clock.now += 30
    probe = breaker.admit()
    slow.succeed()
    slow.release()
    assert breaker.admit() is None
    assert probe is not None


def test_a_refusal_opens_it_for_its_own_time(breaker: Breaker, clock: Clock) -> None:
    permit = breaker.admit()
    assert permit is not None
    permit.open_for(600)
    fail = Timing().breaker_open_seconds
    clock.now += fail + 1
    assert breaker.state == "open"
    clock.now += 600
    assert breaker.state == "half_open"
