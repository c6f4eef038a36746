"""Ways to reach the owner: Pushover, Telegram, Slack, ntfy, e-mail and others, through Apprise."""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from chatbot.errors import StartupError
from chatbot.people.notification_text import Link, NotificationText

if TYPE_CHECKING:
    from apprise import Apprise, AppriseAsset

SEND_SECONDS = 10.0
# Apprise waits 5.5 s between two messages of one channel where a service has no rule of its own.
MAX_PAUSE_SECONDS = 1.0
BUSY_SECONDS = 60.0
# https://pushover.net/api#urls, as Apprise's plugin names them.
_PUSHOVER_LINK = ("supplemental_url", "supplemental_url_title")
_STATUS = re.compile(r"error=(\d{3})")
_ANSWERED = re.compile(r"Answered (\d{3})")
_NO_ANSWER = "No answer"
_INSIDE = "Failed inside"


class Fault(StrEnum):
    """What kind of trouble a channel's error is, as far as a remedy depends on it."""

    REFUSED = "refused"
    TOO_LARGE = "too_large"
    BUSY = "busy"
    DOWN = "down"
    SLOW = "slow"
    INSIDE = "inside"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SendResult:
    """Whether a channel took a message; if not, one line why, and how long it wants to be left
    alone, in seconds, when it says so."""

    is_sent: bool
    error: str | None = None
    retry_after: float | None = None


class Notifier(Protocol):
    """One way to reach the owner. `name` tells it from the others and holds no secret."""

    @property
    def name(self) -> str: ...

    async def send(self, text: NotificationText) -> SendResult:
        """Hand a message over; never raises for what the service or the network does."""
        ...


class AppriseChannel:
    """A channel that an Apprise URL names."""

    def __init__(self, name: str, plugin: Any) -> None:
        from apprise import Apprise

        self.name = name
        self._plugin = plugin
        self._own_link = tuple(getattr(plugin, name, None) for name in _PUSHOVER_LINK)
        self._apprise = Apprise([plugin])
        self._lock = asyncio.Lock()

    async def send(self, text: NotificationText) -> SendResult:
        # One at a time: a crash then leaves at most one message that is out and not marked.
        """Send one message; returns what came of it and raises nothing."""
        async with self._lock:
            return await asyncio.to_thread(self._send, text)

    def _send(self, text: NotificationText) -> SendResult:
        self._point_to(text.link)
        title = text.title[: self._plugin.title_maxlen or None]
        return send_with(self._apprise, title=title, body=text.message[: self._plugin.body_maxlen])

    def _point_to(self, link: Link | None) -> None:
        """Set the link that Pushover shows by itself; one at a time is sent, so it stays this
        message's. Whoever wrote one into the channel's address keeps it for messages without."""
        if hasattr(self._plugin, _PUSHOVER_LINK[0]):
            url, title = (link.url, link.label) if link else self._own_link
            for name, value in zip(_PUSHOVER_LINK, (url, title), strict=True):
                setattr(self._plugin, name, value)


def send_with(apprise: "Apprise", *, title: str, body: str, attach: Any = None) -> SendResult:
    """Hand plain text over to the service that `apprise` holds; blocks, and raises nothing."""
    from apprise import AppriseResultStatus, NotifyFormat

    result = apprise.notify(
        title=title,
        body=body,
        body_format=NotifyFormat.TEXT,
        attach=attach,
        interpret_escapes=False,
        timeout=SEND_SECONDS,
    )
    if result:
        return SendResult(is_sent=True)
    if result.status == AppriseResultStatus.TIMEOUT:
        return SendResult(is_sent=False, error=f"{_NO_ANSWER} within {SEND_SECONDS:.0f} s")
    return _failure("\n".join(str(entry.message) for entry in result.logs()))


def _failure(words: str) -> SendResult:
    """What went wrong, in words of our own: Apprise's may hold an address with its secrets.

    Apprise tells the HTTP status and hides Retry-After, so a busy channel rests a minute.
    """
    found = _STATUS.search(words)
    if found is None:
        return SendResult(is_sent=False, error="Not reached, or the message was not taken")
    status = int(found[1])
    known = status in {member.value for member in HTTPStatus}
    error = f"Answered {status} {HTTPStatus(status).phrase}" if known else f"Answered {status}"
    is_busy = status == HTTPStatus.TOO_MANY_REQUESTS
    return SendResult(is_sent=False, error=error, retry_after=BUSY_SECONDS if is_busy else None)


def failed_inside(error: Exception) -> SendResult:
    """What a channel that raised is said to have answered."""
    return SendResult(is_sent=False, error=f"{_INSIDE}: {type(error).__name__}")


def find_fault(error: str) -> Fault:
    """The kind of trouble that an error of a `SendResult` tells of."""
    answered = _ANSWERED.match(error)
    if answered is None:
        starts = ((_NO_ANSWER, Fault.SLOW), (_INSIDE, Fault.INSIDE))
        return next((fault for words, fault in starts if error.startswith(words)), Fault.UNKNOWN)
    match int(answered[1]):
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Fault.BUSY
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return Fault.TOO_LARGE
        case status:
            return Fault.DOWN if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Fault.REFUSED


def open_channels(urls: Sequence[str]) -> tuple[AppriseChannel, ...]:
    """The channels that Apprise URLs name; nothing is sent.

    Raises StartupError that names the setting and the position of a URL that cannot be used, and
    never the URL, which holds secrets.
    """
    if not urls:
        return ()
    from apprise import Apprise

    asset = build_asset()
    names: Counter[str] = Counter()
    channels = []
    for position, url in enumerate(dict.fromkeys(urls), start=1):
        plugin = Apprise.instantiate(url, asset=asset)
        if plugin is None:
            raise StartupError(
                f"NOTIFY_URLS: address number {position} is not one that can be used. Write it as "
                "https://github.com/caronc/apprise/wiki says, for example pover://user@token."
            )
        plugin.request_rate_per_sec = min(plugin.request_rate_per_sec, MAX_PAUSE_SECONDS)
        service = str(plugin.service_name)[:50]
        names[service] += 1
        channels.append(AppriseChannel(f"{service} {names[service]}".removesuffix(" 1"), plugin))
    return tuple(channels)


def build_asset() -> "AppriseAsset":
    """How Apprise is to behave: it says nothing in our log and fills in no templates."""
    from apprise import AppriseAsset

    # Its log names addresses, and at debug the whole message with the keys.
    logging.getLogger("apprise").propagate = False
    return AppriseAsset(app_id="Career Chatbot", app_desc="Career Chatbot", allow_templates=False)
