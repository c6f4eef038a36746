"""Every tab of the owner's area, on phone and desktop, in both schemes, with something in it.

Set SCREENSHOTS to a folder to look at what these tests have opened.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import Session

from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import Question, new_id, utc_now
from tests.app_process import AppProcess
from tests.dashboards.visits import Visit
from tests.e2e.conftest import DESKTOP
from tests.e2e.guard import Guard
from tests.e2e.test_accessibility import find_violations
from tests.e2e.test_owner_sign_in import PASSWORD, sign_in, type_password
from tests.e2e.test_page import PHONE, scrolls_sideways
from tests.e2e.visitor_page import WAIT, VisitorPage
from tests.receiver import TOKEN, USER, Receiver

pytestmark = pytest.mark.browser

TABS = ["Inbox", "Contacts", "Knowledge", "Calls", "Analytics", "Notifications", "Privacy"]
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
SIZES = {"phone": PHONE, "desktop": DESKTOP}
PUSHOVER_APP = Path(__file__).parent.parent / "pushover_app.py"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def full_app(receiver, tmp_path_factory) -> Iterator[AppProcess]:
    """The program with an owner, one channel that works, one that does not, and a busy week."""
    settings = {
        "OWNER_PASSWORD": PASSWORD,
        "PUSHOVER_USER": USER,
        "PUSHOVER_TOKEN": TOKEN,
        "NOTIFY_URLS": "json://127.0.0.1:9/nobody-is-there",
    }
    command = (sys.executable, str(PUSHOVER_APP), receiver.url)
    with AppProcess(tmp_path_factory.mktemp("full"), settings, command=command) as app:
        database = Database(DatabaseValues(app.database_url))
        database.write_now(fill)
        database.close()
        yield app


def fill(session: Session) -> None:
    now = utc_now()
    ana = Visit.begin(session, now)
    ana.chat.token_hash = new_id().hex
    used = {"model": "gpt-4.1-mini", "prompt_tokens": 3120, "completion_tokens": 84}
    known = ana.ask(
        "Which of your projects was the hardest, and why?",
        now,
        "The migration of a payment ledger with no downtime.\n\nIt took eleven months.",
        confidence=0.82,
        cost_micro_usd=1_382,
        feedback="up",
        **used,
    )
    known.citations = [{"label": "Work, Nordlys Pay"}, {"label": "Stories, The ledger"}]
    unknown = ana.ask("Would you move to Malmö?", now, "I do not know that.", confidence=0.2)
    ana.file(unknown)
    ana.leave_contact(
        now, name="Ana Ruiz", company="Tidal", phone="+442071838750", notes="A role in Malmö.\nMay?"
    )
    ana.escalate(now, note="Could I talk to her this week?")
    long = ana.again(now)
    long.ask(LONG, now, LONG, limited=True, cost_micro_usd=0)
    long.leave_contact(now, name=LONG[:90], company=LONG, notes=LONG)
    session.add(Question(text="Would you move to Malmö?", conversation_id=ana.id))
    session.add(Question(text=LONG))
    payload = {"name": "Ana Ruiz", "email": "ana@example.com", "notes": LONG, "text": LONG}
    for kind in (NotificationKind.CONTACT, NotificationKind.QUESTION):
        add_notification(session, kind=kind, payload=payload)


@pytest.fixture(scope="module")
def empty_app(tmp_path_factory) -> Iterator[AppProcess]:
    """The program on its first day, without a channel."""
    with AppProcess(tmp_path_factory.mktemp("empty"), {"OWNER_PASSWORD": PASSWORD}) as app:
        yield app


@pytest.fixture(params=SIZES)
def size(request) -> str:
    return request.param


@pytest.fixture(params=["light", "dark"])
def scheme(request) -> str:
    return request.param


@pytest.fixture
def owner(visit, full_app, size, scheme) -> VisitorPage:
    return arrive(visit, full_app, size, scheme)


def arrive(visit, app: AppProcess, size: str, scheme: str) -> VisitorPage:
    is_phone = size == "phone"
    options = {"has_touch": True, "is_mobile": True} if is_phone else {}
    visitor = visit(app, viewport=SIZES[size], color_scheme=scheme, **options)
    visitor.guard.allow_broken_connections()
    sign_in(visitor.page, app)
    return visitor


def tabs_of(page: Page) -> Locator:
    return page.locator("#owner-tabs > .tab-wrapper").get_by_role("tab")


def open_tab(page: Page, name: str) -> Locator:
    """Opens one of the owner's tabs; returns its panel when it has been filled."""
    tab = tabs_of(page).get_by_text(name, exact=True)
    tab.click()
    panel = page.locator("#owner-tabs").get_by_role("tabpanel", name=name, exact=True)
    expect(panel).to_be_visible(timeout=WAIT)
    if name == "Analytics":
        expect(panel.locator(".js-plotly-plot").first).to_be_visible(timeout=2 * WAIT)
    else:
        expect(panel.locator("li, .own-blank").first).to_be_visible(timeout=WAIT)
    expect(panel.locator(".own-wait")).to_have_count(0, timeout=WAIT)
    return panel


def close_whole_view(panel: Locator) -> None:
    """On a phone an open conversation takes the place of everything, the tabs too."""
    back = panel.locator(".inbox-back:visible")
    if back.count():
        back.click()
        expect(back).to_have_count(0, timeout=WAIT)


def keep_picture(page: Page, *names: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        name = "-".join(names).lower().replace(" ", "-")
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_every_tab_fits_and_is_accessible(owner, size, scheme):
    page = owner.page
    expect(tabs_of(page).first).to_be_visible(timeout=WAIT)
    names = tabs_of(page).all_inner_texts()
    assert set(TABS) <= set(names)
    for name in names:
        panel = open_tab(page, name)
        keep_picture(page, name, size, scheme)
        assert not scrolls_sideways(page), name
        assert find_violations(owner) == [], name
        row = panel.locator(".own-row:visible")
        if row.count():
            row.first.click()
            expect(panel.locator(".own-head, .inbox-title").first).to_be_visible(timeout=WAIT)
            keep_picture(page, name, "open", size, scheme)
            assert not scrolls_sideways(page), name
            assert find_violations(owner) == [], name
            close_whole_view(panel)


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_every_tab_has_words_for_having_nothing(visit, empty_app, size, scheme):
    owner = arrive(visit, empty_app, size, scheme)
    page = owner.page
    expect(tabs_of(page).first).to_be_visible(timeout=WAIT)
    for name in tabs_of(page).all_inner_texts():
        open_tab(page, name)
        keep_picture(page, name, "empty", size, scheme)
        assert not scrolls_sideways(page), name
        assert find_violations(owner) == [], name
    notifications = open_tab(page, "Notifications")
    expect(notifications.get_by_text("No channel is set up")).to_be_visible()
    expect(page.get_by_role("button", name="Send me a test")).to_have_count(0)


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "dark")])
def test_a_test_message_arrives_and_the_page_says_what_each_channel_said(owner, receiver):
    page = owner.page
    before = len(receiver.accepted)
    panel = open_tab(page, "Notifications")
    panel.get_by_role("button", name="Send me a test").click()
    told = panel.locator(".own-told")
    expect(told).to_contain_text("Sent to Pushover.", timeout=2 * WAIT)
    expect(told).to_contain_text("Not sent to JSON:")
    expect(panel.locator(".own-entry").first).to_contain_text("Test of your notifications")
    keep_picture(page, "tested")
    assert not scrolls_sideways(page)
    assert find_violations(owner) == []
    titles = [push.title for push in receiver.accepted[before:]]
    assert titles.count("Test of your notifications") == 1


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light")])
def test_the_log_tells_what_a_message_says(owner):
    panel = open_tab(owner.page, "Notifications")
    entry = panel.locator(".own-entry").filter(has_text="New contact")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text(re.compile(r"Pushover.*delivered"), timeout=WAIT)
    entry.get_by_text("What it says").click()
    expect(entry.get_by_text("All details are under Owner, Contacts.")).to_be_visible()
    assert not scrolls_sideways(owner.page)


def test_the_sign_in_page_is_accessible(browser, full_app, scheme):
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    # Not of `visit`: Chromium reports the answer to a wrong password as an error.
    visitor = VisitorPage(context.new_page(), full_app, Guard(context, full_app.url))
    page = visitor.page
    page.goto(f"{full_app.url}/owner")
    assert find_violations(visitor) == []
    assert not scrolls_sideways(page)
    keep_picture(page, "sign-in", scheme)
    type_password(page, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    assert find_violations(visitor) == []
    keep_picture(page, "sign-in", "slip", scheme)
    assert [fault for fault in visitor.guard.faults if "403" not in fault] == []
    context.close()
