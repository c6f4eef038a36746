"""Everything about calls that the page, the web and the tools are given."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chatbot.people.bookings import Bookings
from chatbot.people.call_desk import CallDesk
from chatbot.people.confirming import Confirming
from chatbot.people.email_codes import EmailCodes
from chatbot.people.return_links import ReturnLinks

BOOK_PATH = "/book"


@dataclass(frozen=True)
class Calls:
    """The parts, built once. `calendar_url` is where calls are booked instead of here, "" for
    here; `zone` is the owner's, and `hours_text` are their hours as they are set."""

    bookings: Bookings
    desk: CallDesk
    codes: EmailCodes
    links: ReturnLinks
    confirming: Confirming
    zone: ZoneInfo
    calendar_url: str = ""
    hours_text: str = ""

    @property
    def takes_bookings(self) -> bool:
        """Whether calls are booked here."""
        return not self.calendar_url and any(self.bookings.rules.hours.days)

    @property
    def address(self) -> str:
        """Where a visitor books: a path of this site, another site, or "" when nowhere."""
        return self.calendar_url or (BOOK_PATH if self.takes_bookings else "")

    async def make_key(self, token: str, conversation_id: str) -> str:
        """What the pages beside the chat know a visitor by; raises NotFound."""
        return await self.desk.make_key(token, conversation_id)

    def build_return_code(self, token: str) -> str:
        """A code that opens this visitor's chat on another device, once."""
        return self.links.build_code(token)

    async def use_return_code(self, code: str) -> str | None:
        """The visitor's token for a code, once; None for one that cannot be used."""
        return await self.links.use(code)
