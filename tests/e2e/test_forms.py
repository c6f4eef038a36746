import re
import uuid

import pytest
from playwright.sync_api import expect

from chatbot.storage.models import Contact, Escalation, Notification
from tests.e2e.conftest import read_rows
from tests.e2e.test_page import PHONE, is_in_viewport, scrolls_sideways
from tests.e2e.visitor_page import WAIT
from tests.stand_in import Reply

pytestmark = pytest.mark.browser

CONTACT, HUMAN, CHAT = "Contact", "Talk to a human", "Chat"


def make_email(name: str = "ana") -> str:
    return f"{name}.{uuid.uuid4().hex[:8]}@example.com"


def field(visitor, label):
    return visitor.page.get_by_role("textbox", name=label)


def contacts_of(visitor, email):
    return [row for row in read_rows(visitor.app, Contact) if row.email == email]


def notifications_of(visitor, kind):
    key = visitor.conversation_id
    rows = read_rows(visitor.app, Notification)
    return [row for row in rows if row.kind == kind and row.payload["conversation_id"] == key]


def escalations_of(visitor):
    rows = read_rows(visitor.app, Escalation)
    return [row for row in rows if str(row.conversation_id) == visitor.conversation_id]


def send(visitor):
    visitor.button("Send to Mara").click()


def wait_until_stored(visitor):
    expect(visitor.page.get_by_role("heading", name="Mara has your details")).to_be_visible(
        timeout=WAIT
    )


def test_bad_input_is_told_under_its_field_and_good_input_is_stored(visitor):
    visitor.open_part(CONTACT)
    email = make_email()
    message = "A role in Malmö.\nStart in May <b>or</b> later."
    field(visitor, "E-mail").fill("ana@@example")
    field(visitor, "Phone").fill("12345")
    field(visitor, "Name").fill("Ana Ruiz")
    field(visitor, "Company").fill("Nordwind")
    field(visitor, "Message").fill(message)
    send(visitor)
    for label in ("E-mail", "Phone"):
        box = field(visitor, label)
        expect(box).to_have_attribute("aria-invalid", "true", timeout=WAIT)
        expect(box).to_have_accessible_description(re.compile("cannot be used"))
    expect(field(visitor, "E-mail")).to_be_focused()
    expect(visitor.alert).to_have_count(2)
    assert contacts_of(visitor, email) == []
    assert field(visitor, "Message").input_value() == message
    assert field(visitor, "Phone").input_value() == "12345"

    field(visitor, "E-mail").fill(email)
    field(visitor, "Phone").fill("+44 20 7183 8750")
    visitor.page.get_by_role("checkbox", name="Mara may contact me about this").check()
    send(visitor)
    wait_until_stored(visitor)
    expect(visitor.page.get_by_role("heading", name="Mara has your details")).to_be_focused()
    expect(visitor.page.get_by_text(email)).to_be_visible()
    expect(visitor.alert).to_have_count(0)
    [contact] = contacts_of(visitor, email)
    assert (contact.phone, contact.name, contact.company) == (
        "+442071838750",
        "Ana Ruiz",
        "Nordwind",
    )
    assert contact.notes.startswith(message)
    assert contact.consent_at is not None


def test_the_box_of_consent_is_empty_and_its_words_help(visitor):
    visitor.open_part(CONTACT)
    box = visitor.page.get_by_role("checkbox")
    expect(box).not_to_be_checked()
    expect(box).to_have_accessible_description(re.compile("Without this"))
    expect(field(visitor, "Phone")).to_have_accessible_description(re.compile(r"\+44"))
    email = make_email()
    field(visitor, "E-mail").fill(email)
    send(visitor)
    wait_until_stored(visitor)
    expect(visitor.page.get_by_text("did not agree to be contacted")).to_be_visible()
    assert contacts_of(visitor, email)[0].consent_at is None


def test_a_double_click_is_one_contact_and_one_notification(visitor):
    visitor.open_part(CONTACT)
    email = make_email()
    field(visitor, "E-mail").fill(email)
    visitor.button("Send to Mara").dblclick()
    wait_until_stored(visitor)
    assert len(contacts_of(visitor, email)) == 1
    assert len(notifications_of(visitor, "contact")) == 1


def test_a_known_address_is_merged_and_nobody_learns_that_it_was_known(visit, app):
    email, receipts = make_email(), []
    for words in ("First wish", "Second wish"):
        visitor = visit(app)
        visitor.open_part(CONTACT)
        field(visitor, "E-mail").fill(email)
        field(visitor, "Message").fill(words)
        send(visitor)
        wait_until_stored(visitor)
        receipts.append(visitor.page.locator("#contact-receipt").inner_text())
    [contact] = contacts_of(visitor, email)
    assert contact.notes.splitlines()[0] == "First wish"
    assert "Second wish" in contact.notes
    assert receipts[0] == receipts[1]


def test_a_stored_form_can_be_changed_and_sent_again(visitor):
    visitor.open_part(CONTACT)
    email = make_email()
    field(visitor, "E-mail").fill(email)
    send(visitor)
    wait_until_stored(visitor)
    expect(field(visitor, "E-mail")).to_be_hidden()
    visitor.button("Change or add something").click()
    expect(field(visitor, "E-mail")).to_have_value(email)
    field(visitor, "Name").fill("Ana Ruiz")
    field(visitor, "Name").press("Enter")
    expect(field(visitor, "E-mail")).to_be_hidden(timeout=WAIT)
    assert [row.name for row in contacts_of(visitor, email)] == ["Ana Ruiz"]


def test_what_was_typed_survives_a_look_at_the_chat(visitor):
    visitor.open_part(CONTACT)
    field(visitor, "Message").fill("Half a thought")
    visitor.open_part(CHAT)
    visitor.ask("What do you do between forms?")
    visitor.open_part(CONTACT)
    expect(field(visitor, "Message")).to_have_value("Half a thought")


def test_the_tab_calls_the_owner_once_and_says_when(visitor):
    visitor.open_part(HUMAN)
    expect(visitor.page.get_by_text("Mara is not in this chat right now")).to_be_visible()
    email = make_email()
    field(visitor, "What is it about?").fill("A role in Malmö")
    field(visitor, "E-mail").fill("nowhere")
    visitor.button("Ask Mara to join").click()
    expect(field(visitor, "E-mail")).to_be_focused(timeout=WAIT)
    expect(visitor.alert).to_contain_text("cannot be used")
    assert escalations_of(visitor) == []

    field(visitor, "E-mail").fill(email)
    visitor.button("Ask Mara to join").dblclick()
    told = visitor.page.get_by_text(re.compile(r"Mara has been told at \d"))
    expect(told).to_be_visible(timeout=WAIT)
    [escalation] = escalations_of(visitor)
    assert "A role in Malmö" in escalation.note
    assert email in escalation.note
    assert len(contacts_of(visitor, email)) == 1
    [told_owner] = notifications_of(visitor, "escalation")
    assert told_owner.payload["email"] == email
    assert notifications_of(visitor, "contact") == []

    visitor.button("Back to the chat").click()
    visitor.wait_for_words("Mara has been told about this chat")


def test_a_later_note_joins_the_first_call(visitor):
    visitor.button("Talk to Mara").click()
    visitor.wait_for_words("Mara has been told about this chat")
    visitor.open_part(HUMAN)
    expect(visitor.page.get_by_text("Mara has been told at")).to_be_visible()
    expect(visitor.button("Ask Mara to join")).to_be_hidden()
    visitor.button("Add a note or an e-mail address").click()
    field(visitor, "What is it about?").fill("It is about Malmö")
    visitor.button("Send this to Mara as well").click()
    expect(field(visitor, "What is it about?")).to_be_hidden(timeout=WAIT)
    assert [row.note for row in escalations_of(visitor)] == ["It is about Malmö"]


def test_the_owner_is_one_tap_away_on_every_tab(visitor):
    for name in (CONTACT, HUMAN):
        visitor.open_part(name)
        expect(visitor.button("Talk to Mara")).to_be_visible()
    visitor.button("Talk to Mara").click()
    visitor.wait_for_words("Mara has been told about this chat")
    expect(visitor.box).to_be_visible()


def test_a_call_in_the_middle_of_an_answer_leaves_both_whole(visitor, say):
    say(Reply(text=f"Begin. {'word ' * 120} The end.", tokens_per_second=60))
    visitor.send("What do you do at length?")
    visitor.wait_for_words("Begin.")
    visitor.open_part(HUMAN)
    visitor.button("Ask Mara to join").click()
    told = visitor.page.get_by_text("Mara has been told at")
    expect(told).to_be_visible(timeout=WAIT)
    visitor.button("Back to the chat").click()
    visitor.wait_for_words("The end.")
    visitor.wait_for_words("Mara has been told about this chat")
    visitor.open_part(HUMAN)
    expect(told).to_be_visible()


def test_links_lead_from_each_form_to_the_other(visitor):
    visitor.open_part(CONTACT)
    visitor.button("Ask Mara to join the chat").click()
    visitor.button("Leave your details").click()
    expect(visitor.button("Send to Mara")).to_be_visible()


def test_the_keyboard_is_enough_for_a_form(visitor):
    page = visitor.page
    page.get_by_role("tab", name=CHAT).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name=CONTACT)).to_be_focused()
    expect(field(visitor, "E-mail")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(field(visitor, "E-mail")).to_be_focused()
    email = make_email()
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    wait_until_stored(visitor)
    assert len(contacts_of(visitor, email)) == 1


def test_what_only_programs_fill_in_is_out_of_sight_and_marks_the_contact(visitor):
    visitor.open_part(CONTACT)
    unseen = visitor.page.locator("#contact-unseen textarea")
    box = unseen.bounding_box()
    assert box["x"] + box["width"] < 0
    expect(unseen).to_have_attribute("tabindex", "-1")
    unseen.evaluate(
        "box => { box.value = 'spam'; box.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    email = make_email()
    field(visitor, "E-mail").fill(email)
    send(visitor)
    wait_until_stored(visitor)
    assert "a field that people do not see" in contacts_of(visitor, email)[0].notes


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_room_for_tabs_and_forms(visit, app, scheme):
    visitor = visit(app, viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=scheme)
    page = visitor.page
    for name in (CHAT, CONTACT, HUMAN):
        tab = page.get_by_role("tab", name=name, exact=True)
        assert is_in_viewport(tab)
        assert tab.bounding_box()["height"] >= 38
        top = tab.bounding_box()["y"]
        visitor.open_part(name)
        assert tab.bounding_box()["y"] == top
        assert not scrolls_sideways(page)
    for label in ("What is it about?", "E-mail"):
        assert field(visitor, label).bounding_box()["width"] > 340
    visitor.open_part(CONTACT)
    send(visitor)
    expect(field(visitor, "E-mail")).to_be_focused(timeout=WAIT)
    expect(visitor.alert).to_be_in_viewport()
