"""Every store keeps its promises: a folder, and a bucket and a dataset over the Hub's routes."""

import threading
import time
from types import SimpleNamespace

import pytest
from huggingface_hub.utils import close_session

from chatbot.errors import StartupError
from chatbot.storage.copies import hub_stores, restore
from chatbot.storage.copies.addresses import open_store
from chatbot.storage.copies.hub_stores import BucketStore, DatasetStore
from chatbot.storage.copies.stores import DirectoryStore, StoreError
from tests.hub_stand_in import HubStandIn
from tests.storage.copies.parts import Run

NAME = "v1/00000001-0123456789ab/0000000001.seg"


@pytest.fixture
def hub(monkeypatch):
    with HubStandIn() as hub:
        monkeypatch.setattr("huggingface_hub.utils._xet.get_xet_session", hub.session)
        # The library's own pauses between its tries.
        hurried = SimpleNamespace(sleep=lambda _: None, time=time.time)
        monkeypatch.setattr("huggingface_hub.utils._http.time", hurried)
        yield hub
        hub.faults.clear()
        for thread in threading.enumerate():
            if thread.name == "copies-hub":
                thread.join(20)
    # Connections that are kept alive would reach nobody at the next stand-in's port.
    close_session()


@pytest.fixture(params=["folder", "bucket", "dataset"])
def store(request, tmp_path):
    if request.param == "folder":
        return DirectoryStore(tmp_path / "store")
    return make(request.getfixturevalue("hub"), request.param)


def make(hub: HubStandIn, kind: str, token: str = "hf_token"):
    made = BucketStore if kind == "bucket" else DatasetStore
    return made("me/copies", token=token, endpoint=hub.url)


def test_what_is_put_is_listed_and_read_until_it_is_deleted(store):
    store.prepare()
    store.prepare()
    assert store.list() == []
    assert store.get(NAME) is None
    content = bytes(range(256)) * 40
    store.put(NAME, content)
    store.put(NAME, content)
    store.put(NAME.replace("seg", "full"), b"full")
    assert sorted(store.list()) == [NAME.replace("seg", "full"), NAME]
    assert store.get(NAME) == content
    store.delete([NAME])
    store.delete([])
    assert store.list() == [NAME.replace("seg", "full")]
    assert store.get(NAME) is None


@pytest.mark.parametrize("kind", ["bucket", "dataset"])
def test_a_run_is_restored_from_the_hub(hub, tmp_path, kind, monkeypatch):
    monkeypatch.setattr(BucketStore, "lag", 0.0)
    first = Run(tmp_path / "one", make(hub, kind), key="a passphrase")
    chat = first.add_chat()
    first.ship()
    first.say(chat, "hello")
    first.ship()
    rows = first.rows()
    first.kill()
    second = Run(tmp_path / "two", make(hub, kind), key="a passphrase")
    assert second.rows() == rows
    second.stop()
    places = hub.buckets if kind == "bucket" else hub.datasets
    assert places["me/copies"].is_private


@pytest.mark.parametrize("kind", ["bucket", "dataset"])
def test_a_public_place_is_refused(hub, kind):
    hub.makes_public = True
    with pytest.raises(StoreError, match="is public") as refused:
        make(hub, kind).prepare()
    assert refused.value.is_final


@pytest.mark.parametrize("kind", ["bucket", "dataset"])
@pytest.mark.parametrize(
    ("status", "words", "is_final"),
    [
        (401, "SNAPSHOT_TOKEN is not accepted", True),
        (402, "plan", True),
        (403, "may not write", True),
        (404, "not there", True),
        (412, "another run", False),
    ],
)
def test_an_answer_of_the_hub_has_words_for_the_owner(hub, kind, status, words, is_final):
    store = make(hub, kind)
    store.prepare()
    hub.faults.extend([(status, {})] * 10)
    with pytest.raises(StoreError, match=words) as failed:
        store.list()
    assert failed.value.is_final is is_final


@pytest.mark.parametrize("kind", ["bucket", "dataset"])
def test_a_limit_of_the_hub_is_waited_for(hub, kind):
    store = make(hub, kind)
    store.prepare()
    hub.faults.extend([(429, {"RateLimit": '"api";r=0;t=7'})] * 10)
    with pytest.raises(StoreError, match="429") as failed:
        store.put(NAME, b"x")
    assert failed.value.wait == 7.0


@pytest.mark.parametrize("kind", ["bucket", "dataset"])
def test_a_hub_that_hangs_holds_nobody_up(hub, kind, monkeypatch):
    store = make(hub, kind)
    store.prepare()
    monkeypatch.setattr(hub_stores, "CALL_SECONDS", 0.3)
    monkeypatch.setattr(hub_stores, "UPLOAD_SECONDS", 0.3)
    hub.faults.extend([(-1, {})] * 10)
    begun = time.monotonic()
    with pytest.raises(StoreError, match="in time"):
        store.put(NAME, b"x")
    assert time.monotonic() - begun < 1.5


def test_a_client_of_the_hub_has_time_outs(hub):
    from huggingface_hub.utils._http import get_session

    make(hub, "bucket").prepare()
    timeout = get_session().timeout
    assert (timeout.connect, timeout.read) == (5.0, 15.0)


def test_a_dataset_stays_under_the_hubs_limit_of_commits(hub, monkeypatch):
    store = make(hub, "dataset")
    store.prepare()
    monkeypatch.setattr(hub_stores, "MOST_COMMITS", 3)
    monkeypatch.setattr(hub_stores, "HURRIED_COMMITS", 2)
    for number in range(3):
        assert store.may_hurry() is (number < 2)
        store.put(f"v1/{number}", b"x")
    with pytest.raises(StoreError, match="used up") as refused:
        store.put("v1/3", b"x")
    assert refused.value.wait > 50
    assert hub.datasets["me/copies"].commits == 3
    # 80 an hour by the clock, and what visitors wait for: never more than the Hub allows.
    assert 3600 / DatasetStore.interval <= 80


def test_what_is_deleted_leaves_the_history_of_a_dataset(hub):
    store = make(hub, "dataset")
    store.prepare()
    store.put(NAME, b"x")
    store.delete([NAME])
    assert hub.datasets["me/copies"].squashed == 1


def test_an_address_names_its_store(tmp_path):
    assert isinstance(open_store(str(tmp_path), None), DirectoryStore)
    assert isinstance(open_store("hf://buckets/me/copies", "hf_token"), BucketStore)
    assert isinstance(open_store("hf://datasets/me/copies", "hf_token"), DatasetStore)


@pytest.mark.parametrize("kind", ["bucket", "dataset"])
@pytest.mark.parametrize("fault", [401, 403, 404, 429, 500, 503, -1])
def test_a_start_with_an_empty_disk_ends_when_the_hub_does_not_answer(
    hub, tmp_path, kind, fault, monkeypatch
):
    """It never goes on with an empty database over the copies that are there."""
    monkeypatch.setattr(BucketStore, "lag", 0.0)
    monkeypatch.setattr(DatasetStore, "lag", 0.0)
    first = Run(tmp_path / "one", make(hub, kind))
    first.add_chat()
    first.ship()
    rows = first.rows()
    first.kill()
    with monkeypatch.context() as hurried:
        hurried.setattr(hub_stores, "CALL_SECONDS", 0.3)
        hurried.setattr(restore, "FIRST_WAIT", 0.0)
        hub.faults.extend([(fault, {"retry-after": "1"})] * 1000)
        with pytest.raises(StartupError, match="SNAPSHOT_STORE"):
            Run(tmp_path / "two", make(hub, kind), patience=0.0)
        assert not (tmp_path / "two" / "chatbot.db").exists()
        hub.faults.clear()
    second = Run(tmp_path / "two", make(hub, kind))
    assert second.rows() == rows
    second.stop()
