import re
import uuid
from dataclasses import fields
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from chatbot.errors import ChatbotError
from chatbot.people.booking_desk import BookingDesk
from chatbot.people.privacy import Privacy
from chatbot.people.retention import Retention
from chatbot.storage.models import JobDescription, Question
from chatbot.ui.locales.owner_calls_en import ENGLISH_OWNER_CALLS
from chatbot.ui.locales.owner_contacts_en import ENGLISH_CONTACTS
from chatbot.ui.locales.owner_en import ENGLISH_OWNER
from chatbot.ui.locales.owner_inbox_en import ENGLISH_INBOX
from chatbot.ui.locales.owner_knowledge_en import ENGLISH_KNOWLEDGE
from chatbot.ui.locales.owner_privacy_en import ENGLISH_OWNER_PRIVACY
from chatbot.ui.locales.owner_tailor_en import ENGLISH_TAILOR
from chatbot.ui.owner_calls_tab import CallsHandlers, CallsTab
from chatbot.ui.owner_contacts_tab import ContactsHandlers, ContactsTab
from chatbot.ui.owner_guard import OwnerGuard
from chatbot.ui.owner_inbox_handlers import InboxHandlers
from chatbot.ui.owner_inbox_tab import InboxTab
from chatbot.ui.owner_knowledge_handlers import KnowledgeHandlers
from chatbot.ui.owner_knowledge_tab import KnowledgeTab
from chatbot.ui.owner_list import OwnerList, read_page_number
from chatbot.ui.owner_notifications_tab import NotificationsHandlers, NotificationsTab
from chatbot.ui.owner_privacy_tab import PrivacyHandlers, PrivacyTab
from chatbot.ui.owner_tabs import OwnerTabs
from chatbot.ui.owner_tailor_tab import TailorHandlers, TailorTab
from dashboards.analytics import Analytics
from dashboards.analytics_tab import PLACES, AnalyticsHandlers, AnalyticsTab, AnalyticsTexts
from dashboards.figure_style import FigureStyle
from tests.contact_examples import make_desk
from tests.dashboards.visits import Visit, at, fill
from tests.inbox_parts import make_inbox
from tests.knowledge_parts import make_knowledge

REQUEST = gr.Request(username="owner", session_hash="page-1", headers={}, client=None)
HOSTILE = '<img src=x onerror=a()> **b** ![i](https://evil.example/i) <b>"\n\n<script>x</script>'


class Refused(ChatbotError):
    user_message = "Please sign in again."


class Door:
    def __init__(self, *, is_open: bool) -> None:
        self.is_open = is_open
        self.asked: list[gr.Request] = []

    async def require_owner(self, request: gr.Request) -> None:
        self.asked.append(request)
        if not self.is_open:
            raise Refused


class BrokenDesk:
    """A desk that no stranger may reach."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called for a stranger")


def word_error(error: Exception) -> str:
    if not isinstance(error, ChatbotError):
        raise error
    return error.user_message


def named(kind: type, **values: Any) -> Any:
    """The components of a tab, each of them only its name."""
    return kind(**{field.name: values.get(field.name, field.name) for field in fields(kind)})


class Area:
    """The handlers of all tabs behind one door."""

    def __init__(
        self,
        *,
        contacts: Any = None,
        inbox: Any = None,
        knowledge: Any = None,
        exam: Any = None,
        tailor: Any = None,
        calls: Any = None,
        analytics: Any = None,
        notifications: Any = None,
        is_open: bool = True,
    ) -> None:
        self.door = Door(is_open=is_open)
        guard = OwnerGuard(self.door, word_error, ENGLISH_OWNER)
        pane = named(OwnerList)
        self.contacts = ContactsHandlers(
            desk=contacts,
            guard=guard,
            tab=named(ContactsTab, pane=pane),
            common=ENGLISH_OWNER,
            texts=ENGLISH_CONTACTS,
        )
        self.knowledge = KnowledgeHandlers(
            desk=knowledge,
            exam=exam,
            guard=guard,
            tab=named(KnowledgeTab, pane=pane),
            common=ENGLISH_OWNER,
            texts=ENGLISH_KNOWLEDGE,
        )
        # What its handlers do for the owner: test_owner_tailor_tab.py.
        self.tailor = TailorHandlers(
            desk=tailor,
            guard=guard,
            tab=named(TailorTab, pane=pane),
            common=ENGLISH_OWNER,
            texts=ENGLISH_TAILOR,
        )
        self.inbox = InboxHandlers(
            desk=inbox,
            guard=guard,
            tab=named(InboxTab, pane=pane),
            common=ENGLISH_OWNER,
            texts=ENGLISH_INBOX,
        )
        self.notifications = NotificationsHandlers(
            desk=notifications,
            guard=guard,
            tab=named(NotificationsTab, pane=pane),
            texts=ENGLISH_OWNER,
        )
        self.calls = CallsHandlers(
            desk=calls,
            guard=guard,
            tab=named(CallsTab, pane=pane),
            texts=ENGLISH_OWNER,
            words=ENGLISH_OWNER_CALLS,
        )
        # What its handlers do for the owner: test_owner_privacy_tab.py.
        self.privacy = PrivacyHandlers(
            privacy=cast(Any, BrokenDesk()),
            guard=guard,
            tab=named(PrivacyTab),
            texts=ENGLISH_OWNER,
            words=ENGLISH_OWNER_PRIVACY,
        )
        places = {place: place for place in PLACES}
        words = {place: f"{place} in words" for place in PLACES}
        self.analytics = AnalyticsHandlers(
            analytics=analytics,
            guard=guard,
            tab=named(AnalyticsTab, plots=places, words=words),
            texts=AnalyticsTexts(),
            light=FigureStyle("#2456c8"),
            dark=FigureStyle("#7095e0", is_dark=True),
        )

    def events(self) -> list[tuple[str, Any]]:
        found = []
        for handlers in vars(self).values():
            names = [name for name in dir(handlers) if not name.startswith("_")]
            if type(handlers).__name__.endswith("Handlers"):
                found += [(name, getattr(handlers, name)) for name in names]
        return found


@pytest.fixture
def area(sqlite_database) -> Area:
    return Area(
        contacts=make_desk(sqlite_database),
        inbox=make_inbox(sqlite_database),
        analytics=Analytics(sqlite_database),
        knowledge=make_knowledge(sqlite_database),
    )


def add_hostile_visit(database) -> dict[str, str]:
    def work(session):
        visit = Visit.begin(session, at(1))
        visit.chat.referrer_host = "<i>host</i>"
        asked = visit.ask(HOSTILE, at(1), HOSTILE, confidence=0.25, feedback="down")
        asked.feedback_reason, asked.citations = HOSTILE, [{"label": HOSTILE}]
        asked.error, asked.status = HOSTILE[:20], "interrupted"
        visit.file(asked)
        contact = visit.leave_contact(
            at(2), name=HOSTILE[:100], company=HOSTILE[:100], phone="<b>1", notes=HOSTILE
        )
        question = Question(text=HOSTILE, conversation_id=visit.id)
        job = JobDescription(conversation_id=visit.id, title=HOSTILE[:90], text=HOSTILE)
        session.add_all([question, job])
        escalation = visit.escalate(at(3), note=HOSTILE)
        session.flush()
        return {
            "contact": str(contact.id),
            "chat": str(visit.id),
            "question": str(question.id),
            "escalation": str(escalation.id),
        }

    return database.write_now(work)


async def test_no_event_does_anything_for_a_stranger():
    broken = BrokenDesk()
    desks = (
        *("contacts", "inbox", "knowledge", "exam", "tailor", "calls", "analytics"),
        "notifications",
    )
    area = Area(**dict.fromkeys(desks, broken), is_open=False)
    events = area.events()
    assert len(events) >= 20
    for _, handler in events:
        count = handler.__code__.co_argcount - 2
        changes = await handler(REQUEST, *["new"] * count)
        assert list(changes) == ["line"]
        assert "Please sign in again" in changes["line"].replace("&#46;", ".")
        assert 'href="/owner"' in changes["line"]
    assert area.door.asked == [REQUEST] * len(events)


def test_every_event_that_is_built_belongs_to_a_checked_handler(sqlite_database):
    tabs = OwnerTabs(
        contacts=make_desk(sqlite_database),
        inbox=make_inbox(sqlite_database),
        knowledge=None,
        exam=None,
        tailor=None,
        bookings=cast(BookingDesk, BrokenDesk()),
        notifications=None,
        analytics=Analytics(sqlite_database),
        privacy=cast(Privacy, SimpleNamespace(retention=Retention())),
        word_error=word_error,
        accent_color="#2456c8",
        make_ticket=lambda: "ticket",
    )
    with gr.Blocks() as page:
        tabs(REQUEST, Door(is_open=True))
    checked = {name for name, _ in Area().events()}
    assert {event.fn.__name__ for event in page.fns.values()} == checked
    assert {event.api_visibility for event in page.fns.values()} == {"private"}


async def test_what_is_refused_is_said_in_one_line(area):
    unknown = await area.knowledge.open_item(REQUEST, "nothing")
    assert list(unknown) == ["line"]
    assert "no longer here" in unknown["line"]
    wrong = await area.contacts.show_contacts(REQUEST, "", "gone", "1", "")
    assert "Choose one of these" in wrong["line"]
    odd = await area.analytics.show_figures(REQUEST, 5, "", "")
    assert "Choose one of the periods" in odd["line"]


async def show(area, search="", only="all", selected="", steps="", seen=""):
    return await area.inbox.show_inbox(REQUEST, search, only, "1", selected, steps, seen)


async def act(area, action, selected=""):
    return await area.inbox.act_on_chat(REQUEST, action, "", "all", "1", selected, "", "")


async def test_an_empty_inbox_says_why(area):
    assert "No conversations yet" in (await show(area))["rows"]
    assert "Nothing needs you" in (await show(area, only="needs_me"))["rows"]
    assert "Nothing matches" in (await show(area, only="job"))["rows"]
    assert "Nothing matches" in (await area.inbox.find_chats(REQUEST, "zebra", "all"))["rows"]
    shown = await show(area)
    assert (shown["talk"], "own-none" in shown["head"]) == ("", True)


async def test_a_conversation_is_opened_read_taken_answered_and_handed_back(sqlite_database, area):
    chat = add_hostile_visit(sqlite_database)["chat"]
    listed = await show(area)
    assert f'is-unread" id="own-inbox-open-{chat}"' in listed["rows"]
    assert "1 conversation needs you" in listed["presence"]
    opened = await show(area, selected=chat)
    assert f"own-inbox-at-{chat}" in opened["head"]
    assert f"own-inbox-take-{chat}" in opened["head"]
    assert "is-unread" not in opened["rows"]
    taken = await act(area, f"take:{chat}", chat)
    assert "own-done" in taken["line"]
    assert f"own-inbox-handback-{chat}" in taken["head"]
    assert "You joined the chat" in taken["talk"]
    place = ("", "all", "1", chat, "", "")
    sent = await area.inbox.send_reply(REQUEST, "It is me.", "abc123", *place)
    assert 'id="said-abc123"' in sent["talk"]
    assert "It is me" in sent["talk"]
    back = await act(area, f"handback:{chat}", chat)
    assert f"own-inbox-take-{chat}" in back["head"]
    assert "Nobody waits for you" in back["presence"]


async def test_a_look_from_elsewhere_leaves_a_conversation_unread(sqlite_database, area):
    chat = add_hostile_visit(sqlite_database)["chat"]
    assert "is-unread" in (await show(area, selected=chat, seen="no"))["rows"]
    assert "is-unread" not in (await show(area, selected=chat, seen="rung"))["rows"]
    assert "is-unread" in (await act(area, f"unread:{chat}"))["rows"]


async def test_an_escalation_is_resolved_where_it_is_read(sqlite_database, area):
    chat = add_hostile_visit(sqlite_database)["chat"]
    opened = await show(area, selected=chat)
    assert f"own-inbox-resolve-{chat}" in opened["head"]
    assert "Asked for you" in opened["about"]
    resolved = await act(area, f"resolve:{chat}", chat)
    assert f"own-inbox-resolve-{chat}" not in resolved["head"]
    assert "resolved <time" in resolved["about"]


async def test_the_owner_says_that_they_are_away_and_back(area):
    away = await act(area, "away:")
    assert "is-away" in away["presence"]
    assert "is-here" in (await act(area, "here:"))["presence"]


async def test_what_cannot_be_done_is_said_and_changes_nothing(sqlite_database, area):
    chat = add_hostile_visit(sqlite_database)["chat"]
    unknown = str(uuid.UUID(int=7))
    for action in ("", "erase:" + chat, f"take:{unknown}", "take:x"):
        assert "cc-error" in (await act(area, action, chat))["line"]
    gone = await show(area, selected=unknown)
    assert "gone" in gone["head"]
    assert f"own-inbox-open-{chat}" in gone["rows"]


async def test_a_conversation_is_read_with_all_that_is_known(sqlite_database, area):
    def work(session):
        visit = Visit.begin(session, at(1))
        visit.ask("Old", at(1), "Gone", replaced_at=at(1))
        good = visit.ask("Now", at(2), "Yes", confidence=0.5, limited=True, feedback="up")
        visit.file(good)
        bad = visit.ask("And?", at(2), "No", feedback="down", cost_micro_usd=2_500)
        bad.feedback_reason = "Too short"
        return str(visit.id), str(good.id)

    chat, good = sqlite_database.write_now(work)
    assert f"own-inbox-open-{chat}" in (await show(area, search="now"))["rows"]
    shown = await show(area, selected=chat)
    for words in ("is-replaced", "Confidence 50", "Limited mode", "Good answer"):
        assert words in shown["talk"]
    assert "Poor answer&#58; Too short" in shown["talk"]
    assert "Ran record&#95;unknown&#95;question&#58; done" in shown["talk"]
    assert f'id="own-inbox-better-{good}"' in shown["talk"]
    assert shown["talk"].count("own-inbox-better-") == 2
    assert "$0&#46;0025" in shown["about"] or "$0.0025" in shown["about"]


async def test_visitors_words_are_shown_as_text_only(sqlite_database, area):
    ids = add_hostile_visit(sqlite_database)
    shown = [
        await area.contacts.show_contacts(REQUEST, "", "", "1", ""),
        await area.contacts.open_contact(REQUEST, ids["contact"]),
        await area.knowledge.show_knowledge(REQUEST, "", "open", "1"),
        await area.knowledge.show_knowledge(REQUEST, "", "poor", "1"),
        await area.knowledge.open_item(REQUEST, ids["question"]),
        await area.knowledge.dismiss_group(REQUEST, ids["question"], HOSTILE),
        await area.knowledge.show_knowledge(REQUEST, "", "dismissed", "1"),
        await show(area, selected=ids["chat"]),
        await area.analytics.show_figures(REQUEST, "all", "0", "light"),
    ]
    shown_places = ("rows", "detail", "line", "head", "talk", "about", "tags", "candidates")
    pieces = [
        words
        for changes in shown
        for place, words in changes.items()
        if place in shown_places or str(place).endswith("in words")
    ]
    assert sum("onerror" in piece for piece in pieces) >= 8
    for piece in pieces:
        assert "\n" not in piece
        assert not re.search(r"<(img|script|svg|i|b)\b[^>]*(src|onerror|>x)", piece)
        assert "![i]" not in piece
        assert "**" not in piece


async def test_the_figures_come_with_the_same_in_words(sqlite_database, area):
    fill(sqlite_database)
    changes = await area.analytics.show_figures(REQUEST, "all", "120", "dark")
    for place in PLACES:
        assert changes[place].layout.title.text is not None
        assert "cc-sr" in changes[f"{place} in words"]
    assert changes["daily"].layout.title.font.color == "#e7e9ee"
    light = await area.analytics.show_figures(REQUEST, "all", "120", "anything")
    assert light["daily"].layout.title.font.color == "#16181d"


@pytest.mark.parametrize(("sent", "page"), [("3", 3), ("", 1), (None, 1), ("-1", 1), ("9" * 20, 1)])
def test_a_page_number_is_read_from_anything(sent, page):
    assert read_page_number(sent) == page
