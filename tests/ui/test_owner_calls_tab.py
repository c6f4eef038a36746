from zoneinfo import ZoneInfo

import pytest

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.booking_desk import BookingDesk
from chatbot.people.bookings import CallWish
from chatbot.people.call_desk import CallDesk
from chatbot.people.calls import Calls
from chatbot.people.confirming import Confirming
from chatbot.people.email_codes import EmailCodes
from chatbot.people.mail import add_email
from chatbot.people.return_links import ReturnLinks
from chatbot.signing import Sealer, Signer
from chatbot.storage.database import Database
from chatbot.storage.models import EmailMessage
from chatbot.ui.locales.owner_calls_en import ENGLISH_OWNER_CALLS
from chatbot.ui.locales.owner_en import ENGLISH_OWNER
from chatbot.ui.owner_calls_tab import CallsHandlers, CallsTab
from chatbot.ui.owner_guard import OwnerGuard
from chatbot.ui.owner_list import OwnerList
from tests.fakes import no_limits
from tests.people.booking_fakes import Clock, add_visitor, list_rows, make_bookings
from tests.ui.test_owner_tabs import HOSTILE, REQUEST, Door, named, word_error

SIGNER = Signer("s" * 32, "test")


def make_calls(database: Database, clock: Clock, *, mails: bool = True, **values) -> Calls:
    bookings = make_bookings(clock, sends_email=mails)
    codes = EmailCodes(database=database, signer=SIGNER, owner_name="Mira", sends_email=mails)
    return Calls(
        bookings=bookings,
        desk=CallDesk(
            bookings,
            database=database,
            signer=SIGNER,
            limits=no_limits(),
            confirming=Confirming(database),
            clock=clock,
        ),
        confirming=Confirming(database),
        codes=codes,
        links=ReturnLinks(database=database, sealer=Sealer("s" * 32, "return")),
        zone=ZoneInfo("Europe/Berlin"),
        hours_text="Mon-Fri 09:00-12:00",
        **values,
    )


def book(database: Database, calls: Calls, number: int = 0, topic: str = "A role") -> str:
    place = add_visitor(database)
    start = database.read_now(calls.bookings.list_free)[number]
    wish = CallWish("Ana <b>", f"ana{number}@example.com", topic, "America/New_York")
    row = database.write_now(lambda s: calls.bookings.confirm(s, place, start, wish))
    return str(row.id)


def make_tab(database: Database, calls: Calls, clock: Clock) -> CallsHandlers:
    return CallsHandlers(
        desk=BookingDesk(calls, database=database, clock=clock),
        guard=OwnerGuard(Door(is_open=True), word_error, ENGLISH_OWNER),
        tab=named(CallsTab, pane=named(OwnerList)),
        texts=ENGLISH_OWNER,
        words=ENGLISH_OWNER_CALLS,
    )


async def test_calls_are_listed_with_what_leads_on_and_cancelled(database: Database):
    clock = Clock()
    calls = make_calls(database, clock)
    call = book(database, calls, topic=HOSTILE)
    tab = make_tab(database, calls, clock)
    shown = await tab.show_calls(REQUEST, "upcoming", "1")
    rows = shown["rows"]
    for words in ("Mon 23 Nov 2026", "Europe", "New York", f"own-calls-cancel-{call}"):
        assert words.replace(":", "&#58;") in rows or words in rows
    assert f'href="/api/owner/calls/{call}.ics"' in rows
    assert "own-contacts-open-" in rows
    assert "own-inbox-open-" in rows
    assert "<script" not in rows
    assert "<img" not in rows
    assert "Mon&#45;Fri 09&#58;00&#45;12&#58;00" in shown["about"]
    told = await tab.cancel_call(REQUEST, call)
    assert "being written to" in told["line"]
    again = await tab.reload_calls(REQUEST, "upcoming", "1")
    assert "Cancelled" in again["rows"]
    assert f"own-calls-cancel-{call}" not in again["rows"]
    assert list_rows(database)[0].live_starts_at is None


async def test_what_is_over_is_under_past_and_cannot_be_cancelled(sqlite_database: Database):
    clock = Clock()
    calls = make_calls(sqlite_database, clock)
    call = book(sqlite_database, calls)
    clock.pass_by(days=2)
    tab = make_tab(sqlite_database, calls, clock)
    assert "No calls here" in (await tab.show_calls(REQUEST, "upcoming", "1"))["rows"]
    past = await tab.find_calls(REQUEST, "past")
    assert "Mon 23 Nov 2026" in past["rows"]
    assert f"own-calls-cancel-{call}" not in past["rows"]
    refused = await tab.cancel_call(REQUEST, call)
    assert "begun or is over" in refused["line"]


async def test_without_e_mail_the_owner_is_told_to_write(sqlite_database: Database):
    clock = Clock()
    calls = make_calls(sqlite_database, clock, mails=False)
    call = book(sqlite_database, calls)
    tab = make_tab(sqlite_database, calls, clock)
    shown = await tab.show_calls(REQUEST, "upcoming", "1")
    assert "write to ana0&#64;example&#46;com yourself" in shown["rows"]
    assert "EMAIL&#95;URL" in shown["about"]
    assert "yourself" in (await tab.cancel_call(REQUEST, call))["line"]


async def test_e_mails_that_did_not_arrive_are_shown(sqlite_database: Database):
    clock = Clock()

    def work(session):
        add_email(session, email="bo@example.com", subject="Your <i>call", text="x")
        add_email(session, email="cy@example.com", subject="Fine", text="x")
        session.flush()
        from sqlmodel import select

        row = session.exec(select(EmailMessage).where(EmailMessage.email == "bo@example.com")).one()
        row.status, row.last_error = "failed", "Answered 422"

    sqlite_database.write_now(work)
    calls = make_calls(sqlite_database, clock)
    about = (await make_tab(sqlite_database, calls, clock).show_calls(REQUEST, "", "1"))["about"]
    assert "bo&#64;example&#46;com" in about
    assert "Answered 422" in about
    assert "Given up" in about
    assert "<i>" not in about
    assert "cy&#64;" not in about


async def test_another_calendar_and_no_hours_are_said(sqlite_database: Database):
    clock = Clock()
    elsewhere = make_calls(sqlite_database, clock, calendar_url="https://cal.com/mira")
    about = (await make_tab(sqlite_database, elsewhere, clock).show_calls(REQUEST, "", "1"))[
        "about"
    ]
    assert "CALENDAR&#95;URL" in about
    assert elsewhere.address == "https://cal.com/mira"


async def test_ids_that_cannot_be_meant_are_refused(sqlite_database: Database):
    clock = Clock()
    desk = BookingDesk(make_calls(sqlite_database, clock), database=sqlite_database, clock=clock)
    for odd in ("", "x", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFound):
            await desk.cancel(odd)
        with pytest.raises(NotFound):
            await desk.build_file(odd)
    with pytest.raises(InvalidInput):
        await desk.list_calls(when="never")


async def test_the_owners_file_says_who_and_what_about(sqlite_database: Database):
    clock = Clock()
    calls = make_calls(sqlite_database, clock)
    call = book(sqlite_database, calls)
    desk = BookingDesk(calls, database=sqlite_database, clock=clock)
    text = (await desk.build_file(call)).text.replace("\r\n ", "")
    assert "SUMMARY:Call with Ana <b>" in text
    assert "ana0@example.com" in text
