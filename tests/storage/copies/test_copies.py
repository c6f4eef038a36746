"""Shipping and restoring, over a folder."""

import pytest
from sqlmodel import Session, col, delete, select

from chatbot.errors import StartupError
from chatbot.storage.copies import drill, shipper
from chatbot.storage.copies.objects import IN_USE, Codec, ObjectName, Writer
from chatbot.storage.copies.stores import DirectoryStore
from chatbot.storage.copies.watcher import FIRST_DRILL_SECONDS
from chatbot.storage.models import Contact, Erasure, Message
from tests.conftest import KEY
from tests.storage.copies.parts import Run, wait_until


@pytest.mark.parametrize("key", [None, KEY])
def test_what_was_shipped_is_what_an_empty_disk_gets(tmp_path, store, key):
    first = Run(tmp_path / "one", store, key=key)
    chat = first.add_chat()
    first.ship()
    told = first.say(chat, "ünïcode \x00 and 'quotes'")
    first.leave("ada@example.com", tags=["a", "b"])
    first.ship()
    first.write(lambda s: setattr(s.get(Message, told), "content", "edited"))
    first.write(lambda s: s.exec(delete(Contact)))
    gone = first.leave("grace@example.com")
    first.ship()
    rows = first.rows()
    assert len(rows["contact"]) == 1
    first.kill()

    second = Run(tmp_path / "two", store, key=key)
    assert second.rows() == rows
    assert second.rows()["contact"][0][0] == gone
    blobs = [store.get(name) for name in store.list() if name != IN_USE]
    assert len(blobs) >= 4
    if key:
        assert all(b"CCS2" == blob[:4] for blob in blobs)
    second.stop()


def test_a_wrong_key_stops_the_start(tmp_path, store):
    first = Run(tmp_path / "one", store, key=KEY)
    first.stop()
    for wrong in ("another passphrase", None):
        with pytest.raises(StartupError, match=r"another DATABASE_KEY .* Set DATABASE_KEY to"):
            Run(tmp_path / "two", store, key=wrong)
    assert not (tmp_path / "two" / "chatbot.db").exists()


def test_what_is_rolled_back_is_not_shipped(tmp_path, store):
    first = Run(tmp_path / "one", store)
    chat = first.add_chat()
    first.ship()

    def fail(session: Session) -> None:
        session.add(Message(conversation_id=chat, role="user", content="never"))
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        first.write(fail)
    first.say(chat, "kept")
    first.stop()
    second = Run(tmp_path / "two", store)
    texts = second.database.read_now(lambda s: s.exec(select(Message.content)).all())
    assert list(texts) == ["kept"]
    second.stop()


def test_a_restart_on_the_same_disk_keeps_what_was_not_shipped(tmp_path, store):
    first = Run(tmp_path / "one", store)
    first.ship()
    first.copies.stop(0)
    chat = first.add_chat()
    first.say(chat, "only here")
    first.database.close()
    second = Run(tmp_path / "one", store)
    second.ship()
    rows = second.rows()
    second.stop()
    third = Run(tmp_path / "two", store)
    assert third.rows() == rows
    assert len(rows["message"]) == 1
    third.stop()


def test_rows_of_another_disk_are_merged_into_a_file_that_is_there(tmp_path, store):
    here = Run(tmp_path / "here", store)
    chat = here.add_chat()
    gone = here.say(chat, "erased elsewhere")
    here.stop()
    there = Run(tmp_path / "there", store)
    there.say(chat, "said elsewhere")
    there.write(lambda s: s.exec(delete(Message).where(col(Message.id) == gone)))
    there.stop()
    again = Run(tmp_path / "here", store)
    again.ship()
    texts = again.database.read_now(lambda s: s.exec(select(Message.content)).all())
    assert list(texts) == ["said elsewhere"]
    again.stop()


def test_what_another_program_writes_to_the_file_is_shipped(tmp_path, store):
    first = Run(tmp_path / "one", store)
    first.ship()
    other = Run.__new__(Run)
    from chatbot.storage.database import Database, DatabaseValues

    other.database = Database(DatabaseValues(f"sqlite:///{first.path}"))
    other.add_chat()
    other.database.close()
    first.ship()
    rows = first.rows()
    assert len(rows["conversation"]) == 1
    first.kill()
    second = Run(tmp_path / "two", store)
    assert second.rows() == rows
    second.stop()


def test_after_an_erasure_nothing_older_is_kept(tmp_path, store):
    first = Run(tmp_path / "one", store)
    chat = first.add_chat()
    first.ship()
    text = "a marker that is erased"
    told = first.say(chat, text)
    first.ship()

    def erase(session: Session) -> None:
        session.exec(delete(Message).where(col(Message.id) == told))
        session.add(Erasure(reason="visitor"))

    first.write(erase)
    first.ship()
    before = set(store.list())
    first.copies._watcher.look()
    left = set(store.list())
    assert left < before
    assert sorted(name[-4:] for name in left) == ["-use", "full", "laim"]
    first.stop()
    second = Run(tmp_path / "two", store)
    assert second.rows()["message"] == []
    second.stop()


def test_a_store_that_is_not_there_is_no_first_run(tmp_path, store, monkeypatch):
    first = Run(tmp_path / "one", store)
    first.stop()
    monkeypatch.setattr(DirectoryStore, "prepare", lambda _: None)
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    with pytest.raises(StartupError, match="SNAPSHOT_STORE: the folder .* is not there"):
        Run(tmp_path / "two", store, patience=0.1)
    assert not (tmp_path / "two" / "chatbot.db").exists()
    # With a file the program starts, says why nothing is safe, and catches up.
    again = Run(tmp_path / "one", store)
    again.add_chat()
    wait_until(lambda: "is not there" in again.copies.state().reason)
    (tmp_path / "elsewhere").rename(tmp_path / "store")
    again.ship()
    assert again.copies.state().reason == ""
    again.stop()


@pytest.mark.parametrize("key", [None, KEY])
def test_a_damaged_snapshot_gives_way_to_the_one_before(tmp_path, store, key):
    first = Run(tmp_path / "one", store, key=key)
    chat = first.add_chat()
    first.ship()
    first.copies._shipper.ask_full()
    first.say(chat, "later")
    first.stop()
    rows = first_rows = None
    newest = max(name for name in store.list() if name.endswith("full"))
    path = tmp_path / "store" / newest
    path.write_bytes(path.read_bytes()[:-7])
    second = Run(tmp_path / "two", store, key=key)
    rows, first_rows = second.rows(), 1
    assert len(rows["conversation"]) == first_rows
    second.stop()


def test_what_an_earlier_version_sealed_can_be_read():
    name, codec = ObjectName(Writer(1, "0123456789ab"), 3, "seg"), Codec(KEY)
    sealed = codec.pack(name, [{"at": 1}])
    assert codec.unpack(name, b"CCS1" + sealed[4 + 32 :]) == [{"at": 1}]


def test_a_copy_that_cannot_be_made_is_made_later(tmp_path, store, monkeypatch):
    monkeypatch.setattr(shipper, "AFTER_ERROR_SECONDS", 0.2)
    first = Run(tmp_path / "one", store)
    first.ship()

    def fail(_path: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(first.database, "copy_file", fail)
    first.copies._shipper.ask_full()
    waiter = first.copies._shipper.wait()
    first.add_chat()
    wait_until(lambda: "could not be made" in first.copies.state().reason)
    assert not waiter.done()
    monkeypatch.undo()
    waiter.result(10)
    assert first.copies.state().reason == ""
    rows = first.rows()
    first.kill()
    second = Run(tmp_path / "two", store)
    assert second.rows() == rows
    second.stop()


def test_what_a_drill_finds_missing_is_shipped_anew_and_proved_again(
    tmp_path, store, clock, monkeypatch
):
    monkeypatch.setattr(drill, "TRIES", 1)
    run = Run(tmp_path / "one", store, clock=clock)
    run.ship()
    run.leave("ada@example.com")
    run.ship()
    store.delete([name for name in store.list() if name.endswith("seg")])
    clock.pass_by(FIRST_DRILL_SECONDS + 1)
    run.look()
    wait_until(lambda: "is missing" in run.copies.state().reason, 30)
    run.ship()
    clock.pass_by(FIRST_DRILL_SECONDS + 1)
    run.look()
    wait_until(lambda: run.copies.state().reason == "", 30)
    run.stop()


def test_a_drill_compares_every_row(tmp_path, store):
    first = Run(tmp_path / "one", store)
    chat = first.add_chat()
    told = first.say(chat, "as it was")
    first.leave("ada@example.com")
    first.ship()
    proof = first.copies.build_drill(first.database)
    result = proof.run()
    assert (result.is_ok, result.rows) == (True, 4)
    assert first.copies.state().drill == result
    # What the journal does not know of is seen: here a row is changed behind its back.
    first.database.work_on_file(lambda c: c.execute("DROP TRIGGER temp.copy_message_update"))
    first.write(lambda s: setattr(s.get(Message, told), "content", "changed"))
    first.ship()
    result = proof.run(lambda _seconds: None)
    assert result.fault == f"message {told.hex} is not the same"
    assert "restore drill failed: message" in first.copies.state().reason
    first.stop()
