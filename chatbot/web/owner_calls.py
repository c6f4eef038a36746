"""Keeps visitors away from the owner's pages and from the events that exist on these only.

Gradio knows a page by a word that the page chose itself. Whoever calls in the name of another page
could read what it is sent and undo what it shows: a page that has called as the owner is therefore
the owner's for as long as it is remembered.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping

from chatbot.web.access import OWNER, OwnerAccess

_MAX_PAGES = 1000


class GuardedCalls:
    """Implements `chatbot.web.hardening.OwnerCalls`.

    `count_late_values` maps the events that were made for one page to how many values each takes.
    """

    def __init__(
        self, access: OwnerAccess, count_late_values: Callable[[str], Mapping[int, int]]
    ) -> None:
        self._access = access
        self._count_late_values = count_late_values
        self._pages: OrderedDict[str, None] = OrderedDict()

    async def admit(self, headers: Mapping[str, str], session: str) -> Mapping[int, int] | None:
        """The page's own events for the owner, none for a visitor, None for an intruder."""
        if await self._access.identify(headers) != OWNER:
            return None if session in self._pages else {}
        self._pages[session] = None
        self._pages.move_to_end(session)
        if len(self._pages) > _MAX_PAGES:
            self._pages.popitem(last=False)
        return self._count_late_values(session)
