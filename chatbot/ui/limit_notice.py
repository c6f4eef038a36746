"""What a visitor sees who has done something too often: a calm line, and when they can go on."""

import html
from datetime import timedelta

from chatbot.errors import LimitReached
from chatbot.storage.models import utc_now
from chatbot.ui.locales.en import Texts


def limit_notice(reached: LimitReached, texts: Texts) -> str:
    """The line under the input or the form; the page's script changes it when the time is over."""
    until = utc_now() + timedelta(seconds=reached.retry_after)
    return (
        '<p class="cc-error cc-limit" role="status"><span class="cc-until">'
        f'<time datetime="{until:%Y-%m-%dT%H:%M:%SZ}">{html.escape(reached.user_message)}</time> '
        f"{html.escape(texts.limit_kept)}</span>"
        f'<span class="cc-again">{html.escape(texts.limit_over)}</span></p>'
    )
