"""The script that puts a chat bubble on another site."""

import json
from pathlib import Path

from chatbot.ui.color import css, parse_color, readable_on, text_on
from chatbot.ui.theme import LIGHT_GROUND
from chatbot.ui.values import PageValues

WIDGET_PATH = "/widget.js"
_SOURCE = Path(__file__).parent / "static" / "widget.js"
_PLACE = "{/* options */}"

LABEL = "Ask about {name}"
TITLE = "Chat with {name}\u2019s AI stand-in"
CLOSE = "Close the chat"
NEWS = "There is a new message."


def build_widget(values: PageValues) -> str:
    """The script with the owner's name and colour in it; the same for every site."""
    accent = readable_on(parse_color(values.accent_color), LIGHT_GROUND)
    options = {
        "label": LABEL.format(name=values.first_name),
        "title": TITLE.format(name=values.first_name),
        "close": CLOSE,
        "news": NEWS,
        "accent": css(accent),
        "onAccent": css(text_on(accent)),
    }
    return _SOURCE.read_text(encoding="utf-8").replace(_PLACE, json.dumps(options), 1)
