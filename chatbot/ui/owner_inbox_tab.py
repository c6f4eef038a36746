"""The owner's inbox: one list of conversations, and the one that is open, live.

Three events: one shows (the list, what is open, or both), one acts on a conversation, one sends. A
conversation is opened and refreshed by the first, so that the list always agrees with it.
"""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.locales.owner_inbox_en import InboxTexts
from chatbot.ui.owner_inbox_list import TAB, keys_html, none_html
from chatbot.ui.owner_list import (
    OwnerList,
    build_list,
    hidden_box,
    hidden_button,
)


@dataclass(frozen=True)
class InboxTab:
    """The components of the tab and the line above all tabs.

    `selected` is the conversation that is open, `steps` how far back it is shown; `seen` is "no"
    while nobody looks at the inbox, and "rung" when the bell asks. `action` is what to do, as
    "take:ID"; `reply_id` names what is being sent, so that it is stored once.
    """

    tab: gr.Tab
    presence: gr.Markdown
    pane: OwnerList
    head: gr.Markdown
    talk: gr.Markdown
    about: gr.Markdown
    reply: gr.Textbox
    send_button: gr.Button
    selected: gr.Textbox
    steps: gr.Textbox
    seen: gr.Textbox
    action: gr.Textbox
    act_button: gr.Button
    reply_id: gr.Textbox
    line: gr.Markdown

    @property
    def wanted(self) -> dict[str, Any]:
        """What says which part of the list, and which conversation, is to be shown."""
        opened = {"selected": self.selected, "steps": self.steps, "seen": self.seen}
        return {**self.pane.wanted, **opened}

    @property
    def shown(self) -> list[Any]:
        """What changes when the list or the open conversation has changed."""
        return [self.presence, self.pane.rows, self.head, self.talk, self.about, self.line]


def build_presence() -> gr.Markdown:
    """The line above all tabs: whether the owner is here, and who waits."""
    return gr.Markdown("", elem_id=f"owner-{TAB}-here", latex_delimiters=[])


def build(common: OwnerTexts, texts: InboxTexts, presence: gr.Markdown) -> InboxTab:
    """The tab's components; call it inside `gr.Tabs`."""
    with gr.Tab(texts.inbox, elem_id=f"owner-{TAB}") as tab:
        with gr.Row(elem_id=f"owner-{TAB}-split", elem_classes="inbox-split"):
            pane = build_list(
                TAB,
                common,
                search=texts.search,
                label=texts.show,
                choices=texts.filters,
                chosen="all",
            )
            with gr.Column(elem_classes="inbox-chat", min_width=0):
                head = _markdown("head", none_html(texts.choose, texts.choose_hint))
                talk = _markdown("talk", "")
                _markdown("typing", f'<p class="inbox-typing" role="status">{texts.typing}</p>')
                with gr.Row(elem_classes="inbox-writing"):
                    reply = _build_reply(texts)
                    send_button = gr.Button(
                        texts.send, elem_id=f"owner-{TAB}-send", variant="primary"
                    )
                hint = f"<b>{texts.takes_over}</b> <span>{texts.send_hint}</span>"
                _markdown("hint", f'<p class="inbox-hint">{hint}</p>')
                about = _markdown("about", "")
        _markdown("keys", keys_html(texts))
        line = gr.Markdown("", elem_id=f"owner-{TAB}-line", elem_classes="own-line")
        names = ("selected", "steps", "seen", "action", "reply-id")
        selected, steps, seen, action, reply_id = (
            hidden_box(f"owner-{TAB}-{name}") for name in names
        )
        act_button = hidden_button(f"owner-{TAB}-act")
    return InboxTab(
        tab=tab,
        presence=presence,
        pane=pane,
        head=head,
        talk=talk,
        about=about,
        reply=reply,
        send_button=send_button,
        selected=selected,
        steps=steps,
        seen=seen,
        action=action,
        act_button=act_button,
        reply_id=reply_id,
        line=line,
    )


def _markdown(name: str, content: str) -> gr.Markdown:
    return gr.Markdown(content, elem_id=f"owner-{TAB}-{name}", latex_delimiters=[])


def _build_reply(texts: InboxTexts) -> gr.Textbox:
    return gr.Textbox(
        elem_id=f"owner-{TAB}-reply",
        label=texts.reply,
        show_label=True,
        placeholder=texts.reply_hint,
        lines=1,
        max_lines=8,
        scale=1,
        interactive=True,
    )
