import html
import uuid

import pytest
from sqlmodel import select

from chatbot.people.confirming import Confirming
from chatbot.people.privacy import Privacy
from chatbot.people.retention import Retention
from chatbot.storage.models import ChatSession, Contact, Erasure, Message
from chatbot.ui.locales.owner_en import ENGLISH_OWNER
from chatbot.ui.locales.owner_privacy_en import ENGLISH_OWNER_PRIVACY
from chatbot.ui.owner_guard import OwnerGuard
from chatbot.ui.owner_privacy_tab import (
    PrivacyHandlers,
    PrivacyTab,
    count_words,
    retention_html,
)
from tests.inbox_parts import RecordingBell
from tests.people.test_erasing import leave, tell, visit
from tests.ui.test_owner_tabs import HOSTILE, REQUEST, Door, named, word_error


class NoTurns:
    async def stop_turn(self, conversation_id: uuid.UUID) -> bool:  # noqa: ARG002
        return False


@pytest.fixture
def handlers(sqlite_database) -> PrivacyHandlers:
    privacy = Privacy(
        Retention(),
        database=sqlite_database,
        bell=RecordingBell(),
        turns=NoTurns(),
        confirming=Confirming(sqlite_database),
    )
    return PrivacyHandlers(
        privacy=privacy,
        guard=OwnerGuard(Door(is_open=True), word_error, ENGLISH_OWNER),
        tab=named(PrivacyTab),
        texts=ENGLISH_OWNER,
        words=ENGLISH_OWNER_PRIVACY,
    )


def count(database, table) -> int:
    return len(database.read_now(lambda s: s.exec(select(table)).all()))


async def test_a_contact_is_found_asked_about_and_erased(sqlite_database, handlers):
    left = leave(sqlite_database)
    found = (await handlers.find_people(REQUEST, "ana@example"))["found"]
    assert f"own-privacy-ask-{left.contact}" in found
    asked = (await handlers.ask_to_erase(REQUEST, str(left.contact)))["found"]
    assert f"own-privacy-contact-{left.contact}" in asked
    assert "It cannot be undone" in asked.replace("&#32;", " ")
    assert count(sqlite_database, Contact) == 1
    done = await handlers.erase_contact(REQUEST, str(left.contact))
    assert (done["found"], "own-done" in done["line"]) == ("", True)
    assert (count(sqlite_database, Contact), count(sqlite_database, Message)) == (0, 3)
    receipts = (await handlers.reload_receipts(REQUEST, "1"))["receipts"]
    assert "By you" in receipts
    assert "1 contact" in receipts
    assert "Still being wiped" in receipts


class NoCopy:
    """A store that does not answer."""

    async def confirm(self, _seconds: float) -> bool:
        return False


@pytest.mark.parametrize("act", ["erase_contact", "erase_person", "erase_chat"])
async def test_what_no_copy_has_heard_of_is_said_to_be_erased_here_alone(
    sqlite_database, handlers, monkeypatch, act
):
    monkeypatch.setattr(handlers._privacy._confirming, "_copies", NoCopy())
    left = leave(sqlite_database)
    key = left.conversation if act == "erase_chat" else left.contact
    done = await getattr(handlers, act)(REQUEST, str(key))
    assert "it comes back" in html.unescape(done["line"])
    assert count(sqlite_database, Erasure) == 1


async def test_a_person_is_erased_with_their_chats(sqlite_database, handlers):
    left = leave(sqlite_database)
    await handlers.erase_person(REQUEST, str(left.contact))
    assert count(sqlite_database, ChatSession) == 0


async def test_a_conversation_is_found_by_its_words_and_erased(sqlite_database, handlers):
    left = leave(sqlite_database)
    found = (await handlers.find_people(REQUEST, "content"))["found"]
    assert f"own-privacy-ask-{left.conversation}" in found
    asked = (await handlers.ask_to_erase(REQUEST, str(left.conversation)))["found"]
    assert f"own-privacy-chat-{left.conversation}" in asked
    await handlers.erase_chat(REQUEST, str(left.conversation))
    assert count(sqlite_database, Message) == 0
    assert count(sqlite_database, Contact) == 1


@pytest.mark.parametrize("selected", ["", None, "x", str(uuid.UUID(int=7))])
async def test_what_is_not_there_is_said_to_be_gone(handlers, selected):
    for handler in (
        handlers.ask_to_erase,
        handlers.erase_contact,
        handlers.erase_person,
        handlers.erase_chat,
    ):
        assert "cc-error" in (await handler(REQUEST, selected))["line"]


async def test_a_search_needs_three_letters_and_none_clears_it(handlers):
    assert "three letters" in (await handlers.find_people(REQUEST, "an"))["line"]
    assert (await handlers.find_people(REQUEST, " "))["found"] == ""
    assert "Nobody matches" in (await handlers.find_people(REQUEST, "zebra"))["found"]


async def test_what_visitors_wrote_is_shown_as_text(sqlite_database, handlers):
    _, conversation = visit(sqlite_database, HOSTILE[:100])
    contact = tell(sqlite_database, conversation, name=HOSTILE, company=HOSTILE)
    found = (await handlers.find_people(REQUEST, "ana@example"))["found"]
    asked = (await handlers.ask_to_erase(REQUEST, str(contact)))["found"]
    for shown in (found, asked):
        assert "<img" not in shown
        assert "**" not in shown
        assert "&lt;img" in shown or "&#60;img" in shown


async def test_an_empty_list_says_so(handlers):
    assert "Nothing has been erased" in (await handlers.show_receipts(REQUEST, "1"))["receipts"]


async def test_a_receipt_says_how_much_and_never_what(sqlite_database, handlers):
    counts = {"message": 12, "contact": 1, "delivery": 2}
    sqlite_database.write_now(lambda s: s.add(Erasure(reason="retention", counts=counts)))
    shown = (await handlers.show_receipts(REQUEST, "1"))["receipts"]
    assert "12 messages, 1 contact, 2 other entries" in html.unescape(shown)


def test_what_was_only_changed_is_said_too():
    assert count_words({"contact": 0}, ENGLISH_OWNER_PRIVACY) == "Taken out of what others told too"


def test_the_retention_in_force_is_told():
    shown = retention_html(ENGLISH_OWNER_PRIVACY, Retention(chat_days=1, contact_days=30))
    assert "1 day after" in shown
    assert "30 days after" in shown
