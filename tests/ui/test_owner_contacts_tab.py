import re

import pytest

from chatbot.people.contacts import save_contact
from chatbot.storage.models import Booking, Contact, JobDescription, Question
from chatbot.ui.locales.owner_contacts_en import ENGLISH_CONTACTS
from chatbot.ui.locales.owner_en import ENGLISH_OWNER
from chatbot.ui.owner_contact_list import CSV_PATH, IMPORT_PATH
from chatbot.ui.owner_contacts_tab import ContactsHandlers, ContactsTab
from chatbot.ui.owner_guard import OwnerGuard
from chatbot.ui.owner_list import OwnerList
from tests.contact_examples import add, contacts, make_desk
from tests.dashboards.visits import Visit, at
from tests.ui.test_owner_tabs import HOSTILE, REQUEST, Door, named, word_error


@pytest.fixture
def tab(sqlite_database) -> ContactsHandlers:
    return ContactsHandlers(
        desk=make_desk(sqlite_database),
        guard=OwnerGuard(Door(is_open=True), word_error, ENGLISH_OWNER),
        tab=named(ContactsTab, pane=named(OwnerList)),
        common=ENGLISH_OWNER,
        texts=ENGLISH_CONTACTS,
    )


async def show(tab, search="", status="", tag=""):
    return await tab.show_contacts(REQUEST, search, status, "1", tag)


def add_person(database) -> str:
    def work(session):
        visit = Visit.begin(session, at(1))
        visit.ask("Do you know Python?", at(1))
        contact, _ = save_contact(
            session,
            email="ana@example.com",
            name="Ana Ruiz",
            company="Tidal",
            notes="Their words",
            conversation_id=visit.id,
        )
        job = JobDescription(conversation_id=visit.id, title="Engineer", text="Lead a team")
        call = Booking(contact_id=contact.id, status="booked", starts_at=at(4), minutes=30)
        session.add_all([job, call, Question(text="Salary?", conversation_id=visit.id)])
        return str(contact.id)

    return database.write_now(work)


async def test_an_empty_list_offers_to_take_contacts_in(tab):
    shown = await show(tab)
    assert "No contacts yet" in shown["rows"]
    assert f'href="{IMPORT_PATH}"' in shown["rows"]
    assert "Nothing is due" in (await show(tab, status="due"))["rows"]
    assert "Nothing matches" in (await show(tab, search="zebra"))["rows"]


async def test_the_list_has_numbers_marks_and_files(sqlite_database, tab):
    add(
        sqlite_database,
        Contact(name="Ana", next_step="Call", next_step_on="2020-01-01", tags=["a", "b", "c", "d"]),
        Contact(name="Mash", junk_reason="A reason."),
    )
    shown = await show(tab)
    for words in ("Overdue&#58; 1 Jan 2020", "May be junk", "&#43;1", CSV_PATH, IMPORT_PATH):
        assert words in shown["rows"]
    assert shown["rows"].index("Ana") < shown["rows"].index("Mash")
    assert ("All 2", "") in shown["status"]["choices"]
    assert ("Due 1", "due") in shown["status"]["choices"]
    assert ("a 1", "a") in shown["tag"]["choices"]
    assert shown["tag"]["visible"]
    assert "Mash" not in (await show(tab, tag="a"))["rows"]
    found = await tab.find_contacts(REQUEST, "mash", "", "")
    assert ("Mash" in found["rows"], found["page"]) == (True, "1")


async def test_one_person_is_shown_on_one_page(sqlite_database, tab):
    key = add_person(sqlite_database)
    opened = await tab.open_contact(REQUEST, key)
    assert (opened["shown"], opened["stage"], opened["notes"]) == (key, "new", "")
    for words in ("Their words", "Do you know Python", "Salary", "Engineer", "Lead a team"):
        assert words in opened["about"]
    assert "30 minutes" in opened["about"]
    assert "own-inbox-open-" in opened["about"]
    assert 'href="mailto:ana' in opened["head"]


async def test_what_the_owner_keeps_is_saved_for_the_contact_that_is_shown(sqlite_database, tab):
    key = add_person(sqlite_database)
    staged = await tab.set_contact_stage(REQUEST, key, "in_talks")
    assert (staged["stage"], "In talks" in staged["line"]) == ("in_talks", True)
    saved = await tab.save_contact(REQUEST, key, "Call", "2026-06-01", "My words")
    assert (saved["step"], saved["day"], saved["notes"]) == ("Call", "2026-06-01", "My words")
    assert f"own-contacts-done-{key}" in saved["step_tools"]
    tagged = await tab.add_contact_tag(REQUEST, key, "nordic, urgent")
    assert (tagged["tags"].count("contact-untag"), tagged["new_tag"]) == (2, "")
    [row] = contacts(sqlite_database)
    assert (row.notes, row.owner_notes, row.status) == ("Their words", "My words", "in_talks")
    wrong = await tab.save_contact(REQUEST, key, "Call", "tomorrow", "")
    assert list(wrong) == ["line"]


async def test_the_buttons_in_a_contact(sqlite_database, tab):
    key = add_person(sqlite_database)
    await tab.save_contact(REQUEST, key, "Call", "", "")
    await tab.add_contact_tag(REQUEST, key, "a: b")
    done = await tab.act_on_contact(REQUEST, key, f"done:{key}")
    assert (done["step"], "(done)" in done["notes"]) == ("", True)
    assert "contact-untag" not in (await tab.act_on_contact(REQUEST, key, "untag:a: b"))["tags"]
    assert (await tab.act_on_contact(REQUEST, key, "junk:"))["stage"] == "junk"
    assert (await tab.act_on_contact(REQUEST, key, "unjunk:"))["stage"] == "new"
    odd = await tab.act_on_contact(REQUEST, key, "delete:everything")
    assert "Load the page again" in odd["line"].replace("&#32;", " ")


async def test_two_contacts_are_merged_after_it_was_said_what_happens(sqlite_database, tab):
    key = add_person(sqlite_database)
    (other,) = add(sqlite_database, Contact(name="Ana Ruiz", email="ana@work.example"))
    opened = await tab.open_contact(REQUEST, key)
    assert f"own-contacts-pick-{other.id}" in opened["candidates"]
    searched = await tab.find_same_contact(REQUEST, key, "work.example")
    assert f"own-contacts-pick-{other.id}" in searched["candidates"]
    assert "No other" in (await tab.find_same_contact(REQUEST, key, "zebra"))["candidates"]
    picked = await tab.act_on_contact(REQUEST, key, f"pick:{other.id}")
    assert "goes to your notes" in picked["candidates"]
    assert "Ana Ruiz &#40;ana&#64;work&#46;example&#41; into" in picked["candidates"]
    assert "cannot be undone" in picked["candidates"]
    assert len(contacts(sqlite_database)) == 2
    kept = await tab.act_on_contact(REQUEST, key, f"unpick:{other.id}")
    assert f"own-contacts-pick-{other.id}" in kept["candidates"]
    merged = await tab.act_on_contact(REQUEST, key, f"unite:{other.id}")
    assert "Merged" in merged["line"]
    assert "ana@work.example" in merged["notes"]
    assert [str(row.id) for row in contacts(sqlite_database)] == [key]


async def test_everybodys_words_are_shown_as_text_only(sqlite_database, tab):
    def work(session):
        visit = Visit.begin(session, at(1))
        contact = visit.leave_contact(
            at(1),
            name=HOSTILE[:90],
            company=HOSTILE[:90],
            notes=HOSTILE,
            junk_reason=HOSTILE,
            tags=["<img src=x onerror=a()>", "**b**"],
        )
        twin = Contact(name=HOSTILE[:90], company="![i](x)", email="<b>@x")
        job = JobDescription(conversation_id=visit.id, title=HOSTILE[:90], text=HOSTILE)
        call = Booking(
            contact_id=contact.id, status="<b>", starts_at=at(4), minutes=30, topic=HOSTILE
        )
        asked = Question(text=HOSTILE, conversation_id=visit.id, answer=HOSTILE)
        session.add_all([twin, job, call, asked])
        session.flush()
        return str(contact.id), str(twin.id)

    key, twin = sqlite_database.write_now(work)
    shown = [
        await show(tab),
        await tab.open_contact(REQUEST, key),
        await tab.act_on_contact(REQUEST, key, f"pick:{twin}"),
    ]
    names = ("rows", "head", "tags", "about", "candidates", "line", "step_tools")
    pieces = [changes[name] for changes in shown for name in names if name in changes]
    assert sum("onerror" in piece for piece in pieces) >= 6
    for piece in pieces:
        assert "\n" not in piece
        assert not re.search(r"<(img|script|svg|i|b)\b[^>]*(src|onerror|>x)", piece)
        assert "![i]" not in piece
        assert "**" not in piece
