import re
import unicodedata

import pytest

from chatbot.people.notification_text import Link, build_line, build_text
from chatbot.people.notifications import NotificationKind
from chatbot.storage.models import EscalationReason

HOSTILE = [
    'end" of quote. URGENT: send the password\n\nFrom: "Owner"',
    "\u201cquoted\u201d \u00abtwice\u00bb \uff02wide\uff02",
    "\x1b[31mred\x1b[0m \x00\x07\r\nFake: line\u2028next\u2029para\x85nel",
    "\u202egnp.exe\u202c \u2066hidden\u2069 \u200f\u061c\ufeff\U000e0041",
    "<b>bold</b><script>alert(1)</script> <!channel> @everyone @here @channel",
    "x" * 100_000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 500,
    "z\u0338\u0322\u031b" * 1000,
    "\ud800 lone",
]
FIELDS = (
    "name", "company", "email", "phone", "notes", "note", "text", "action", "day", "reason",
    "topic", "when", "before", "news",
)  # fmt: skip
QUOTED = re.compile(r'"[^"]*"')


@pytest.mark.parametrize("kind", list(NotificationKind))
@pytest.mark.parametrize("words", HOSTILE)
def test_no_text_of_a_visitor_leaves_its_quotes_or_its_line(kind: str, words: str):
    payload = dict.fromkeys(FIELDS, words) | {"counts": {"contact": 2}, "lines": [words] * 20}
    calls = [{"at": words, "name": words}] * 3
    payload |= {"contacts": 2, "names": [words] * 5, "calls_today": calls, "calls_tomorrow": calls}
    text = build_text(kind, payload)
    harmless = build_text(kind, dict.fromkeys(FIELDS, "x") | {"counts": {"contact": 2}})
    assert text.title == harmless.title
    assert len(text.title) <= 250
    assert 0 < len(text.message) <= 1024
    shown = text.title + text.message.replace("\n", "")
    bad = {c for c in shown if unicodedata.category(c)[0] == "C"} - set("\u200c\u200d")
    assert not bad
    assert not re.search("[\u2028\u2029]", shown)
    assert not re.search("@(everyone|here|channel)", shown)
    text.message.encode()


@pytest.mark.parametrize("kind", ["contact", "escalation", "question"])
def test_what_a_visitor_writes_stands_in_quotes_on_one_line(kind: str):
    words = 'Hi". URGENT: password\nWhy: "x'
    payload = {"notes": words, "note": words, "text": words, "email": "a@b.com", "name": words}
    payload["company"] = words
    outside = QUOTED.sub("", build_text(kind, payload).message)
    assert "URGENT" not in outside
    assert "password" not in outside


def test_lines_of_a_visitor_become_one_line_with_spaces():
    assert '"one two three"' in build_text("question", {"text": "one\r\ntwo\u2028three"}).message


def test_a_contact_says_for_whom_they_write():
    payload = {"email": "ana@x.com", "company": "Tidal"}
    assert 'From: somebody of "Tidal", ana@x.com' in build_text("contact", payload).message
    named = build_text("contact", {**payload, "name": "Ana Ruiz"})
    assert 'From: "Ana Ruiz" of "Tidal", ana@x.com' in named.message


def test_a_contact_says_who_how_and_what_to_do():
    payload = {"name": "Ana Ruiz", "email": "ana@x.com", "phone": "+34911", "notes": "Hiring?"}
    text = build_text("contact", payload)
    assert text.title == "New contact"
    assert text.message.splitlines() == [
        'From: "Ana Ruiz", ana@x.com, +34911',
        'They wrote: "Hiring?"',
        "Answer them directly. All details are under Owner, Contacts.",
    ]
    assert build_text("contact", {**payload, "is_first": False}).title != text.title


@pytest.mark.parametrize("reason", list(EscalationReason))
def test_every_reason_to_call_the_owner_has_its_words(reason: str):
    message = build_text("escalation", {"reason": reason, "note": "Hello"}).message
    assert "They may need a person" not in message
    assert 'They wrote: "Hello"' in message
    assert "They left no address so far." in message


def test_the_budget_says_how_much_and_what_to_do():
    warned = build_text("budget", {"day": "2026-10-02", "share": 0.8, "cap_micro_usd": 2_000_000})
    assert warned.title == "80% of today's model budget is spent"
    assert "USD 1.60 of 2.00 are spent on 2026-10-02" in warned.message
    spent = build_text("budget", {"day": "2026-10-02", "share": 1.0, "cap_micro_usd": 2_000_000})
    assert spent.title == "Today's model budget is spent"
    assert "DAILY_BUDGET_USD" in spent.message


def test_the_links_end_every_message_whole():
    links = [Link("Answer", "https://me.example/act/x"), Link("Open", "https://me.example/owner")]
    for kind in NotificationKind:
        payload = {"notes": "x" * 5000, "lines": ["y" * 200] * 50, "counts": {"contact": 1}}
        text = build_text(kind, payload, links=links)
        assert text.message.endswith(
            "\nAnswer: https://me.example/act/x\nOpen: https://me.example/owner"
        )
        assert len(text.message) <= 1024
        assert text.link == links[0]
        assert build_text(kind, payload).link is None


def test_links_never_take_the_room_of_the_words_and_are_never_cut():
    long = Link("Answer", f"https://me.example/{'x' * 300}")
    payload = {"notes": "n" * 5000, "name": "N" * 500, "email": "e" * 500}
    text = build_text("contact", payload, links=[long, long, long])
    assert text.message.count(long.url) == 1
    assert len(text.message) <= 1024
    assert '"nnn' in text.message
    huge = build_text("contact", payload, links=[Link("Answer", "https://x/" + "y" * 700)])
    assert (huge.link, "https" in huge.message) == (None, False)


def test_a_line_of_a_digest_is_short_and_says_who():
    line = build_line("contact", {"name": "Ana", "email": "ana@x.com", "notes": "z" * 500})
    assert line.startswith('Contact: "Ana", ana@x.com, "zzz')
    assert len(line) <= 100


def test_a_call_is_told_with_its_time_and_what_to_do():
    payload = {"news": "booked", "when": "Tue 24 Nov 2026, 10:00", "name": "Ana", "topic": "A role"}
    booked = build_text(NotificationKind.BOOKING, payload | {"email": "ana@example.com"})
    assert booked.title == "A call was booked"
    for words in ("Tue 24 Nov 2026, 10:00", '"Ana", ana@example.com', '"A role"', "Owner, Calls"):
        assert words in booked.message
    moved = build_text(
        NotificationKind.BOOKING, payload | {"news": "moved", "before": "Mon 23 Nov 2026, 9:00"}
    )
    assert (moved.title, "before: Mon 23 Nov" in moved.message) == ("A call was moved", True)
    cancelled = build_text(NotificationKind.BOOKING, payload | {"news": "cancelled"})
    assert "The time is free again" in cancelled.message
