"""The tab in which a visitor asks for the owner in person: components, handler, events."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.engine.visitor_chat import ChatKey, VisitorChat
from chatbot.errors import InvalidFields, InvalidInput, LimitReached
from chatbot.ui.chat_handlers import ChatHandlers
from chatbot.ui.chat_tab import ChatTab
from chatbot.ui.event_values import read_key, read_text
from chatbot.ui.faults import word_error
from chatbot.ui.form_field import Field, build_field
from chatbot.ui.forms_frame import FormsFrame
from chatbot.ui.locales.en import Texts
from chatbot.ui.values import PageValues


@dataclass(frozen=True)
class HumanTab:
    """The components of the tab; `presence` says whether the owner is here and has been told."""

    presence: gr.Markdown
    fields: dict[str, Field]
    ask_button: gr.Button
    add_button: gr.Button
    answer: gr.Markdown

    @property
    def outputs(self) -> list[Any]:
        """What sending the form changes beside the chat: nothing that was typed is in it."""
        return [*(field.error for field in self.fields.values()), self.answer]


def build(values: PageValues, texts: Texts) -> HumanTab:
    """The tab's components; call it inside its `gr.Tab`."""
    frame, name = FormsFrame(values, texts), values.first_name
    with gr.Column(elem_id="human", elem_classes="cc-form-page", min_width=0):
        gr.Markdown(frame.human_heading())
        presence = gr.Markdown(frame.not_here(), elem_id="presence")
        gr.Markdown(frame.steps(), elem_id="human-steps")
        with gr.Column(elem_id="human-form", elem_classes="cc-form", min_width=0):
            fields = _build_fields(frame, texts)
            answer = gr.Markdown("", elem_id="human-answer")
            label = texts.ask_human.format(name=name)
            ask_button = gr.Button(label, elem_id="human-ask", variant="primary")
            label = texts.add_to_request.format(name=name)
            add_button = gr.Button(label, elem_id="human-add", variant="primary")
        gr.Markdown(frame.aside(texts.rather_contact, "contact"), elem_id="human-aside")
    return HumanTab(presence, fields, ask_button, add_button, answer)


def _build_fields(frame: FormsFrame, texts: Texts) -> dict[str, Field]:
    note = build_field(
        frame,
        "human-note",
        label=texts.human_note,
        helping=texts.human_note_help,
        lines=3,
        max_lines=8,
    )
    email = build_field(
        frame,
        "human-email",
        label=texts.human_email,
        helping=texts.human_email_help,
        type="email",
        html_attributes=gr.InputHTMLAttributes(autocomplete="email", spellcheck=False),
    )
    return {"note": note, "email": email}


class HumanHandlers:
    """Reads the form, makes one call, and shows the chat with what came of it."""

    def __init__(
        self,
        *,
        chat: VisitorChat,
        tab: HumanTab,
        chat_handlers: ChatHandlers,
        values: PageValues,
        texts: Texts,
    ) -> None:
        self._chat = chat
        self._tab = tab
        self._chat_handlers = chat_handlers
        self._texts = texts
        self._frame = FormsFrame(values, texts)

    async def ask_for_human(
        self,
        request: gr.Request,
        note: Any,
        email: Any,
        token: Any,
        conversation_id: Any,
        message_id: Any,
    ) -> dict[Any, Any]:
        key = read_key(request, token, conversation_id, message_id)
        try:
            return await self._ask(key, read_text(note), read_text(email))
        except InvalidFields as error:
            return self._show_faults(error.fields)
        except LimitReached as reached:
            return {**self._show_faults({}), self._tab.answer: self._frame.over_limit(reached)}
        except Exception as error:
            return self._show_faults({}, word_error(error, self._texts))

    async def _ask(self, key: ChatKey, note: str, email: str) -> dict[Any, Any]:
        if not key.conversation_id:
            raise InvalidInput(self._texts.opening)
        view = await self._chat.ask_for_human(key, note, email)
        return {**self._chat_handlers.show(view, key.page), **self._show_faults({})}

    def _show_faults(self, fields: dict[str, str], message: str = "") -> dict[Any, Any]:
        shown: dict[Any, Any] = {
            field.error: self._frame.field_error(f"human-{name}", fields.get(name, ""))
            for name, field in self._tab.fields.items()
        }
        return {**shown, self._tab.answer: self._frame.answered(message)}


def wire(
    tab: HumanTab,
    page: ChatTab,
    chat: VisitorChat,
    chat_handlers: ChatHandlers,
    values: PageValues,
    texts: Texts,
) -> None:
    """Attaches the form's events: both buttons, and Enter in the e-mail field."""
    handlers = HumanHandlers(
        chat=chat, tab=tab, chat_handlers=chat_handlers, values=values, texts=texts
    )
    gr.on(
        [tab.ask_button.click, tab.add_button.click, tab.fields["email"].box.submit],
        handlers.ask_for_human,
        inputs_kwargs={
            **{name: field.box for name, field in tab.fields.items()},
            "token": page.token,
            "conversation_id": page.conversation_id,
            "message_id": page.message_id,
        },
        outputs=[*page.outputs, *tab.outputs],
        preprocess=False,
        postprocess=False,
        api_visibility="private",
        show_progress="hidden",
        concurrency_limit=None,
    )
