from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import gradio as gr
import pytest

from chatbot.engine.views import ContactReceipt, EscalationView
from chatbot.engine.visitor_chat import VisitorChat
from chatbot.errors import InvalidFields, NotFound
from chatbot.people.forms import ContactForm
from chatbot.ui.chat_handlers import ChatHandlers
from chatbot.ui.chat_tab import ChatTab
from chatbot.ui.contact_tab import ContactHandlers, ContactTab
from chatbot.ui.form_field import Field
from chatbot.ui.forms_frame import FormsFrame
from chatbot.ui.human_tab import HumanHandlers, HumanTab
from chatbot.ui.layout import build_page
from chatbot.ui.locales.en import ENGLISH
from chatbot.web.live import LiveBell
from tests.ui.examples import VALUES, make_view

REQUEST = gr.Request(username=None, session_hash="page-1", headers={}, client=None)
RECEIPT = ContactReceipt(email="<ana>@example.com", has_consented=True, next_form_id="form-2")
TOLD = make_view(
    is_escalated=True, escalation=EscalationView(datetime(2027, 1, 5, 9, 30, tzinfo=UTC))
)
TYPED: dict[str, Any] = {
    "email": "ana@example.com",
    "phone": "",
    "name": "Ana",
    "company": "Nordwind",
    "message": "Hello",
    "consent": True,
    "unseen": "",
    "form_id": "form-1",
    "token": "t",
    "conversation_id": "c",
}
ASKED: dict[str, Any] = {
    "note": "Hello",
    "email": "",
    "token": "t",
    "conversation_id": "c",
    "message_id": "m",
}


class FormChat:
    """Takes forms: gives the outcome that it was made with, and keeps what it was asked."""

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome
        self.asked: list[tuple[Any, ...]] = []

    async def leave_contact(self, *asked: Any) -> Any:
        return self._answer(asked)

    async def ask_for_human(self, *asked: Any) -> Any:
        return self._answer(asked)

    def _answer(self, asked: tuple[Any, ...]) -> Any:
        self.asked.append(asked)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


CHAT_TAB = ChatTab(**cast(Any, {name: name for name in ChatTab.__dataclass_fields__}))


def make_fields(*names: str) -> dict[str, Field]:
    return {name: Field(cast(Any, f"{name} box"), cast(Any, f"{name} error")) for name in names}


async def send(chat: FormChat, **typed: Any) -> dict[str, Any]:
    fields = make_fields("email", "phone", "name", "company", "message")
    parts = {name: name for name in ("consent", "unseen", "send_button", "answer", "receipt")}
    tab = ContactTab(fields=fields, **cast(Any, parts))
    handlers = ContactHandlers(
        chat=cast(VisitorChat, chat), tab=tab, page=CHAT_TAB, values=VALUES, texts=ENGLISH
    )
    return await handlers.send_contact(REQUEST, **{**TYPED, **typed})


async def ask(chat: FormChat, **typed: Any) -> dict[str, Any]:
    parts = {name: name for name in ("presence", "ask_button", "add_button", "answer")}
    tab = HumanTab(fields=make_fields("note", "email"), **cast(Any, parts))
    visitor_chat = cast(VisitorChat, chat)
    chat_handlers = ChatHandlers(
        chat=visitor_chat,
        live=LiveBell(secret_key="k" * 32),
        tab=CHAT_TAB,
        values=VALUES,
        texts=ENGLISH,
    )
    handlers = HumanHandlers(
        chat=visitor_chat, tab=tab, chat_handlers=chat_handlers, values=VALUES, texts=ENGLISH
    )
    return await handlers.ask_for_human(REQUEST, **{**ASKED, **typed})


async def test_the_form_reaches_the_use_case_as_it_was_typed() -> None:
    chat = FormChat(RECEIPT)
    await send(chat)
    [(key, form)] = chat.asked
    assert (key.token, key.conversation_id, key.page) == ("t", "c", "page-1")
    assert form == ContactForm(
        email="ana@example.com",
        name="Ana",
        company="Nordwind",
        message="Hello",
        has_consented=True,
        form_id="form-1",
    )


async def test_a_stored_form_shows_what_happens_next_and_gives_out_another() -> None:
    update = await send(FormChat(RECEIPT))
    assert "&lt;ana&gt;@example.com" in update["receipt"]
    assert "Mira can write to" in update["receipt"]
    assert update["form_id"] == "form-2"
    assert {update[f"{name} error"] for name in ("email", "phone", "name", "message")} == {""}


async def test_without_consent_the_words_promise_no_answer() -> None:
    update = await send(FormChat(replace(RECEIPT, has_consented=False)))
    assert "did not agree" in update["receipt"]
    assert "can write" not in update["receipt"]


async def test_each_fault_stands_under_its_field() -> None:
    update = await send(FormChat(InvalidFields({"email": "No <at>.", "phone": "Too short."})))
    assert "No &lt;at&gt;." in update["email error"]
    assert 'role="alert"' in update["phone error"]
    assert update["name error"] == ""
    assert "receipt" not in update
    assert "form_id" not in update


async def test_nothing_that_was_typed_is_ever_an_output() -> None:
    for outcome in (RECEIPT, InvalidFields({"email": "No."}), NotFound()):
        update = await send(FormChat(outcome))
        assert not [name for name in update if name.endswith("box") or name == "consent"]


async def test_every_answer_is_marked_anew() -> None:
    chat = FormChat(InvalidFields({"email": "No."}))
    assert (await send(chat))["answer"] != (await send(chat))["answer"]


async def test_an_unforeseen_error_gives_an_id_and_nothing_internal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for submit in (send, ask):
        update = await submit(FormChat(RuntimeError("/srv/secret.db is gone")))
        assert "secret" not in str(update)
        assert update["answer"].split("Reference ")[1][:8] in caplog.text


async def test_a_page_that_is_still_opening_says_so() -> None:
    for submit in (send, ask):
        chat = FormChat(RECEIPT)
        update = await submit(chat, conversation_id="")
        assert ENGLISH.opening in update["answer"]
        assert chat.asked == []


@pytest.mark.parametrize("value", [None, 5, ["x"], {"a": 1}, True])
async def test_values_of_any_shape_are_only_text_or_nothing(value: Any) -> None:
    chat = FormChat(RECEIPT)
    await send(chat, **{**dict.fromkeys(TYPED, value), "conversation_id": "c", "consent": "yes"})
    assert chat.asked[0][1] == ContactForm()


async def test_asking_shows_the_chat_and_that_the_owner_has_been_told() -> None:
    chat = FormChat(TOLD)
    update = await ask(chat, email="ana@example.com")
    assert chat.asked[0][1:] == ("Hello", "ana@example.com")
    assert "Mira has been told" in update["presence"]
    assert "2027-01-05T09:30:00Z" in update["presence"]
    assert update["conversation_id"] == str(TOLD.conversation_id)
    assert update["email error"] == ""


async def test_a_bad_address_changes_the_form_only() -> None:
    update = await ask(FormChat(InvalidFields({"email": "No."})))
    assert sorted(update) == ["answer", "email error", "note error"]


def test_presence_is_told_as_it_is() -> None:
    frame = FormsFrame(VALUES, ENGLISH)
    assert "Mira is not in this chat right now" in frame.presence(make_view())
    taken = replace(TOLD, escalation=replace(cast(Any, TOLD.escalation), is_taken=True))
    assert "has seen that you asked" in frame.presence(taken)


def test_consent_is_not_ticked_beforehand() -> None:
    page = build_page(VALUES, cast(VisitorChat, object()), LiveBell(secret_key="k" * 32))
    [consent] = [block for block in page.blocks.values() if isinstance(block, gr.Checkbox)]
    assert consent.value is False
    assert consent.label == "Mira may contact me about this"


def test_no_event_writes_into_a_field_of_a_form() -> None:
    page = build_page(VALUES, cast(VisitorChat, object()), LiveBell(secret_key="k" * 32))
    boxes = {"email", "phone", "name", "company", "message", "consent", "unseen"}
    names = {f"contact-{name}" for name in boxes} | {"human-note", "human-email"}
    known = {getattr(block, "elem_id", None) for block in page.blocks.values()}
    assert names <= known
    for event in page.fns.values():
        assert not names & {part.elem_id for part in event.outputs}
