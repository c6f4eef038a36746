"""What a visitor is told when something goes wrong."""

import logging
import uuid

from chatbot.errors import (
    ChatbotError,
    InvalidInput,
    LimitReached,
    NotFound,
    PermissionDenied,
)
from chatbot.ui.locales.en import Texts

_log = logging.getLogger(__name__)
# What a person can change themselves: there is nothing to look up.
_THEIRS = (InvalidInput, LimitReached, NotFound, PermissionDenied)


def word_error(error: Exception, texts: Texts) -> str:
    """The words for a visitor; what is no fault of theirs is logged under the id that they get.

    The one place where an unforeseen error of the page's stops: the page stays usable.
    """
    if isinstance(error, _THEIRS):
        return error.user_message
    error_id = uuid.uuid4().hex[:8]
    extra = {"error_id": error_id}
    _log.error("page not served (%s)", error_id, exc_info=error, extra=extra)
    words = error.user_message if isinstance(error, ChatbotError) else texts.unexpected
    return texts.reference.format(words=words, id=error_id)
