import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.engine.visitor_chat import VisitorChat
from chatbot.errors import InvalidFields, NotFound
from chatbot.people.forms import (
    FILLED_UNSEEN,
    MAX_MESSAGE,
    SENT_TOO_FAST,
    ContactForm,
    check_contact_form,
    new_form_id,
)
from chatbot.storage.models import Contact, Escalation, Message, Notification, utc_now
from tests.fakes import Visitor, make_settings, read_rows, running_services
from tests.stand_in import Reply, StandIn

FORM = ContactForm(
    email="Ana.Ruiz@Example.com",
    phone="+44 20 7183 8750",
    name="Ana Ruiz",
    company="Nordwind",
    message="A role in Malmö",
    has_consented=True,
)


def make_form_id(seconds_ago: float = 60) -> str:
    moment = utc_now() - timedelta(seconds=seconds_ago)
    key = uuid.UUID(new_form_id()).int & ((1 << 80) - 1)
    return str(uuid.UUID(int=int(moment.timestamp() * 1000) << 80 | key))


def filled(**changes) -> ContactForm:
    return replace(FORM, **{"form_id": make_form_id(), **changes})


async def test_a_form_sent_many_times_is_one_contact_and_one_notification(database_values):
    async with running_services(make_settings(database_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        form = filled()
        receipts = await asyncio.gather(
            *(services.chat.leave_contact(visitor.key, form) for _ in range(8))
        )
        contacts, told = read_rows(services, Contact), read_rows(services, Notification)
    assert {receipt.email for receipt in receipts} == {"ana.ruiz@example.com"}
    assert len({receipt.next_form_id for receipt in receipts}) == 8
    [contact] = contacts
    assert (contact.email, contact.phone) == ("ana.ruiz@example.com", "+442071838750")
    assert (contact.name, contact.company, contact.notes) == (FORM.name, FORM.company, FORM.message)
    assert contact.consent_at is not None
    assert contact.conversation_id == visitor.view.conversation_id
    assert [(row.kind, row.payload["company"]) for row in told] == [("contact", "Nordwind")]


async def test_a_known_address_is_merged_and_the_receipt_does_not_tell(database_values):
    async with running_services(make_settings(database_values)) as services:
        first, second = [await Visitor.arrive(services.chat) for _ in range(2)]
        known = await services.chat.leave_contact(first.key, filled())
        foreign = filled(name="Mallory", company="Evil", phone="", message="Hello")
        again = await services.chat.leave_contact(second.key, foreign)
        [contact] = read_rows(services, Contact)
    assert replace(again, next_form_id="") == replace(known, next_form_id="")
    assert (contact.name, contact.company) == ("Ana Ruiz", "Nordwind")
    assert all(word in contact.notes for word in ("Hello", "Mallory", "Evil", "Malmö"))


async def test_every_field_that_cannot_be_used_is_named_and_nothing_is_stored(sqlite_values):
    bad = filled(email="ana@", phone="12", name="n" * 201, message="m" * (MAX_MESSAGE + 1))
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        with pytest.raises(InvalidFields) as caught:
            await services.chat.leave_contact(visitor.key, bad)
        assert read_rows(services, Contact) == []
    assert list(caught.value.fields) == ["email", "phone", "name", "message"]
    assert "2,001" in caught.value.fields["message"]
    assert caught.value.user_message == caught.value.fields["email"]


@pytest.mark.parametrize("email", ["", "   ", "\u202e", "ana", "a" * 400 + "@example.com"])
async def test_only_the_address_is_needed_and_it_must_be_one(email):
    with pytest.raises(InvalidFields) as caught:
        check_contact_form(ContactForm(email=email, form_id=make_form_id()))
    assert list(caught.value.fields) == ["email"]
    assert check_contact_form(ContactForm(email="ana@example.com")).email == "ana@example.com"


@pytest.mark.parametrize(
    ("changes", "signs"),
    [
        ({}, ()),
        ({"form_id": make_form_id(3)}, ()),
        ({"form_id": ""}, (SENT_TOO_FAST,)),
        ({"form_id": "no id"}, (SENT_TOO_FAST,)),
        ({"form_id": str(uuid.uuid4())}, (SENT_TOO_FAST,)),
        ({"unseen": "https://spam.example"}, (FILLED_UNSEEN,)),
    ],
)
def test_a_programs_form_is_marked(changes, signs):
    assert check_contact_form(filled(**changes)).signs == signs


async def test_a_marked_form_is_stored_all_the_same(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        form = filled(form_id=new_form_id(), unseen="x")
        await services.chat.leave_contact(visitor.key, form)
        [contact] = read_rows(services, Contact)
        assert len(read_rows(services, Notification)) == 1
    assert contact.notes.splitlines() == [FORM.message, SENT_TOO_FAST, FILLED_UNSEEN]


async def test_consent_is_noted_only_when_it_was_given(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        receipt = await services.chat.leave_contact(visitor.key, filled(has_consented=False))
        [contact] = read_rows(services, Contact)
    assert contact.consent_at is None
    assert not receipt.has_consented


async def test_asking_again_is_one_escalation_to_which_it_adds(database_values):
    async with running_services(make_settings(database_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        chat = services.chat
        views = await asyncio.gather(*(chat.ask_for_human(visitor.key) for _ in range(6)))
        for _ in range(3):
            view = await chat.ask_for_human(visitor.key, "A role in Malmö", "Ana@Example.com")
        [escalation] = read_rows(services, Escalation)
        [contact] = read_rows(services, Contact)
        told, notices = read_rows(services, Notification), read_rows(services, Message)
    assert all(view.escalation is not None and view.is_escalated for view in views)
    assert view.escalation == views[0].escalation
    assert escalation.note.splitlines() == [
        "A role in Malmö",
        "Would like an answer at ana@example.com",
    ]
    assert (contact.email, contact.notes) == ("ana@example.com", "A role in Malmö")
    assert [row.payload.get("email") for row in told] == [None, "ana@example.com"]
    assert {row.kind for row in told} == {"escalation"}
    assert [row.role for row in notices] == ["notice"]


async def test_a_first_call_with_an_address_is_one_notification(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        view = await services.chat.ask_for_human(visitor.key, "Soon please", "ana@example.com")
        [told] = read_rows(services, Notification)
    assert (told.payload["email"], told.payload["note"]) == ("ana@example.com", "Soon please")
    assert "by e-mail" in view.messages[-1].text


async def test_a_visitor_cannot_ring_the_owner_at_will(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        for number in range(11, -1, -1):
            await services.chat.ask_for_human(visitor.key, f"Note {number}")
        [escalation] = read_rows(services, Escalation)
        assert len(read_rows(services, Notification)) == 2
    assert escalation.note.splitlines() == [f"Note {number}" for number in range(11, -1, -1)]


async def test_a_call_that_cannot_be_used_calls_nobody(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        with pytest.raises(InvalidFields) as caught:
            await services.chat.ask_for_human(visitor.key, "n" * 1001, "nope")
        assert read_rows(services, Escalation) == []
    assert list(caught.value.fields) == ["note", "email"]


async def test_a_call_during_an_answer_shows_until_its_end(sqlite_values):
    with StandIn(default=Reply(tokens=60, tokens_per_second=60)) as stand_in:
        settings = make_settings(
            sqlite_values, openai_api_key="sk-test", openai_base_url=stand_in.base_url
        )
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            visitor.view = await services.chat.send(visitor.key, "What do you do now?")
            following = asyncio.create_task(visitor.follow())
            await asyncio.sleep(0.3)
            told = await services.chat.ask_for_human(visitor.key)
            views = await following
    later = [view for view in views if view.escalation is not None]
    assert told.is_answering
    assert len(later) > 2
    assert later == views[-len(later) :]
    assert all(view.messages[-1].role == "notice" for view in later)


@pytest.mark.parametrize("call", ["leave_contact", "ask_for_human"])
async def test_a_foreign_chat_takes_no_form(sqlite_values, call):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor, other = [await Visitor.arrive(services.chat) for _ in range(2)]
        key = replace(visitor.key, conversation_id=str(other.view.conversation_id))
        arguments = (filled(),) if call == "leave_contact" else ("note", "ana@example.com")
        with pytest.raises(NotFound):
            await getattr(VisitorChat, call)(services.chat, key, *arguments)
        assert read_rows(services, Contact) == []
        assert read_rows(services, Escalation) == []
