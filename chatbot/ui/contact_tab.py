"""The tab in which a visitor leaves their details: components, handler, events."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.engine.visitor_chat import ChatKey, VisitorChat
from chatbot.errors import InvalidFields, InvalidInput, LimitReached
from chatbot.people.forms import ContactForm
from chatbot.ui.chat_tab import ChatTab
from chatbot.ui.event_values import read_key, read_text
from chatbot.ui.faults import word_error
from chatbot.ui.form_field import Field, build_field
from chatbot.ui.forms_frame import FormsFrame
from chatbot.ui.locales.en import Texts
from chatbot.ui.values import PageValues


@dataclass(frozen=True)
class ContactTab:
    """The components of the form; `fields` are named as `ContactForm` names them."""

    fields: dict[str, Field]
    consent: gr.Checkbox
    unseen: gr.Textbox
    send_button: gr.Button
    answer: gr.Markdown
    receipt: gr.Markdown

    @property
    def outputs(self) -> list[Any]:
        """What sending the form changes: nothing that was typed is in it."""
        return [*(field.error for field in self.fields.values()), self.answer, self.receipt]


def build(values: PageValues, texts: Texts) -> ContactTab:
    """The tab's components; call it inside its `gr.Tab`."""
    frame, name = FormsFrame(values, texts), values.first_name
    with gr.Column(elem_id="contact", elem_classes="cc-form-page", min_width=0):
        receipt = gr.Markdown("", elem_id="contact-receipt")
        with gr.Column(elem_id="contact-form", elem_classes="cc-form", min_width=0):
            gr.Markdown(frame.contact_heading())
            fields = _build_fields(frame, texts)
            with gr.Column(elem_id="contact-consent-field", elem_classes="cc-field", min_width=0):
                label = texts.consent.format(name=name)
                consent = gr.Checkbox(False, label=label, elem_id="contact-consent")
                gr.Markdown(frame.help("contact-consent", texts.consent_help))
            unseen = _build_unseen(texts)
            answer = gr.Markdown("", elem_id="contact-answer")
            label = texts.send_contact.format(name=name)
            send_button = gr.Button(label, elem_id="contact-send", variant="primary")
            gr.Markdown(frame.aside(texts.rather_human, "human"))
    return ContactTab(fields, consent, unseen, send_button, answer, receipt)


def _build_fields(frame: FormsFrame, texts: Texts) -> dict[str, Field]:
    attributes = gr.InputHTMLAttributes
    with gr.Row(elem_classes="cc-pair"):
        email = build_field(
            frame,
            "contact-email",
            label=texts.email,
            helping=texts.email_help,
            type="email",
            html_attributes=attributes(autocomplete="email", spellcheck=False),
        )
        phone = build_field(
            frame,
            "contact-phone",
            label=texts.phone,
            helping=texts.phone_help,
            html_attributes=attributes(autocomplete="tel", spellcheck=False),
        )
    with gr.Row(elem_classes="cc-pair"):
        name = build_field(
            frame,
            "contact-name",
            label=texts.full_name,
            helping=texts.full_name_help,
            html_attributes=attributes(autocomplete="name", spellcheck=False),
        )
        company = build_field(
            frame,
            "contact-company",
            label=texts.company,
            helping=texts.company_help,
            html_attributes=attributes(autocomplete="organization", spellcheck=False),
        )
    message = build_field(
        frame,
        "contact-message",
        label=texts.contact_message,
        helping=texts.contact_message_help,
        lines=3,
        max_lines=10,
    )
    return {"email": email, "phone": phone, "name": name, "company": company, "message": message}


def _build_unseen(texts: Texts) -> gr.Textbox:
    return gr.Textbox(
        elem_id="contact-unseen",
        label=texts.unseen,
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", tabindex=-1),
    )


class ContactHandlers:
    """Reads the form, makes one call, and shows what came of it."""

    def __init__(
        self, *, chat: VisitorChat, tab: ContactTab, page: ChatTab, values: PageValues, texts: Texts
    ) -> None:
        self._chat = chat
        self._tab = tab
        self._page = page
        self._texts = texts
        self._frame = FormsFrame(values, texts)

    async def send_contact(
        self,
        request: gr.Request,
        email: Any,
        phone: Any,
        name: Any,
        company: Any,
        message: Any,
        consent: Any,
        unseen: Any,
        form_id: Any,
        token: Any,
        conversation_id: Any,
    ) -> dict[Any, Any]:
        form = ContactForm(
            email=read_text(email),
            phone=read_text(phone),
            name=read_text(name),
            company=read_text(company),
            message=read_text(message),
            has_consented=consent is True,
            form_id=read_text(form_id),
            unseen=read_text(unseen),
        )
        key = read_key(request, token, conversation_id, form_id)
        try:
            return await self._send(key, form)
        except InvalidFields as error:
            return self._show_faults(error.fields)
        except LimitReached as reached:
            return {**self._show_faults({}), self._tab.answer: self._frame.over_limit(reached)}
        except Exception as error:
            return self._show_faults({}, word_error(error, self._texts))

    async def _send(self, key: ChatKey, form: ContactForm) -> dict[Any, Any]:
        if not key.conversation_id:
            raise InvalidInput(self._texts.opening)
        receipt = await self._chat.leave_contact(key, form)
        return {
            **self._show_faults({}),
            self._tab.receipt: self._frame.receipt(receipt),
            self._page.form_id: receipt.next_form_id,
        }

    def _show_faults(self, fields: dict[str, str], message: str = "") -> dict[Any, Any]:
        shown: dict[Any, Any] = {
            field.error: self._frame.field_error(f"contact-{name}", fields.get(name, ""))
            for name, field in self._tab.fields.items()
        }
        return {**shown, self._tab.answer: self._frame.answered(message)}


def wire(
    tab: ContactTab, page: ChatTab, chat: VisitorChat, values: PageValues, texts: Texts
) -> None:
    """Attaches the form's events: the button, and Enter in a field of one line."""
    handlers = ContactHandlers(chat=chat, tab=tab, page=page, values=values, texts=texts)
    lines = [field.box.submit for name, field in tab.fields.items() if name != "message"]
    gr.on(
        [tab.send_button.click, *lines],
        handlers.send_contact,
        inputs_kwargs={
            **{name: field.box for name, field in tab.fields.items()},
            "consent": tab.consent,
            "unseen": tab.unseen,
            "form_id": page.form_id,
            "token": page.token,
            "conversation_id": page.conversation_id,
        },
        outputs=[*tab.outputs, page.form_id],
        preprocess=False,
        postprocess=False,
        api_visibility="private",
        show_progress="hidden",
        concurrency_limit=None,
    )
