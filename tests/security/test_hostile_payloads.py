"""Every hostile string through everything that makes markup, a table, a file or a push of it.

What the browser makes of them in the owner's views is in tests/e2e/test_hostile_payloads.py.
"""

import csv
import io
import uuid
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from chatbot.engine.views import MessageView
from chatbot.people.contacts_csv import write_csv
from chatbot.people.notification_text import MAX_MESSAGE, MAX_TITLE, build_text
from chatbot.people.notifications import NotificationKind
from chatbot.storage.models import Booking
from chatbot.ui.locales.en import ENGLISH
from chatbot.ui.messages import MessageRenderer, link_hosts
from chatbot.ui.owner_markup import facts, line, prose
from tests.people.booking_fakes import Clock, make_bookings
from tests.security.payloads import EVIL, OWN, list_payloads
from tests.ui.examples import VALUES

TAGS = frozenset(
    "a b br button code details div em h2 h3 h4 i li ol p pre small span strong summary sup time "
    "ul dl dt dd svg path circle label input".split()
)
PAYLOADS = list_payloads()


class Tags(HTMLParser):
    """What a browser would be told to make: every tag, and everything in it that acts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self._hosts = link_hosts(VALUES)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attributes:
            if name.startswith("on") or name in ("style", "src", "srcdoc", "action", "formaction"):
                self.faults.append(f"{tag} {name}={value}")
            if name == "href" and not self._is_known(value or ""):
                self.faults.append(f"{tag} href={value}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}>")

    def _is_known(self, address: str) -> bool:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https"):
            return (parts.hostname or "").removeprefix("www.") in self._hosts
        return parts.scheme in ("mailto", "") and not parts.netloc


def find_faults(markup: str) -> list[str]:
    tags = Tags()
    tags.feed(markup)
    tags.close()
    return tags.faults


def test_there_are_enough_and_they_would_do_something_as_markup() -> None:
    assert len(set(OWN)) >= 150
    assert sum(bool(find_faults(text)) for text in OWN) >= 60


@pytest.mark.parametrize("make", [line, prose, lambda text: facts([("What", line(text))])])
def test_the_owners_markup_shows_them_as_text(make) -> None:
    assert [text for text in PAYLOADS if find_faults(make(text))] == []


@pytest.mark.parametrize("role", ["user", "assistant", "owner", "notice"])
@pytest.mark.parametrize("status", ["done", "interrupted", "streaming"])
def test_the_chat_shows_them_as_text_whoever_says_them(role: str, status: str) -> None:
    """A model under an attacker's control says whatever they like."""
    render = MessageRenderer(VALUES, ENGLISH)
    for text in PAYLOADS:
        view = MessageView(
            id=uuid.uuid4(),
            role=role,
            text=text,
            status=status,
            created_at=datetime.now(UTC),
        )
        shown = render._message(view, text[:80])["content"][0]["text"]
        assert find_faults(shown) == [], text


def test_no_cell_of_the_exported_contacts_is_a_formula() -> None:
    table = write_csv([[text, f" {text}", f"\t{text}", f'"{text}'] for text in PAYLOADS])
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(PAYLOADS)
    for row in rows:
        assert len(row) == 4
        for cell in row:
            bare = cell.lstrip("\0\t\r\n \"';,\u200b\ufeff")
            begins = cell.lstrip('\0\t\r\n \u200b\ufeff"')
            is_formula = bare[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")
            assert not is_formula or begins.startswith(("'", ";", ",")), cell


@pytest.mark.parametrize("kind", list(NotificationKind))
def test_a_push_holds_them_in_its_message_only_and_in_quotes(kind: NotificationKind) -> None:
    titles = set()
    for text in PAYLOADS:
        names = ("name", "email", "phone", "company", "notes", "note", "text", "topic", "title")
        built = build_text(kind, dict.fromkeys(names, text))
        titles.add(built.title)
        assert len(built.title) <= MAX_TITLE
        assert len(built.message) <= MAX_MESSAGE
        assert built.link is None
        assert not [c for c in built.message if ord(c) < 32 and c != "\n" or ord(c) == 0x202E]
    assert len(titles) == 1
    assert EVIL not in titles.pop()


def test_a_calendar_file_holds_one_event_and_no_property_of_theirs() -> None:
    clock = Clock()
    letters = make_bookings(clock).letters
    for text in PAYLOADS[:: max(1, len(PAYLOADS) // 300)]:
        start = clock() + timedelta(days=2)
        row = Booking(
            name=text[:200].replace("\0", ""),
            topic=text[:1000].replace("\0", ""),
            email="ana@example.com",
            starts_at=start,
            minutes=30,
            status="booked",
            time_zone="UTC",
        )
        file = letters.build_visitor_file(row, "secret")
        calendar = Calendar.from_ical(file)
        assert [part.name for part in calendar.walk()].count("VEVENT") == 1, text
        assert not [part for part in calendar.walk() if part.name == "VALARM"]
        assert not [part for part in calendar.walk("VEVENT") if "ATTACH" in part]
