import uuid
from datetime import timedelta

import pytest
from sqlmodel import select

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.contact_changes import add_owner_note
from chatbot.people.contacts import MAX_NOTES, save_contact
from chatbot.storage.models import (
    ActionLink,
    Booking,
    Contact,
    ContactConversation,
    utc_now,
)
from tests.contact_examples import add, contacts, make_desk
from tests.dashboards.visits import Visit, at


@pytest.fixture
def desk(database):
    return make_desk(database)


def rows(database, table):
    return list(database.read_now(lambda session: session.exec(select(table)).all()))


def add_pair(database, **values):
    kept = Contact(
        name="Ana Ruiz",
        email="ana@example.com",
        phone="+46701740605",
        notes="Hello",
        owner_notes="Mine",
        tags=["nordic"],
        created_at=at(2),
    )
    other = Contact(
        name="A. Ruiz",
        email="ana@work.example",
        company="Nordwind",
        notes="Hello\nCall me",
        owner_notes="Also mine\nand more",
        tags=["Nordic", "urgent"],
        status="in_talks",
        next_step="Call",
        next_step_on="2026-06-01",
        consent_at=at(1),
        email_verified_at=at(1),
        created_at=at(1),
    )
    for name, value in values.items():
        setattr(other, name, value)
    add(database, kept, other)
    return kept.id, other.id


async def test_what_happens_is_said_before(database, desk):
    preview = await desk.preview_merge(*add_pair(database))
    assert preview.union.filled == {"company": "Nordwind", "next step": "Call"}
    assert [(c.what, c.kept, c.noted) for c in preview.union.conflicts] == [
        ("e-mail address", "ana@example.com", "ana@work.example"),
        ("name", "Ana Ruiz", "A. Ruiz"),
    ]
    assert len(contacts(database)) == 2


async def test_nothing_of_either_is_lost(database, desk):
    kept, other = add_pair(database)
    await desk.merge_contacts(kept, other)
    [row] = contacts(database)
    assert (row.id, row.name, row.email) == (kept, "Ana Ruiz", "ana@example.com")
    assert (row.phone, row.company) == ("+46701740605", "Nordwind")
    assert (row.status, row.next_step, row.next_step_on) == ("in_talks", "Call", "2026-06-01")
    assert (row.tags, row.notes) == (["nordic", "urgent"], "Hello\nCall me")
    assert row.owner_notes.splitlines() == [
        "Mine",
        "Also the e-mail address ana@work.example (confirmed).",
        "Also the name A. Ruiz.",
        "Also mine",
        "and more",
    ]
    assert (row.consent_at, row.created_at, row.email_verified_at) == (at(1), at(1), None)


async def test_an_address_comes_with_its_mark(database, desk):
    kept, other = add_pair(database)
    database.write_now(lambda session: setattr(session.get(Contact, kept), "email", None))
    await desk.merge_contacts(kept, other)
    [row] = contacts(database)
    assert (row.email, row.email_verified_at) == ("ana@work.example", at(1))


async def test_conversations_calls_and_links_follow(database, desk):
    def work(session):
        both, own = Visit.begin(session, at(1)), Visit.begin(session, at(2))
        ana, _ = save_contact(session, email="a@example.com", conversation_id=both.id)
        eva, _ = save_contact(session, email="e@example.com", conversation_id=own.id)
        save_contact(session, email="e@example.com", conversation_id=both.id)
        later = utc_now() + timedelta(hours=1)
        session.add_all(
            [
                Booking(contact_id=eva.id, status="booked", starts_at=at(9), minutes=30),
                ActionLink(action="contacted", target_id=eva.id, expires_at=later),
            ]
        )
        return ana.id, eva.id, {both.id, own.id}

    ana, eva, chats = database.write_now(work)
    await desk.merge_contacts(ana, eva)
    links = rows(database, ContactConversation)
    assert {link.contact_id for link in links} == {ana}
    assert sorted(link.conversation_id for link in links) == sorted(chats)
    assert [row.contact_id for row in rows(database, Booking)] == [ana]
    assert [row.target_id for row in rows(database, ActionLink)] == [ana]


async def test_words_that_do_not_fit_go_to_the_owners_notes(database, desk):
    kept, other = add_pair(database, notes="\n".join(["y" * 100] + ["x" * MAX_NOTES]))
    await desk.merge_contacts(kept, other)
    [row] = contacts(database)
    assert row.notes == "Hello"
    assert "y" * 100 in row.owner_notes
    assert "x" * MAX_NOTES in row.owner_notes


@pytest.mark.parametrize(
    ("first", "second", "after"),
    [
        ("new", "junk", "new"),
        ("junk", "new", "new"),
        ("junk", "junk", "junk"),
        ("contacted", "in_talks", "contacted"),
        ("new", "closed", "closed"),
    ],
)
async def test_the_stage_of_a_merged_contact(sqlite_database, first, second, after):
    desk = make_desk(sqlite_database)
    kept, other = add_pair(sqlite_database, status=second)
    await desk.update_contact(kept, status=first)
    assert (await desk.merge_contacts(kept, other)).status == after
    [row] = contacts(sqlite_database)
    assert ("was in talks" in row.owner_notes) == (first == "contacted")


async def test_one_of_both_is_no_junk_if_the_other_is_none(sqlite_database):
    kept, other = add_pair(sqlite_database, junk_reason="A reason.")
    assert not (await make_desk(sqlite_database).merge_contacts(kept, other)).may_be_junk


async def test_twice_or_with_itself_is_refused(database, desk):
    kept, other = add_pair(database)
    with pytest.raises(InvalidInput, match="one contact already"):
        await desk.merge_contacts(kept, str(kept))
    await desk.merge_contacts(kept, other)
    for call in (desk.merge_contacts(kept, other), desk.preview_merge(kept, other)):
        with pytest.raises(NotFound):
            await call
    with pytest.raises(NotFound):
        await desk.merge_contacts(uuid.UUID(int=7), kept)
    assert len(contacts(database)) == 1


def test_a_note_is_added_once():
    contact = Contact(owner_notes="note 10")
    for _ in range(2):
        add_owner_note(contact, "note 1")
    assert contact.owner_notes == "note 10\nnote 1"
