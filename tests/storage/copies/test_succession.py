"""A run that stepped down leads again when the one that took over is gone, and only then."""

import threading

import pytest

from chatbot.storage.copies.succession import ANSWER_SECONDS, LONGEST_QUIET, QUIET_SECONDS
from chatbot.storage.copies.watcher import FIRST_DRILL_SECONDS
from tests.storage.copies.parts import Clock, Run, wait_until

pytestmark = pytest.mark.usefixtures("no_looks")


@pytest.fixture
def runs(tmp_path, store, clock):
    """The old run, which has stepped down, and the new one."""
    old = Run(tmp_path / "old", store, clock=clock)
    chat = old.add_chat()
    old.ship()
    new = Run(tmp_path / "new", store, clock=clock)
    new.ship()
    old.look()
    assert old.stepped_down == 1
    yield old, new, chat
    new.stop()
    old.stop()


def leads(run: Run) -> bool:
    return bool(run.copies._watcher.is_leader)


def claim(old: Run, clock: Clock) -> None:
    """The old run notices the silence, and puts its claim."""
    old.look()
    clock.pass_by(QUIET_SECONDS + 1)
    old.look()


def wait_to_lead(old: Run, clock: Clock) -> None:
    clock.pass_by(ANSWER_SECONDS + 1)

    def has_led() -> bool:
        old.look()
        return leads(old)

    wait_until(has_led)


def test_when_the_new_run_dies_the_old_one_leads_again_with_all_that_it_had(
    runs, clock, store, tmp_path
):
    old, new, chat = runs
    new.say(chat, "told to the new one")
    new.ship()
    new.kill()
    claim(old, clock)
    old.look()
    assert not leads(old), "it may just be about to answer"
    wait_to_lead(old, clock)
    assert (old.led_again, old.copies.state().reason) == (1, "")
    assert old.texts() == {"told to the new one"}
    assert old.copies._shipper.writer > new.copies._shipper.writer
    old.say(chat, "told to the old one")
    old.ship()
    third = Run(tmp_path / "third", store)
    assert third.rows() == old.rows()
    third.kill()


def test_a_new_run_that_lives_is_never_displaced(runs, clock):
    old, new, _ = runs
    for _ in range(200):
        for run in (old, new):
            run.look()
        new.ship()
        clock.pass_by(QUIET_SECONDS / 2)
    assert (leads(old), leads(new)) == (False, True)
    assert (old.led_again, new.stepped_down) == (0, 0)
    asked = [name for name in old.copies._store.list() if name.endswith("claim")]
    # Twice as long is waited after each answer.
    assert 3 < len(asked) < 12
    assert old.copies._watcher._succession._quiet <= LONGEST_QUIET


def test_a_new_run_that_was_only_held_up_steps_down_and_nothing_of_it_is_lost(runs, clock):
    old, new, chat = runs
    claim(old, clock)
    wait_to_lead(old, clock)
    new.say(chat, "told to the one that was held up")
    new.ship()
    new.look()
    assert (leads(old), leads(new)) == (True, False)
    assert new.stepped_down == 1
    old.look()
    assert old.texts() == {"told to the one that was held up"}
    assert leads(old)


def test_a_claim_without_a_snapshot_displaces_nobody(runs, clock):
    old, new, _ = runs
    claim(old, clock)
    new.look()
    assert leads(new)
    new.ship()
    clock.pass_by(ANSWER_SECONDS + 1)
    for _ in range(2):
        old.look()
        old.ship()
    assert not leads(old)


def test_a_drill_keeps_nobody_from_answering(runs, clock, monkeypatch):
    old, new, _ = runs
    begun, go_on, is_over = threading.Event(), threading.Event(), threading.Event()

    def drill(_sleep: object) -> None:
        begun.set()
        go_on.wait(10)
        is_over.set()

    monkeypatch.setattr(new.copies._watcher._drill, "run", drill)
    clock.pass_by(FIRST_DRILL_SECONDS + 1)
    new.look()
    assert begun.wait(10)
    old.look()
    new.look()
    new.ship()
    assert not is_over.is_set()
    go_on.set()
    clock.pass_by(ANSWER_SECONDS + 1)
    old.look()
    assert old.copies._watcher._next_writer is None


def test_of_two_runs_that_stepped_down_one_leads(runs, clock, store, tmp_path):
    old, new, _ = runs
    newest = Run(tmp_path / "newest", store, clock=clock)
    newest.ship()
    new.look()
    assert not leads(new)
    newest.kill()
    both = (old, new)
    for _ in range(100):
        for run in both:
            run.look()
            # A shipment takes less than the seconds that this clock makes of no time at all.
            if leads(run) or run.copies._watcher._next_writer is not None:
                run.ship()
            assert not all(map(leads, both))
        clock.pass_by(5.0)
    assert sorted(map(leads, both)) == [False, True]


def test_a_start_in_the_meantime_is_a_sign_of_life(runs, clock, store, tmp_path):
    old, new, _ = runs
    new.kill()
    claim(old, clock)
    third = Run(tmp_path / "third", store, clock=clock)
    third.ship()
    clock.pass_by(ANSWER_SECONDS + 1)
    old.look()
    assert (leads(old), leads(third)) == (False, True)
    third.kill()
