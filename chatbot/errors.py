"""Every error this application raises on purpose.

Adapters translate foreign errors into these; the page and the API show `user_message`; nobody else
catches them. An error that is none of these is a programming error: it is logged with an id, and
the visitor is told that id and nothing more.
"""

from collections.abc import Mapping


class ChatbotError(Exception):
    """Base class for every error this application raises on purpose."""

    user_message = "Something went wrong on our side. Please try again."

    def __init__(self, user_message: str | None = None) -> None:
        if user_message is not None:
            self.user_message = user_message
        super().__init__(self.user_message)


class StartupError(ChatbotError):
    """The program cannot start; the message is one line with the thing, the fact and the remedy."""


class InvalidInput(ChatbotError):
    """What a person typed cannot be used; the message says what to change."""


class InvalidFields(InvalidInput):
    """Fields of a form that cannot be used: `fields` maps the name of each to what to change."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(next(iter(fields.values())))
        self.fields = dict(fields)


class NotFound(ChatbotError):
    """The thing asked for does not exist, or is not this visitor's: both read the same."""

    user_message = "This chat is not available. Start a new chat to go on."


class PermissionDenied(ChatbotError):
    """The caller is not the signed-in owner."""

    user_message = "Please sign in again."


class NotSaved(ChatbotError):
    """The database refused a write; nothing was sent, so the visitor may try again."""

    user_message = "Your message could not be saved. Please send it again in a moment."


class NotLoaded(ChatbotError):
    """The database refused a read; what is stored is still there."""

    user_message = "The chat cannot be loaded right now. Please try again in a moment."


class LimitReached(ChatbotError):
    """A visitor has done something too often; `retry_after` is in how many seconds they may again.

    A door of the web answers it with 429 and `Retry-After`, the page with the words.
    """

    user_message = "Time for a short break. Please try again in a moment."

    def __init__(self, user_message: str | None = None, *, retry_after: int) -> None:
        super().__init__(user_message)
        self.retry_after = retry_after


class ModelUnavailable(ChatbotError):
    """No model could answer; `reason` is for the log and the owner, never for the visitor."""

    user_message = "The assistant cannot be reached right now."

    def __init__(self, reason: str, *, owner_action: str | None = None) -> None:
        super().__init__()
        self.reason = reason
        self.owner_action = owner_action

    def __str__(self) -> str:
        return self.reason
