"""The way to a visitor's mailbox: one Apprise address of a mail service, its recipient put anew for
every message."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chatbot.errors import StartupError
from chatbot.people.channels import SendResult, build_asset, send_with

CALENDAR_TYPE = "text/calendar"
_PROBE = "somebody@example.com"
_SMTP = frozenset({"mailto", "mailtos"})


@dataclass(frozen=True)
class Letter:
    """One e-mail as it goes out: plain text, and perhaps one calendar file."""

    email: str
    subject: str
    text: str
    file_name: str | None = None
    file_text: str | None = None


class MailChannel:
    """Sends through the service that an Apprise address names.

    The address's own recipients are not asked; only the one of the letter is. Every mail plugin of
    Apprise keeps its recipients in `targets`, as texts or as pairs with a name.
    """

    def __init__(self, parts: dict[str, Any], asset: Any) -> None:
        self._parts = {**parts, "format": "text"}
        self._asset = asset
        self.name = str(self._open(_PROBE).service_name)[:50]

    async def send(self, letter: Letter) -> SendResult:
        """Hand one letter over; never raises for what the service or the network does."""
        return await asyncio.to_thread(self._send, letter)

    def _send(self, letter: Letter) -> SendResult:
        from apprise import Apprise

        plugin = self._open(letter.email)
        return send_with(
            Apprise([plugin], asset=self._asset),
            title=letter.subject,
            body=letter.text,
            attach=_build_attachment(letter),
        )

    def _open(self, email: str) -> Any:
        """The service with this one recipient; raises ValueError when it is no mail service.

        The recipient is put in afterwards: Apprise itself drops addresses that are right, such as
        one with an apostrophe.
        """
        from apprise import Apprise

        plugin: Any = Apprise.instantiate({**self._parts, "targets": [_PROBE]}, asset=self._asset)
        if getattr(plugin, "targets", None) == [_PROBE]:
            plugin.targets = [email]
        elif getattr(plugin, "targets", None) == [(False, _PROBE)]:
            plugin.targets = [(False, email)]
        else:
            raise ValueError("not a mail service")
        # It waits by itself between two messages of one instance; each instance sends one.
        plugin.request_rate_per_sec = 0
        return plugin


def open_mail_channel(url: str | None, *, lets_smtp_out: bool = True) -> MailChannel | None:
    """The service that an Apprise address names; nothing is sent. None without an address.

    Raises StartupError that never names the address, which holds a secret.
    """
    if not url:
        return None
    from apprise.plugins import url_to_dict

    asset = build_asset()
    parts = url_to_dict(url, secure_logging=True)  # type: ignore[no-untyped-call]
    if parts and parts["schema"] in _SMTP and not lets_smtp_out:
        raise StartupError(
            "EMAIL_URL: a Space lets no SMTP out. Use the address of an HTTPS mail service, for "
            "example resend://key:you@example.com, or leave it empty."
        )
    with suppress(ValueError):
        if parts:
            return MailChannel(parts, asset)
    raise StartupError(
        "EMAIL_URL is not an address of a mail service that can be used. Write it as "
        "https://github.com/caronc/apprise/wiki says, for example resend://key:you@example.com."
    )


def _build_attachment(letter: Letter) -> Any:
    if letter.file_text is None:
        return None
    from apprise.apprise_attachment import AppriseAttachment
    from apprise.attachment.memory import AttachMemory

    file = AttachMemory(  # type: ignore[no-untyped-call]
        content=letter.file_text.encode(), name=letter.file_name, mimetype=CALENDAR_TYPE
    )
    return AppriseAttachment([file])
