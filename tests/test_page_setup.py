"""What the start tells the owner of the set-up."""

import pytest

from chatbot.knowledge.sections import Profile
from chatbot.page_setup import build_notes, build_page_values
from chatbot.storage.database import DatabaseValues
from tests.fakes import SECRET, make_settings


@pytest.mark.parametrize(
    ("url", "key", "is_told"),
    [
        ("postgresql://db/chatbot", None, True),
        ("mysql://db/chatbot", None, True),
        ("postgresql://db/chatbot", SECRET, False),
        ("sqlite:///chatbot.db", None, False),
    ],
)
def test_processes_on_a_server_need_one_secret_key(url, key, is_told):
    settings = make_settings(DatabaseValues(url), secret_key=key)
    notes = build_notes(settings, Profile("Mara Lindqvist"))
    assert any(note.startswith("SECRET_KEY") for note in notes) is is_told


@pytest.mark.parametrize("store", [None, "hf://buckets/me/chat-data"])
def test_the_page_about_privacy_knows_of_the_copies(sqlite_values, store):
    settings = make_settings(sqlite_values, snapshot_store=store)
    assert build_page_values(settings, Profile("Mara Lindqvist")).is_copied is (store is not None)
