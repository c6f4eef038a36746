"""Every hostile string goes through the page's HTTP door; none may break it, none may be lost."""

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chatbot.storage.models import Message
from chatbot.text import clean_text
from tests.e2e.conftest import read_rows, run_async
from tests.e2e.intruders import check_page
from tests.e2e.visitor_page import VisitorPage
from tests.page_client import PageClient

# Kept beside the project, because their licences do not allow to copy them into it.
FOLDER = Path(__file__).parents[2].parent / "shared" / "evaldata" / "hostile_inputs"
OWN_STRINGS = [
    "",
    " \t\n ",
    "\x00",
    "a\x00b\x07c\x1b[31m",
    "\ud800 alone",
    "\ufeff\u202e\u2066",
    "\u202egnp.exe",
    "\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "e\u0301\u0323" * 400,
    "'; DROP TABLE message; --",
    "<script>window.__pwned=1</script><img src=x onerror=window.__pwned=1>",
    "${window.__pwned=1}{{7*7}}",
    "a" * 2000,
    "a" * 2001,
    "\U0001f600" * 2001,
    "word " * 5000,
    "\n" * 1500 + "x",
]
# As many strings as one message holds, one after the other.
MESSAGE_CHARACTERS = 1900
RAW_BYTES = [b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf0\x9f\x92", b"\xf8\x88\x80\x80\x80"]
MESSAGES_PER_VISITOR = 10
VISITORS_AT_ONCE = 8
OPENED_IN_CHROMIUM = 2


@dataclass
class Sender:
    """One visitor: what they sent, what was taken, and what went wrong."""

    texts: list[str]
    token: str = ""
    conversation_id: str = ""
    accepted: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def load_lines(name):
    if not FOLDER.is_dir():
        pytest.skip("The folder with the hostile inputs is not beside the project")
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


async def send_all(url, texts):
    """Sends every text, a few visitors at a time, each one message after the other."""
    starts = range(0, len(texts), MESSAGES_PER_VISITOR)
    senders = [Sender(texts[start : start + MESSAGES_PER_VISITOR]) for start in starts]
    at_once = asyncio.Semaphore(VISITORS_AT_ONCE)

    async def run(sender):
        async with at_once, PageClient(url) as page:
            await page.open()
            sender.token, sender.conversation_id = page.token, page.conversation_id
            for text in sender.texts:
                await send_one(page, sender, text)

    await asyncio.gather(*map(run, senders))
    return senders


async def send_one(page, sender, text):
    count = len(page.state.messages)
    state = await page.ask(text)
    if state.error:
        sender.refused[text] = state.error
    elif len(state.messages) >= count + 2 and state.answer and not state.is_answering:
        sender.accepted.append(text)
    else:
        sender.faults.append(text)


def check_senders(app, senders):
    """Nothing failed, only what cannot be sent was refused, and the rest is stored as sent."""
    assert [text for sender in senders for text in sender.faults] == []
    refused = {text: why for sender in senders for text, why in sender.refused.items()}
    assert {text for text in refused if 0 < len(clean_text(text)) <= 2000} == set()
    assert all("characters" in why or "type a message" in why for why in refused.values())
    stored: dict[str, list[str]] = {}
    for row in read_rows(app, Message):
        if row.role == "user":
            stored.setdefault(str(row.conversation_id), []).append(row.content)
    for sender in senders:
        sent = [clean_text(text) for text in sender.accepted]
        assert stored.get(sender.conversation_id, []) == sent


def open_as_each(visit, app, senders) -> Iterator[VisitorPage]:
    """Opens the page in Chromium as visitors whose tokens are known, one after the other."""
    visitor, token = visit(app), ""

    def put_token(route):
        body = json.loads(route.request.post_data)
        if body["data"] and len(body["data"]) == 2:
            body["data"][0] = token
        route.continue_(post_data=json.dumps(body))

    visitor.page.route("**/queue/join*", put_token)
    for sender in senders:
        token = sender.token
        visitor.reload()
        assert visitor.conversation_id == sender.conversation_id
        yield visitor


def join_texts(texts):
    """The same strings in few messages; one that is refused alone stays alone."""
    messages, together = [], ""
    for text in texts:
        if not 0 < len(clean_text(text)) <= MESSAGE_CHARACTERS:
            messages.append(text)
        elif len(together) + len(text) < MESSAGE_CHARACTERS:
            together += f"\n{text}"
        else:
            messages.append(together)
            together = text
    return [*messages, together]


def test_hostile_strings_are_answered_or_refused(quiet_app):
    check_senders(quiet_app, run_async(send_all(quiet_app.url, OWN_STRINGS)))


def test_words_without_harm_are_stored_to_the_letter(quiet_app):
    texts = ["What did you study?  Two  spaces", "${x} {{y}} <b>&amp;</b> \\n \\u0000 %s 'q' \"q\""]
    senders = run_async(send_all(quiet_app.url, texts))
    stored = [row.content for row in read_rows(quiet_app, Message) if row.role == "user"]
    assert senders[0].accepted == texts
    assert [text for text in texts if text not in stored] == []


@pytest.mark.browser
def test_a_collection_of_hostile_strings_is_answered_and_runs_nowhere(quiet_app, visit):
    """Many in a message, what acts in a page first; each in a message of its own in `make soak`."""
    lines = load_lines("strings.jsonl")
    lines.sort(key=lambda line: line["category"] not in ("xss", "template_injection"))
    texts = [line["text"] for line in lines]
    messages = join_texts(texts)
    assert [text for text in texts if text not in "\n".join(messages)] == []
    senders = run_async(send_all(quiet_app.url, messages))
    check_senders(quiet_app, senders)
    shown = sum(len(sender.accepted) for sender in senders[:OPENED_IN_CHROMIUM])
    assert shown >= 2 * MESSAGES_PER_VISITOR - 2
    for visitor in open_as_each(visit, quiet_app, senders[:OPENED_IN_CHROMIUM]):
        check_page(visitor)


@pytest.mark.soak
def test_each_string_of_the_collection_is_answered_alone(quiet_app):
    texts = [line["text"] for line in load_lines("strings.jsonl")]
    check_senders(quiet_app, run_async(send_all(quiet_app.url, texts)))


def test_job_posts_with_instructions_are_answered_or_refused(quiet_app):
    posts = [line["text"] for line in load_lines("injected_job_posts.jsonl")]
    ends = [post[:1999] for post in posts] + [post[-1999:] for post in posts]
    check_senders(quiet_app, run_async(send_all(quiet_app.url, posts + ends)))


def test_malformed_bytes_are_refused_and_their_repair_is_answered(quiet_app):
    pieces = list(RAW_BYTES)
    if FOLDER.is_dir():
        lines = load_lines("malformed_bytes.jsonl")
        pieces += [base64.b64decode(line["bytes_base64"]) for line in lines]

    async def post_all():
        async with PageClient(quiet_app.url) as page:
            await page.open()
            body = json.dumps(page.build_body("send", **{"message-box": "HERE"})).encode()
            return [await page.post(body.replace(b"HERE", piece)) for piece in pieces]

    for answer in run_async(post_all()):
        assert answer.status_code in (200, 400)
        assert set(answer.json()) <= {"error", "event_id"}
    repaired = [piece.decode("utf-8", "replace") for piece in pieces]
    check_senders(quiet_app, run_async(send_all(quiet_app.url, repaired)))
