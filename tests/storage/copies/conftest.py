import pytest

from chatbot.storage.copies.drill import Drill
from chatbot.storage.copies.states import DrillResult
from chatbot.storage.copies.stores import DirectoryStore
from chatbot.storage.copies.watcher import Watcher
from tests.storage.copies.parts import Clock


@pytest.fixture
def store(tmp_path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "store")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def no_looks(monkeypatch) -> None:
    """The runs look when the test says so, and drill nothing."""
    monkeypatch.setattr(Watcher, "start", lambda _: None)
    monkeypatch.setattr(Drill, "run", lambda *_: DrillResult("", 0))
