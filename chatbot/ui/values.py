"""What the visitor's page is told about its owner and its own set-up."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PageLink:
    """A link that the owner's profile names; its host is one that answers may link to."""

    label: str
    url: str


@dataclass(frozen=True)
class PageValues:
    """Everything that the page shows before anyone has written a word.

    `provider_host` is who else is sent the messages for an answer, "" when nobody is.
    `chat_days` and `contact_days` are how long what rests is kept; `is_pushed` says whether the
    owner is told by a notification service, `is_mailed` whether e-mails are sent, `is_copied`
    whether the database is copied to a place outside of this machine.
    `call_address` is where calls are booked: a path of this site, another site, or "" for nowhere.
    `sends_email` says whether visitors are written to.
    `problems` are lines for an owner whose profile folder holds nothing to answer from.
    """

    name: str
    first_name: str
    headline: str = ""
    place: str = ""
    availability: str = ""
    links: tuple[PageLink, ...] = ()
    portrait: Path | None = None
    accent_color: str = "#2456c8"
    starters: tuple[str, ...] = ()
    provider_host: str = ""
    retention: str = ""
    chat_days: int = 90
    contact_days: int = 365
    is_pushed: bool = False
    is_mailed: bool = False
    is_copied: bool = False
    is_limited: bool = False
    has_owner_area: bool = False
    call_address: str = ""
    sends_email: bool = False
    problems: tuple[str, ...] = ()

    @property
    def initials(self) -> str:
        """The first letters of the first and last name: "MV" for "Mira J. Voss"."""
        words = self.name.split()
        ends = words[:1] + words[-1:] if len(words) > 1 else words
        return "".join(word[0] for word in ends).upper()
