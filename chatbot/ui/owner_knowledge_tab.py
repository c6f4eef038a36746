"""The owner's Knowledge tab: questions in groups, answers with versions, poor answers, the exam."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.locales.owner_knowledge_en import KnowledgeTexts
from chatbot.ui.owner_knowledge_html import TAB
from chatbot.ui.owner_list import OwnerList, build_list, hidden_box, hidden_button

# What the buttons in the tab do, by the verb in their id; each presses its hidden button.
VERBS = (
    "open",
    "better",
    "merge",
    "takeout",
    "reopen",
    "withdraw",
    "restore",
    "undo",
    "wave",
    "exam",
)


@dataclass(frozen=True)
class KnowledgeTab:
    """The components of the tab.

    `selected` is what a button is about, `current` what is open; `buttons` are hidden, by verb.
    """

    tab: gr.Tab
    pane: OwnerList
    selected: gr.Textbox
    current: gr.Textbox
    buttons: dict[str, gr.Button]
    detail: gr.Markdown
    question: gr.Textbox
    answer: gr.Textbox
    save_button: gr.Button
    reason: gr.Textbox
    dismiss_button: gr.Button
    rest: gr.Markdown
    line: gr.Markdown

    @property
    def opened(self) -> list[Any]:
        """The components that what is open is shown in."""
        form = [self.question, self.answer, self.reason]
        return [self.detail, *form, self.rest, self.current, self.line]


def build(common: OwnerTexts, texts: KnowledgeTexts) -> KnowledgeTab:
    """The tab's components; call it inside `gr.Tabs`."""
    with gr.Tab(texts.knowledge, elem_id=f"owner-{TAB}") as tab:
        with gr.Row(elem_id=f"owner-{TAB}-split", elem_classes="own-split"):
            pane = build_list(
                TAB,
                common,
                search=texts.search,
                label=texts.show,
                choices=texts.parts,
                chosen="open",
            )
            parts = _build_detail(texts)
        line = gr.Markdown("", elem_id=f"owner-{TAB}-line", elem_classes="own-line")
        selected = hidden_box(f"owner-{TAB}-selected")
        current = hidden_box(f"owner-{TAB}-current")
        buttons = {verb: hidden_button(f"owner-{TAB}-{verb}") for verb in VERBS}
    return KnowledgeTab(tab, pane, selected, current, buttons, *parts, line)


def _build_detail(
    texts: KnowledgeTexts,
) -> tuple[gr.Markdown, gr.Textbox, gr.Textbox, gr.Button, gr.Textbox, gr.Button, gr.Markdown]:
    with gr.Column(elem_classes="own-detail", min_width=0):
        blank = markup.blank(texts.choose, texts.choose_hint, "own-blank own-none")
        detail = gr.Markdown(blank, elem_id=f"owner-{TAB}-detail", latex_delimiters=[])
        with gr.Column(elem_classes="own-form", min_width=0):
            question = _box("question", texts.question, lines=1, max_lines=4)
            answer = _box("text", texts.answer, lines=5, max_lines=16)
            save_button = gr.Button(texts.save, elem_id=f"owner-{TAB}-save", variant="primary")
        with gr.Row(elem_classes="own-form own-dismissal"):
            reason = _box("reason", texts.reason, lines=1, max_lines=1)
            dismiss_button = gr.Button(
                texts.dismiss, elem_id=f"owner-{TAB}-dismiss", variant="secondary"
            )
        rest = gr.Markdown("", elem_id=f"owner-{TAB}-rest", latex_delimiters=[])
    return detail, question, answer, save_button, reason, dismiss_button, rest


def _box(name: str, label: str, *, lines: int, max_lines: int) -> gr.Textbox:
    return gr.Textbox(
        elem_id=f"owner-{TAB}-{name}",
        label=label,
        lines=lines,
        max_lines=max_lines,
        interactive=True,
    )
