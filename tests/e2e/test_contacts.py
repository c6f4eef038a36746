"""The owner's contacts in Chromium: from what a visitor leaves to a file and back."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from chatbot.storage.models import Contact, ContactConversation
from tests.e2e.conftest import read_rows
from tests.e2e.test_accessibility import find_violations
from tests.e2e.test_owner_sign_in import owned_app, sign_in  # noqa: F401
from tests.e2e.test_page import PHONE, scrolls_sideways
from tests.e2e.visitor_page import WAIT

pytestmark = pytest.mark.browser


def leave(visit, app, email, name):
    """A visitor leaves their details in two chats."""
    visitor = visit(app)
    for words in (f"My name is {name} and my e-mail is {email}", f"Again, my e-mail is {email}"):
        visitor.ask(words)
        visitor.button("New chat").click()
        expect(visitor.questions).to_have_count(0, timeout=WAIT)


def find_contact(app, email):
    return next((row for row in read_rows(app, Contact) if row.email == email), None)


def wait_until(page, holds):
    """Waits for something in the database."""
    for _ in range(WAIT // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("It did not happen in time.")


def open_contacts(visit, app, **options):
    owner = visit(app, **options)
    owner.guard.allow_broken_connections()
    sign_in(owner.page, app)
    owner.page.get_by_role("tab", name="Contacts", exact=True).click()
    expect(owner.page.locator("#owner-contacts-list")).not_to_contain_text("Loading", timeout=WAIT)
    return owner


def row_of(page, words):
    return page.locator("#owner-contacts-list .own-row").filter(has_text=words)


def open_row(page, words):
    row_of(page, words).first.click()
    expect(page.locator("#owner-contacts-detail")).to_contain_text(words, timeout=WAIT)


def test_one_person_from_two_chats_is_kept_and_merged(visit, owned_app):  # noqa: F811
    leave(visit, owned_app, "ines@nordwind.example", "Ines Ruiz")
    leave(visit, owned_app, "ines@home.example", "Ines Ruiz")
    person = find_contact(owned_app, "ines@nordwind.example")
    links = read_rows(owned_app, ContactConversation)
    assert len([link for link in links if link.contact_id == person.id]) == 2

    page = open_contacts(visit, owned_app).page
    open_row(page, "ines@nordwind.example")
    kept = lambda: find_contact(owned_app, "ines@nordwind.example")  # noqa: E731
    about = page.locator("#owner-contacts-about")
    expect(about.get_by_role("button", name=re.compile("My name is Ines"))).to_be_visible()
    expect(about.get_by_role("button", name=re.compile("Again, my e-mail"))).to_be_visible()

    page.get_by_role("radio", name="In talks", exact=True).click()
    wait_until(page, lambda: kept().status == "in_talks")
    page.get_by_label("Next step", exact=True).fill("Send the portfolio")
    page.get_by_role("button", name="Today", exact=True).click()
    page.get_by_label("Your notes", exact=True).fill("Spoke on Monday.")
    page.locator("#owner-contacts-save").click()
    expect(row_of(page, "ines@nordwind.example")).to_contain_text("Due today", timeout=WAIT)
    page.get_by_label("New tag", exact=True).fill("nordic")
    page.get_by_label("New tag", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Remove the tag nordic")).to_be_visible(timeout=WAIT)
    assert (kept().next_step, kept().owner_notes) == ("Send the portfolio", "Spoke on Monday.")

    page.locator("#owner-contacts-candidates .own-row").filter(has_text="ines@home.example").click()
    merge = page.locator(".contact-merge")
    expect(merge).to_contain_text("ines@home.example goes to your notes", timeout=WAIT)
    merge.get_by_role("button", name="Merge", exact=True).click()
    expect(row_of(page, "ines@home.example")).to_have_count(0, timeout=WAIT)
    assert find_contact(owned_app, "ines@home.example") is None
    assert "ines@home.example" in kept().owner_notes
    expect(about.get_by_role("button", name=re.compile("Ines"))).to_have_count(2, timeout=WAIT)


def test_a_file_goes_out_and_comes_back(visit, owned_app):  # noqa: F811
    leave(visit, owned_app, "sara@nordwind.example", "Sara Ek")
    page = open_contacts(visit, owned_app).page
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    page.get_by_role("link", name="Import a CSV file").click()
    page.get_by_label("CSV file").set_input_files(download.value.path())
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_text("This file changes nothing.")).to_be_visible(timeout=WAIT)

    more = b"Name;E-mail Address\r\nEbba Holm;ebba@tidal.example\r\nNobody;\r\n"
    page.get_by_role("link", name="Choose another file").click()
    page.get_by_label("CSV file").set_input_files(
        {"name": "more.csv", "mimeType": "text/csv", "buffer": more}
    )
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_text("neither an e-mail address")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Import 1 contact").click()
    expect(page.get_by_role("status")).to_have_text("Imported.", timeout=WAIT)
    assert find_contact(owned_app, "ebba@tidal.example").name == "Ebba Holm"
    page.get_by_role("link", name="Back to the contacts").click()
    expect(row_of(page, "Ebba Holm")).to_be_visible(timeout=WAIT)


def test_an_address_opens_a_contact_also_after_the_sign_in(visit, owned_app):  # noqa: F811
    leave(visit, owned_app, "linn@nordwind.example", "Linn Berg")
    person = find_contact(owned_app, "linn@nordwind.example")
    owner = visit(owned_app)
    owner.guard.allow_broken_connections()
    page = owner.page
    address = f"{owned_app.url}/#owner/contacts/{person.id}"
    page.goto("about:blank")
    page.goto(address)
    page.get_by_label("Password").fill("the password of an owner in a browser")
    page.get_by_role("button", name="Sign in").click()
    detail = page.locator("#owner-contacts-detail")
    expect(detail).to_contain_text("Linn Berg", timeout=WAIT)
    page.goto("about:blank")
    page.goto(address)
    expect(detail).to_contain_text("linn@nordwind.example", timeout=WAIT)


def test_what_was_typed_is_saved_when_another_contact_is_opened(visit, owned_app):  # noqa: F811
    for name in ("Moa", "Nils"):
        leave(visit, owned_app, f"{name.lower()}@typed.example", name)
    page = open_contacts(visit, owned_app).page
    open_row(page, "moa@typed.example")
    page.get_by_label("Your notes", exact=True).press_sequentially("Half a sent")
    open_row(page, "nils@typed.example")
    notes = lambda name: find_contact(owned_app, f"{name}@typed.example").owner_notes  # noqa: E731
    wait_until(page, lambda: notes("moa") == "Half a sent")
    expect(page.get_by_label("Your notes", exact=True)).to_have_value("")
    assert not notes("nils")


def test_the_filters_narrow_the_list(visit, owned_app):  # noqa: F811
    leave(visit, owned_app, "olle@mailinator.com", "Olle Dahl")
    leave(visit, owned_app, "pia@filters.example", "Pia Ek")
    page = open_contacts(visit, owned_app).page
    filters = page.locator("#owner-contacts-status")
    filters.get_by_role("radio", name=re.compile("May be junk")).click()
    expect(row_of(page, "pia@filters.example")).to_have_count(0, timeout=WAIT)
    open_row(page, "olle@mailinator.com")
    expect(page.locator(".contact-junk")).to_contain_text("throw-away")
    page.get_by_role("button", name="Not junk", exact=True).click()
    expect(row_of(page, "olle@mailinator.com")).to_have_count(0, timeout=WAIT)
    assert find_contact(owned_app, "olle@mailinator.com").junk_reason == ""


def test_the_contacts_on_a_phone_are_accessible_and_fit(visit, owned_app):  # noqa: F811
    leave(visit, owned_app, "quinn@phone.example", "Quinn " + "verylongname" * 6)
    owner = open_contacts(visit, owned_app, viewport=PHONE, has_touch=True, is_mobile=True)
    page = owner.page
    assert find_violations(owner) == []
    assert not scrolls_sideways(page)
    open_row(page, "quinn@phone.example")
    expect(page.locator("#owner-contacts-about")).to_contain_text("Conversations", timeout=WAIT)
    assert find_violations(owner) == []
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Back to the list").click()
    expect(row_of(page, "quinn@phone.example")).to_be_visible(timeout=WAIT)
    page.goto(f"{owned_app.url}/owner/contacts/import")
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_contacts_are_accessible(visit, owned_app, scheme):  # noqa: F811
    email = f"rut.{scheme}@nordwind.example"
    leave(visit, owned_app, email, "Rut Ask")
    owner = open_contacts(visit, owned_app, color_scheme=scheme)
    page = owner.page
    open_row(page, email)
    page.get_by_label("Next step", exact=True).fill("Call")
    past = date.today() - timedelta(days=2)
    page.get_by_label("On", exact=True).fill(past.isoformat())
    page.locator("#owner-contacts-save").click()
    expect(row_of(page, email)).to_contain_text("Overdue", timeout=WAIT)
    page.get_by_label("New tag", exact=True).fill("nordic")
    page.locator("#owner-contacts-addtag").click()
    expect(page.get_by_role("button", name="Remove the tag nordic")).to_be_visible(timeout=WAIT)
    assert find_violations(owner) == []
    page.goto(f"{owned_app.url}/owner/contacts/import")
    assert find_violations(owner) == []
