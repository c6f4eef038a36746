"""One field of a form: its label, the input, what is wrong with it, and helper words."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.ui.forms_frame import FormsFrame


@dataclass(frozen=True)
class Field:
    """The input is only ever read: what was typed is never written over."""

    box: gr.Textbox
    error: gr.Markdown


def build_field(frame: FormsFrame, name: str, *, label: str, helping: str, **options: Any) -> Field:
    """A text field; `name` is its element id and `options` are those of `gr.Textbox`.

    No `max_length`: a browser would cut what is pasted without a word.
    """
    with gr.Column(elem_id=f"{name}-field", elem_classes="cc-field", min_width=0):
        box = gr.Textbox(elem_id=name, label=label, **options)
        error = gr.Markdown("", elem_id=f"{name}-fault")
        gr.Markdown(frame.help(name, helping))
    return Field(box, error)
