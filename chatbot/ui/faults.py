"""What a visitor is told when something goes wrong."""

import logging
import uuid

from chatbot.errors import ChatbotError
from chatbot.ui.locales.en import Texts

_log = logging.getLogger(__name__)


def word_error(error: Exception, texts: Texts) -> str:
    """The words for a visitor; an error that nobody foresaw is logged under the id that they get.

    The one place where an unforeseen error of the page's stops: the page stays usable.
    """
    if isinstance(error, ChatbotError):
        return error.user_message
    error_id = uuid.uuid4().hex[:8]
    extra = {"error_id": error_id}
    _log.error("page not served (reference %s)", error_id, exc_info=error, extra=extra)
    return texts.unexpected.format(id=error_id)
