"""What is inside the owner's area: its tabs, built for each page that the owner opens."""

from collections.abc import Callable

import gradio as gr

from chatbot.engine.exam import Exam
from chatbot.engine.tailor import TailorDesk
from chatbot.people.booking_desk import BookingDesk
from chatbot.people.contact_desk import ContactDesk
from chatbot.people.inbox_desk import InboxDesk
from chatbot.people.knowledge_desk import KnowledgeDesk
from chatbot.people.notification_desk import NotificationDesk
from chatbot.people.privacy import Privacy
from chatbot.ui import (
    owner_calls_tab,
    owner_contacts_tab,
    owner_inbox_handlers,
    owner_inbox_tab,
    owner_knowledge_handlers,
    owner_knowledge_tab,
    owner_notifications_tab,
    owner_privacy_tab,
    owner_tailor_tab,
)
from chatbot.ui.color import css, parse_color, readable_on
from chatbot.ui.locales.owner_calls_en import ENGLISH_OWNER_CALLS
from chatbot.ui.locales.owner_contacts_en import ENGLISH_CONTACTS
from chatbot.ui.locales.owner_en import ENGLISH_OWNER, OwnerTexts
from chatbot.ui.locales.owner_inbox_en import ENGLISH_INBOX, InboxTexts
from chatbot.ui.locales.owner_knowledge_en import ENGLISH_KNOWLEDGE, KnowledgeTexts
from chatbot.ui.locales.owner_privacy_en import ENGLISH_OWNER_PRIVACY
from chatbot.ui.locales.owner_tailor_en import ENGLISH_TAILOR
from chatbot.ui.owner_guard import Door, OwnerGuard
from chatbot.ui.owner_list import hidden_box
from chatbot.ui.theme import DARK_GROUND, LIGHT_GROUND
from dashboards import analytics_tab
from dashboards.analytics import Analytics
from dashboards.analytics_tab import AnalyticsTexts
from dashboards.figure_style import FigureStyle


class OwnerTabs:
    """Builds the tabs where it is called, with their events.

    `word_error` finds the words for an error; `accent_color` is the page's, "#2456c8";
    `make_ticket` makes a ticket for the bell of the owner's pages.
    """

    def __init__(
        self,
        *,
        contacts: ContactDesk,
        inbox: InboxDesk,
        knowledge: KnowledgeDesk,
        exam: Exam,
        tailor: TailorDesk,
        bookings: BookingDesk,
        notifications: NotificationDesk,
        analytics: Analytics,
        privacy: Privacy,
        word_error: Callable[[Exception], str],
        accent_color: str,
        make_ticket: Callable[[], str],
        texts: OwnerTexts = ENGLISH_OWNER,
        inbox_texts: InboxTexts = ENGLISH_INBOX,
        knowledge_texts: KnowledgeTexts = ENGLISH_KNOWLEDGE,
    ) -> None:
        self._contacts = contacts
        self._inbox = inbox
        self._knowledge = knowledge
        self._exam = exam
        self._tailor = tailor
        self._bookings = bookings
        self._notifications = notifications
        self._analytics = analytics
        self._privacy = privacy
        self._word_error = word_error
        self._accent = parse_color(accent_color)
        self._make_ticket = make_ticket
        self._texts = texts
        self._inbox_texts = inbox_texts
        self._knowledge_texts = knowledge_texts

    def __call__(self, request: gr.Request, door: Door) -> None:  # noqa: ARG002
        """To be called inside `gr.render`, for the owner only; `door` is asked by every event."""
        guard = OwnerGuard(door, self._word_error, self._texts)
        clock = hidden_box("owner-clock", "0")
        scheme = hidden_box("owner-scheme", "light")
        hidden_box("owner-ticket", self._make_ticket())
        presence = owner_inbox_tab.build_presence()
        with gr.Tabs(elem_id="owner-tabs", overflow_behavior="wrap"):
            self._add_inbox(guard, presence)
            self._add_contacts(guard)
            self._add_knowledge(guard)
            self._add_tailor(guard)
            self._add_calls(guard)
            self._add_analytics(guard, clock, scheme)
            self._add_notifications(guard)
            self._add_privacy(guard)

    def _add_inbox(self, guard: OwnerGuard, presence: gr.Markdown) -> None:
        tab = owner_inbox_tab.build(self._texts, self._inbox_texts, presence)
        handlers = owner_inbox_handlers.InboxHandlers(
            desk=self._inbox,
            guard=guard,
            tab=tab,
            common=self._texts,
            texts=self._inbox_texts,
        )
        owner_inbox_handlers.wire(tab, handlers)

    def _add_contacts(self, guard: OwnerGuard) -> None:
        tab = owner_contacts_tab.build(self._texts, ENGLISH_CONTACTS)
        handlers = owner_contacts_tab.ContactsHandlers(
            desk=self._contacts,
            guard=guard,
            tab=tab,
            common=self._texts,
            texts=ENGLISH_CONTACTS,
        )
        owner_contacts_tab.wire(tab, handlers)

    def _add_knowledge(self, guard: OwnerGuard) -> None:
        tab = owner_knowledge_tab.build(self._texts, self._knowledge_texts)
        handlers = owner_knowledge_handlers.KnowledgeHandlers(
            desk=self._knowledge,
            exam=self._exam,
            guard=guard,
            tab=tab,
            common=self._texts,
            texts=self._knowledge_texts,
        )
        owner_knowledge_handlers.wire(tab, handlers)

    def _add_tailor(self, guard: OwnerGuard) -> None:
        tab = owner_tailor_tab.build(self._texts, ENGLISH_TAILOR)
        handlers = owner_tailor_tab.TailorHandlers(
            desk=self._tailor, guard=guard, tab=tab, common=self._texts, texts=ENGLISH_TAILOR
        )
        owner_tailor_tab.wire(tab, handlers)

    def _add_privacy(self, guard: OwnerGuard) -> None:
        texts = ENGLISH_OWNER_PRIVACY
        tab = owner_privacy_tab.build(self._texts, texts, self._privacy.retention)
        handlers = owner_privacy_tab.PrivacyHandlers(
            privacy=self._privacy, guard=guard, tab=tab, texts=self._texts, words=texts
        )
        owner_privacy_tab.wire(tab, handlers)

    def _add_calls(self, guard: OwnerGuard) -> None:
        tab = owner_calls_tab.build(self._texts, ENGLISH_OWNER_CALLS)
        handlers = owner_calls_tab.CallsHandlers(
            desk=self._bookings,
            guard=guard,
            tab=tab,
            texts=self._texts,
            words=ENGLISH_OWNER_CALLS,
        )
        owner_calls_tab.wire(tab, handlers)

    def _add_analytics(self, guard: OwnerGuard, clock: gr.Textbox, scheme: gr.Textbox) -> None:
        texts = AnalyticsTexts()
        tab = analytics_tab.build(texts, clock, scheme)
        handlers = analytics_tab.AnalyticsHandlers(
            analytics=self._analytics,
            guard=guard,
            tab=tab,
            texts=texts,
            light=FigureStyle(css(readable_on(self._accent, LIGHT_GROUND))),
            dark=FigureStyle(css(readable_on(self._accent, DARK_GROUND)), is_dark=True),
        )
        analytics_tab.wire(tab, handlers)

    def _add_notifications(self, guard: OwnerGuard) -> None:
        tab = owner_notifications_tab.build(self._texts)
        handlers = owner_notifications_tab.NotificationsHandlers(
            desk=self._notifications, guard=guard, tab=tab, texts=self._texts
        )
        owner_notifications_tab.wire(tab, handlers)
