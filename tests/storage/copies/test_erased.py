"""What was erased is in no copy after a day, and comes back by none."""

import pytest
from sqlmodel import Session, col, delete, select

from chatbot.storage.copies import restore
from chatbot.storage.copies.stores import StoreError
from chatbot.storage.copies.watcher import ERASED_LATE_SECONDS, LATE_SECONDS
from chatbot.storage.models import Booking, ChatSession, Conversation, Erasure, Message
from tests.storage.copies.parts import Run, find_texts, list_writers

pytestmark = pytest.mark.usefixtures("no_looks")

MARKER = "a marker that is erased"
HOUR = 3600.0


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """What cannot be read is tried without pauses."""
    monkeypatch.setattr(restore, "READ_WAIT", 0.0)


def erase(run: Run, *ids: object) -> None:
    """Delete what holds the marker, with a receipt, as the program does."""

    def work(session: Session) -> None:
        session.exec(delete(Message).where(col(Message.content) == MARKER))
        session.add(Erasure(reason="visitor", erased_ids=[str(one) for one in ids]))

    run.write(work)
    run.ship()


def test_after_a_day_no_copy_of_any_run_holds_what_was_erased(tmp_path, store, clock):
    """A run that died had it, the one that leads erased it, and an old one ships it late."""
    died = Run(tmp_path / "died", store, clock=clock)
    chat = died.add_chat()
    died.say(chat, MARKER)
    died.ship()
    died.kill()
    old = Run(tmp_path / "old", store, clock=clock)
    old.ship()
    lead = Run(tmp_path / "lead", store, clock=clock)
    lead.ship()
    old.look()
    assert find_texts(store).count(MARKER) == 3
    erase(lead)
    lead.look()
    # What the old run ships now holds it still; a snapshot of its own comes with it.
    old.copies._shipper.ask_full()
    old.say(chat, "late")
    old.ship()
    old.kill()
    for _ in range(24):
        lead.look()
        lead.ship()
        clock.pass_by(HOUR)
    assert MARKER not in find_texts(store)
    assert list_writers(store) == {str(lead.copies._shipper.writer)}
    rows = lead.rows()
    assert [row for row in rows["message"] if "late" in row]
    lead.kill()
    again = Run(tmp_path / "again", store, clock=clock)
    assert again.rows() == rows
    again.stop()


def test_a_damaged_copy_of_what_was_erased_goes_as_well(tmp_path, store, clock):
    died = Run(tmp_path / "died", store, clock=clock)
    chat = died.add_chat()
    died.ship()
    lead = Run(tmp_path / "lead", store, clock=clock)
    lead.ship()
    died.say(chat, MARKER)
    died.ship()
    died.kill()
    last = max(name for name in store.list() if str(died.copies._shipper.writer) in name)
    store.put(last, store.get(last)[:-3])
    erase(lead)
    for _ in range(24):
        lead.look()
        clock.pass_by(HOUR)
    assert list_writers(store) == {str(lead.copies._shipper.writer)}
    lead.stop()


def test_a_store_that_deletes_nothing_is_tried_again_and_told_of(
    tmp_path, store, clock, monkeypatch
):
    run = Run(tmp_path / "one", store, clock=clock)
    chat = run.add_chat()
    run.say(chat, MARKER)
    run.ship()
    erase(run)

    def refuse(_names: object) -> None:
        raise StoreError("failed")

    with monkeypatch.context() as broken:
        broken.setattr(store, "delete", refuse)
        for _ in range(2):
            with pytest.raises(StoreError):
                run.look()
            clock.pass_by(ERASED_LATE_SECONDS / 2 + 1)
        assert "could not be deleted" in run.copies.state().reason
    run.look()
    assert run.copies.state().reason == ""
    assert MARKER not in find_texts(store)
    run.stop()


def test_what_a_dead_run_deleted_and_had_not_shipped_stays_deleted_on_its_disk(
    tmp_path, store, clock
):
    first = Run(tmp_path / "one", store, clock=clock)
    chat = first.add_chat()
    first.say(chat, MARKER)
    first.ship()
    first.copies.stop(0)
    first.write(lambda s: s.exec(delete(Message).where(col(Message.content) == MARKER)))
    first.database.close()
    again = Run(tmp_path / "one", store, clock=clock)
    again.ship()
    again.look()
    again.ship()
    assert again.rows()["message"] == []
    clock.pass_by(LATE_SECONDS + 1)
    again.look()
    assert MARKER not in find_texts(store)
    again.stop()


def test_a_receipt_keeps_away_what_belonged_to_a_visitor_who_is_erased(tmp_path, store, clock):
    """A call may stand without its session; one of an erased session may not come back."""
    old = Run(tmp_path / "old", store, clock=clock)
    chat = old.add_chat()
    old.ship()
    lead = Run(tmp_path / "lead", store, clock=clock)
    lead.ship()
    visit = lead.database.read_now(lambda s: s.get(Conversation, chat).session_id)

    def book(session: Session) -> None:
        session.add(
            Booking(
                session_id=visit,
                client_key="k",
                status="booked",
                starts_at=session.get(Conversation, chat).created_at,
                minutes=30,
                name=MARKER,
            )
        )

    old.write(book)
    old.ship()

    def erase_visit(session: Session) -> None:
        session.exec(delete(Conversation))
        session.exec(delete(ChatSession))
        session.add(Erasure(reason="visitor", erased_ids=[str(visit), str(chat)]))

    lead.write(erase_visit)
    lead.ship()
    lead.look()
    assert lead.database.read_now(lambda s: s.exec(select(Booking)).all()) == []
    for run in (lead, old):
        run.stop()
