"""Whatever a store does at the start, an empty database never takes the place of a full one; what
it loses later is put there again."""

from pathlib import Path

import pytest

from chatbot.errors import StartupError
from chatbot.storage.copies import restore
from chatbot.storage.copies.objects import IN_USE
from chatbot.storage.copies.stores import StoreError
from tests.storage.copies.parts import Run, wait_until


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name in ("FIRST_WAIT", "READ_WAIT"):
        monkeypatch.setattr(restore, name, 0.0)


def fill(folder: Path, store) -> dict[str, list]:
    """The rows that the store holds, in two snapshots with a journal."""
    run = Run(folder / "full", store)
    chat = run.add_chat()
    run.ship()
    run.say(chat, "kept")
    run.ship()
    run.copies._shipper.ask_full()
    run.leave("ada@example.com")
    run.ship()
    rows = run.rows()
    run.kill()
    return rows


def check_refused(folder: Path, store, words: str) -> None:
    with pytest.raises(StartupError, match=words):
        Run(folder / "empty", store, patience=0.0)
    assert not (folder / "empty" / "chatbot.db").exists()


def check_restored(folder: Path, store, rows: dict[str, list], **values: float) -> None:
    run = Run(folder / "restored", store, **values)
    assert run.rows() == rows
    run.stop()


@pytest.mark.parametrize("hides", ["everything", "snapshots", "all but claims"])
def test_a_listing_that_hides_the_snapshots_is_no_first_run(tmp_path, store, monkeypatch, hides):
    rows = fill(tmp_path, store)
    kinds = {"everything": (), "snapshots": ("claim", "seg"), "all but claims": ("claim",)}[hides]
    names = store.list()
    with monkeypatch.context() as stale:
        stale.setattr(store, "list", lambda: [name for name in names if name.endswith(kinds)])
        if not kinds:
            stale.setattr(store, "list", list)
        check_refused(tmp_path, store, "does not list its snapshots")
    check_restored(tmp_path, store, rows)


def test_a_store_without_its_mark_is_known_by_its_journal(tmp_path, store, monkeypatch):
    """As an earlier version of the program left it."""
    fill(tmp_path, store)
    store.delete([IN_USE])
    names = [name for name in store.list() if not name.endswith("full")]
    monkeypatch.setattr(store, "list", lambda: names)
    check_refused(tmp_path, store, "does not list its snapshots")


def test_a_start_says_that_it_begins_with_an_empty_database(tmp_path, store, caplog):
    Run(tmp_path / "first", store).stop()
    said = [line for line in caplog.messages if "begins with an empty database" in line]
    assert len(said) == 1
    Run(tmp_path / "second", store).stop()
    assert caplog.messages.count(said[0]) == 1


def test_a_first_run_that_died_before_its_snapshot_is_followed_by_another(tmp_path, store):
    run = Run(tmp_path / "one", store)
    run.ship()
    run.kill()
    store.delete([name for name in store.list() if not name.endswith("claim")])
    again = Run(tmp_path / "two", store)
    again.ship()
    again.stop()


def test_a_snapshot_that_is_listed_and_not_there_is_looked_for_again(tmp_path, store, monkeypatch):
    rows = fill(tmp_path, store)
    get, misses = store.get, {}

    def miss_twice(name: str) -> bytes | None:
        misses[name] = misses.get(name, 0) + 1
        return get(name) if misses[name] > 2 else None

    with monkeypatch.context() as stale:
        stale.setattr(store, "get", miss_twice)
        check_restored(tmp_path, store, rows, patience=0.0)
    with monkeypatch.context() as stale:
        stale.setattr(store, "get", lambda name: get(name) if name == IN_USE else None)
        check_refused(tmp_path, store, "none of the snapshots can be read")


def test_a_snapshot_that_is_deleted_while_it_is_read_has_given_way_to_another(
    tmp_path, store, monkeypatch
):
    rows = fill(tmp_path, store)
    listings, listed, get = [], store.list, store.get

    def list_names() -> list[str]:
        listings.append(listed())
        return listings[-1]

    with monkeypatch.context() as busy:
        busy.setattr(store, "list", list_names)
        busy.setattr(store, "get", lambda name: get(name) if len(listings) > 1 else None)
        check_restored(tmp_path, store, rows)
    assert len(listings) > 1


def test_a_folder_that_goes_is_not_made_anew_and_has_all_when_it_is_back(tmp_path, store):
    run = Run(tmp_path / "one", store)
    run.leave("ada@example.com")
    run.ship()
    (tmp_path / "store").rename(tmp_path / "away")
    run.leave("grace@example.com")
    kept = run.copies._shipper.wait()
    wait_until(lambda: "does not work" in run.copies.state().reason)
    assert not kept.done()
    assert not (tmp_path / "store").exists()
    (tmp_path / "away").rename(tmp_path / "store")
    kept.result(10)
    rows = run.rows()
    run.kill()
    check_restored(tmp_path, store, rows)


def test_the_disk_below_one_that_was_unmounted_is_not_the_store(tmp_path, store):
    store.prepare()
    other = -1  # of no device
    store._disk = other
    with pytest.raises(StoreError, match="is not mounted"):
        store.put("v1/one", b"one")
    assert store.list() == []
    (tmp_path / "store" / "v1").mkdir()
    (tmp_path / "store" / IN_USE).write_bytes(b"mounted again, as another device")
    store.put("v1/one", b"one")
    assert store.get("v1/one") == b"one"


@pytest.mark.usefixtures("no_looks")
def test_a_store_that_was_emptied_is_filled_again(tmp_path, store):
    run = Run(tmp_path / "one", store)
    run.leave("ada@example.com")
    run.ship()
    store.delete(store.list())
    run.leave("grace@example.com")
    run.ship()
    run.look()
    run.ship()
    assert store.get(IN_USE) is not None
    rows = run.rows()
    run.kill()
    check_restored(tmp_path, store, rows)
