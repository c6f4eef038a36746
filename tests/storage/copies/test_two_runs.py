"""Two runs on two disks at one time, as during a deploy."""

import pytest
from sqlmodel import Session, col, delete, select

from chatbot.storage.copies import restore
from chatbot.storage.copies.objects import ObjectName
from chatbot.storage.copies.stores import StoreError
from chatbot.storage.copies.watcher import LATE_SECONDS
from chatbot.storage.models import Contact, Conversation, Erasure, Escalation, Message
from tests.storage.copies.parts import Run, list_writers, wait_until

pytestmark = pytest.mark.usefixtures("no_looks")


@pytest.fixture
def runs(tmp_path, store, clock):
    """The old run with a chat, and the new one that was restored from it."""
    old = Run(tmp_path / "old", store, clock=clock)
    chat = old.add_chat()
    old.say(chat, "before")
    old.ship()
    new = Run(tmp_path / "new", store, clock=clock)
    new.ship()
    yield old, new, chat
    new.stop()
    old.stop()


def test_the_earlier_run_steps_down_and_its_late_rows_are_merged(runs):
    old, new, chat = runs
    old.say(chat, "late")
    old.leave("late@example.com")
    old.look()
    assert old.stepped_down == 1
    assert "newer run" in old.copies.state().reason
    old.say(chat, "later")
    old.ship()
    new.look()
    assert new.stepped_down == 0
    assert new.texts() == {"before", "late", "later"}
    old.look()
    assert old.stepped_down == 1


def test_a_row_that_comes_very_late_is_merged_and_only_then_deleted(runs, clock, store):
    old, new, chat = runs
    old.look()
    new.look()
    clock.pass_by(10 * 86_400)
    new.look()
    assert list_writers(store) == {str(new.copies._shipper.writer)}
    old.say(chat, "left on a page that was open for days")
    old.ship()
    clock.pass_by(86_400)
    new.look()
    assert "left on a page that was open for days" in new.texts()
    new.ship()
    new.look()
    assert list_writers(store) == {str(new.copies._shipper.writer)}


def test_what_is_merged_is_not_deleted_before_it_is_shipped(runs, clock, store, monkeypatch):
    old, new, chat = runs
    old.say(chat, "late")
    old.ship()
    clock.pass_by(LATE_SECONDS + 1)
    put, is_down = store.put, [True]

    def refuse(name: str, content: bytes) -> None:
        if is_down and str(new.copies._shipper.writer) in name:
            raise StoreError("down")
        put(name, content)

    monkeypatch.setattr(store, "put", refuse)
    new.look()
    assert str(old.copies._shipper.writer) in list_writers(store)
    is_down.clear()
    new.ship()
    new.look()
    assert str(old.copies._shipper.writer) not in list_writers(store)


def test_an_object_on_its_way_is_waited_for(runs, store, monkeypatch):
    monkeypatch.setattr(restore, "READ_WAIT", 0.0)
    old, new, chat = runs
    cut = ObjectName(old.copies._shipper.writer, old.copies._shipper._number, "seg")
    old.say(chat, "first")
    old.ship()
    whole = store.get(str(cut))
    store.put(str(cut), whole[:-5])
    old.say(chat, "second")
    old.ship()
    new.look()
    assert new.texts() == {"before"}
    store.put(str(cut), whole)
    new.look()
    assert new.texts() == {"before", "first", "second"}


def test_a_start_merges_what_nobody_has_merged(runs, tmp_path, store):
    old, new, chat = runs
    new.say(chat, "of the new one")
    new.ship()
    old.say(chat, "of the old one")
    old.ship()
    third = Run(tmp_path / "third", store)
    assert third.texts() == {"before", "of the old one", "of the new one"}
    third.stop()


def test_merged_rows_are_shipped_again_and_the_old_copies_deleted(runs, clock, store, tmp_path):
    old, new, chat = runs
    old.say(chat, "late")
    old.ship()
    new.look()
    new.ship()
    clock.pass_by(LATE_SECONDS + 1)
    new.look()
    assert list_writers(store) == {str(new.copies._shipper.writer)}
    third = Run(tmp_path / "third", store)
    assert third.texts() == {"before", "late"}
    third.stop()


def test_of_two_versions_of_a_row_the_later_one_counts(runs):
    old, new, chat = runs

    def rename(run: Run, title: str, second: int) -> None:
        def work(session: Session) -> None:
            row = session.get(Conversation, chat)
            row.title = title
            row.updated_at = row.updated_at.replace(year=2030, second=second)

        run.write(work)

    rename(new, "newer", 30)
    rename(old, "older", 20)
    old.ship()
    new.look()
    assert new.rows()["conversation"][0] != old.rows()["conversation"][0]
    rename(old, "newest", 40)
    old.ship()
    new.look()
    assert new.rows()["conversation"] == old.rows()["conversation"]


def test_what_the_new_run_erased_does_not_come_back_late(runs):
    old, new, chat = runs

    def erase(session: Session) -> None:
        visit = session.get(Conversation, chat).session_id
        session.exec(delete(Message).where(col(Message.conversation_id) == chat))
        session.exec(delete(Conversation).where(col(Conversation.id) == chat))
        session.add(Erasure(reason="visitor", erased_ids=[str(chat), str(visit)]))

    new.write(erase)
    new.ship()
    old.say(chat, "a marker that is late")
    old.write(lambda s: setattr(s.get(Conversation, chat), "title", "a marker"))
    old.ship()
    new.look()
    assert new.texts() == set()
    assert new.rows()["conversation"] == []


def test_what_the_old_run_erased_is_erased_in_the_new_one(runs):
    old, new, _ = runs
    old.write(lambda s: s.exec(delete(Message)))
    old.ship()
    new.look()
    assert new.texts() == set()


def test_one_person_met_by_both_runs_stays_one_contact(runs):
    old, new, chat = runs
    new.leave("ada@example.com", notes="told the new one")
    old.leave("ada@example.com", notes="told the old one", name="Ada")
    for run in (old, new):
        run.write(
            lambda s: s.add(
                Escalation(conversation_id=chat, live_conversation_id=chat, reason="requested")
            )
        )
    old.ship()
    new.look()
    [contact] = new.database.read_now(lambda s: s.exec(select(Contact)).all())
    assert contact.name == "Ada"
    assert contact.notes.splitlines() == ["told the new one", "told the old one"]
    calls = new.database.read_now(lambda s: s.exec(select(Escalation)).all())
    assert sorted(call.live_conversation_id is None for call in calls) == [False, True]


def test_of_two_runs_that_start_together_one_leads(tmp_path, store):
    both = [Run(tmp_path / name, store) for name in ("a", "b")]
    for run in both:
        run.ship()
        run.add_chat()
        run.ship()
    for run in both:
        run.look()
    assert sorted(run.stepped_down for run in both) == [0, 1]
    [leader] = [run for run in both if not run.stepped_down]
    wait_until(lambda: len(leader.rows()["conversation"]) == 2)
    for run in both:
        run.stop()


def test_what_a_snapshot_alone_says_is_deleted_is_deleted_when_it_comes_late(runs):
    """The old run has erased, and deleted its own older copies with the rows."""
    old, new, chat = runs
    gone = old.say(chat, "a marker that both have")
    old.ship()
    new.look()
    assert "a marker that both have" in new.texts()

    def erase(session: Session) -> None:
        session.exec(delete(Message).where(col(Message.id) == gone))
        session.add(Erasure(reason="visitor"))

    old.write(erase)
    old.ship()
    old.copies._shipper.ask_full()
    old.say(chat, "after it")
    old.ship()
    for name in old.copies._store.list():
        if str(old.copies._shipper.writer) in name and not name.endswith("full"):
            old.copies._store.delete([name])
    new.look()
    assert new.texts() == {"before", "after it"}
