"""The visitor's page as a whole: the rail, the chat column, and what is hidden behind them."""

from dataclasses import dataclass

import gradio as gr

from chatbot.engine.visitor_chat import VisitorChat
from chatbot.ui import contact_tab, human_tab
from chatbot.ui.chat_handlers import ChatHandlers, PageBell, VisitorDoors
from chatbot.ui.chat_tab import ChatTab, build_log
from chatbot.ui.chat_wiring import wire
from chatbot.ui.frame import PageFrame
from chatbot.ui.locales.en import ENGLISH, Texts
from chatbot.ui.locales.privacy_en import ENGLISH_PRIVACY
from chatbot.ui.owner_area import OwnerArea
from chatbot.ui.privacy_page import PrivacyPage
from chatbot.ui.values import PageValues

# Gradio obscures what it keeps in the browser with this; the token's own strength protects it.
_BROWSER_STATE_SECRET = "career-chat"


def build_page(
    values: PageValues,
    chat: VisitorChat,
    live: PageBell,
    owner_area: OwnerArea | None = None,
    doors: VisitorDoors | None = None,
) -> gr.Blocks:
    """The page of one owner, ready to be mounted; nothing is opened or started.

    `doors` lead to pages beside this one; without them those pages know nobody.
    """
    texts = ENGLISH
    frame = PageFrame(values, texts)
    title = texts.page_title.format(owner=values.name, name=values.first_name)
    page: gr.Blocks
    with gr.Blocks(title=title, fill_width=True, fill_height=True) as page:
        hidden = _build_hidden()
        with gr.Row(elem_id="page"):
            rail = _build_rail(values, frame, texts)
            with (
                gr.Column(elem_id="main", min_width=0),
                gr.Tabs(elem_id="tabs", overflow_behavior="wrap"),
            ):
                with gr.Tab(texts.chat_tab, id="chat", elem_id="chat-tab"):
                    main = _build_main(values, frame, texts)
                with gr.Tab(texts.contact_tab, id="contact", elem_id="contact-tab"):
                    contact = contact_tab.build(values, texts)
                with gr.Tab(texts.human_tab, id="human", elem_id="human-tab"):
                    human = human_tab.build(values, texts)
                if owner_area is not None:
                    owner_area.build(page)
        # Of escaped values only: a sanitizer would take the dialog's buttons away.
        dialog = PrivacyPage(values, ENGLISH_PRIVACY).dialog(texts.your_data)
        gr.Markdown(dialog, elem_id="your-data-part", sanitize_html=False)
        tab = ChatTab(**vars(hidden), **vars(rail), **vars(main), presence=human.presence)
        handlers = ChatHandlers(
            chat=chat, live=live, tab=tab, values=values, texts=texts, doors=doors
        )
        wire(page, tab, handlers)
        contact_tab.wire(contact, tab, chat, values, texts)
        human_tab.wire(human, tab, chat, handlers, values, texts)
    return page


@dataclass(frozen=True)
class _Hidden:
    token: gr.BrowserState
    conversation_id: gr.Textbox
    message_id: gr.Textbox
    ticket: gr.Textbox
    edit_id: gr.Textbox
    referrer: gr.Textbox
    action: gr.Textbox
    action_button: gr.Button
    ring_button: gr.Button
    form_id: gr.Textbox
    data_key: gr.Textbox


@dataclass(frozen=True)
class _Rail:
    talk_button: gr.Button
    new_chat_button: gr.Button
    chats: gr.Markdown


@dataclass(frozen=True)
class _Main:
    log: gr.Chatbot
    state: gr.Markdown
    error_line: gr.Markdown
    message_box: gr.Textbox
    send_button: gr.Button
    stop_button: gr.Button
    earlier_button: gr.Button
    starter_buttons: tuple[gr.Button, ...]


def _build_hidden() -> _Hidden:
    return _Hidden(
        token=gr.BrowserState("", storage_key="career-chat", secret=_BROWSER_STATE_SECRET),
        conversation_id=_hidden_box("conversation-id"),
        message_id=_hidden_box("message-id"),
        ticket=_hidden_box("ticket"),
        edit_id=_hidden_box("edit-id"),
        referrer=_hidden_box("referrer"),
        action=_hidden_box("action"),
        action_button=gr.Button("Act", elem_id="act", visible="hidden"),
        ring_button=gr.Button("Ring", elem_id="ring", visible="hidden"),
        form_id=_hidden_box("form-id"),
        # The token again, for the page's script, which cannot read what Gradio has obscured.
        data_key=_hidden_box("data-key"),
    )


def _hidden_box(name: str) -> gr.Textbox:
    return gr.Textbox(elem_id=name, visible="hidden", container=False, show_label=False)


def _build_rail(values: PageValues, frame: PageFrame, texts: Texts) -> _Rail:
    name = values.first_name
    with gr.Column(elem_id="rail", scale=0, min_width=0):
        gr.Markdown(frame.who(), elem_id="who")
        talk_button = gr.Button(texts.talk.format(name=name), elem_id="talk", variant="secondary")
        gr.Markdown(frame.menu_button(), elem_id="menu")
        with gr.Column(elem_id="more", min_width=0):
            gr.Markdown(frame.facts() + frame.book() + frame.fit(), elem_id="facts")
            new_chat_button = gr.Button(texts.new_chat, elem_id="new-chat", variant="secondary")
            chats = gr.Markdown("", elem_id="chats")
            gr.Markdown(frame.doors(), elem_id="door")
    return _Rail(talk_button, new_chat_button, chats)


def _build_main(values: PageValues, frame: PageFrame, texts: Texts) -> _Main:
    with gr.Column(elem_id="chat-column", min_width=0):
        with gr.Column(elem_id="opening", min_width=0):
            gr.Markdown(frame.hello(), elem_id="hello")
            with gr.Row(elem_id="starters"):
                starters = tuple(
                    gr.Button(text, elem_classes="starter", variant="secondary")
                    for text in values.starters
                )
        earlier_button = gr.Button(texts.earlier, elem_id="earlier", size="sm")
        log = build_log(texts)
        with gr.Column(elem_id="composer", min_width=0):
            state = gr.Markdown(frame.state(None), elem_id="state")
            gr.Markdown(frame.editing(), elem_id="editing")
            with gr.Row(elem_id="writing"):
                box = _build_message_box(values.first_name, texts)
                send_button = gr.Button(texts.send, elem_id="send", variant="primary")
                stop_button = gr.Button(texts.stop, elem_id="stop", variant="secondary")
            error_line = gr.Markdown("", elem_id="error-line")
            gr.Markdown(frame.note(), elem_id="note")
    return _Main(log, state, error_line, box, send_button, stop_button, earlier_button, starters)


def _build_message_box(name: str, texts: Texts) -> gr.Textbox:
    # No `max_length`: a browser would cut what is pasted without a word. The server says what is
    # too long, and the text stays.
    return gr.Textbox(
        elem_id="message-box",
        label=texts.message,
        show_label=False,
        container=False,
        placeholder=texts.placeholder.format(name=name),
        lines=1,
        max_lines=6,
        scale=1,
    )
