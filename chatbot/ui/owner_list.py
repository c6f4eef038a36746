"""A list with search, filter and pages, as the owner's tabs have it: components and events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.ui.event_values import read_text
from chatbot.ui.locales.owner_en import OwnerTexts, Words

EVENT_OPTIONS: dict[str, Any] = {
    "preprocess": False,
    "postprocess": False,
    "api_visibility": "private",
    "show_progress": "hidden",
    "concurrency_limit": None,
}
_MAX_PAGE_DIGITS = 5


@dataclass(frozen=True)
class OwnerList:
    """The components of a list; `show_button` is hidden, the page's script presses it."""

    search: gr.Textbox | None
    status: gr.Radio
    rows: gr.Markdown
    page: gr.Textbox
    show_button: gr.Button

    @property
    def sought(self) -> dict[str, Any]:
        """What says which items are wanted."""
        words = {} if self.search is None else {"search": self.search}
        return {**words, "status": self.status}

    @property
    def wanted(self) -> dict[str, Any]:
        """What says which page of them is wanted."""
        return {**self.sought, "page": self.page}


def build_list(
    tab: str,
    texts: OwnerTexts,
    *,
    search: str,
    label: str,
    choices: Words,
    chosen: str,
    more: Callable[[], object] | None = None,
) -> OwnerList:
    """The components of one list; `search` is the label of its field, "" for none.

    `more` builds what else the list can be narrowed by.
    """
    with gr.Column(elem_classes="own-side", min_width=0):
        with gr.Row(elem_classes="own-tools"):
            box = _build_search(tab, search) if search else None
            status = build_choice(f"owner-{tab}-status", label, choices, chosen)
            if more is not None:
                more()
        rows = gr.Markdown(
            f'<p class="own-wait">{texts.loading}</p>',
            elem_id=f"owner-{tab}-list",
            elem_classes="own-listing",
            latex_delimiters=[],
        )
        page = hidden_box(f"owner-{tab}-page", "1")
        show_button = hidden_button(f"owner-{tab}-show")
    return OwnerList(box, status, rows, page, show_button)


def build_choice(name: str, label: str, choices: Words, chosen: str) -> gr.Radio:
    """One of a few values, as a segmented control."""
    return gr.Radio(
        [(word, value) for value, word in choices],
        value=chosen,
        label=label,
        elem_id=name,
        elem_classes="own-choice",
        interactive=True,
    )


def hidden_box(name: str, value: str = "") -> gr.Textbox:
    return gr.Textbox(
        value, elem_id=name, visible="hidden", container=False, show_label=False, interactive=True
    )


def hidden_button(name: str) -> gr.Button:
    return gr.Button(name, elem_id=name, visible="hidden")


def _build_search(tab: str, label: str) -> gr.Textbox:
    return gr.Textbox(
        elem_id=f"owner-{tab}-search",
        elem_classes="own-search",
        label=label,
        show_label=True,
        placeholder=label,
        max_lines=1,
        interactive=True,
    )


def wire_list(
    pane: OwnerList,
    tab: gr.Tab,
    *,
    find: Callable[..., Any],
    show: Callable[..., Any],
    outputs: list[Any],
    more: dict[str, Any] | None = None,
    triggers: Sequence[Any] = (),
) -> None:
    """A change of what is sought begins at the first page; opening the tab reads it again.

    `more` are further inputs of both handlers, `triggers` further events that change them.
    """
    # A box's `input` passes over what is pasted or deleted. No handler writes into this box.
    typed = [] if pane.search is None else [pane.search.change]
    gr.on(
        [*typed, pane.status.input, *triggers],
        find,
        inputs_kwargs={**pane.sought, **(more or {})},
        outputs=[pane.page, *outputs],
        trigger_mode="always_last",
        **EVENT_OPTIONS,
    )
    gr.on(
        [tab.select, pane.show_button.click],
        show,
        inputs_kwargs={**pane.wanted, **(more or {})},
        outputs=outputs,
        trigger_mode="always_last",
        **EVENT_OPTIONS,
    )


def read_page_number(value: Any) -> int:
    digits = read_text(value)
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MAX_PAGE_DIGITS
    return int(digits) if is_number else 1
