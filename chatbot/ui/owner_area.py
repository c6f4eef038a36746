"""The owner's tab: an empty one for everybody, filled on the owner's own page only.

What a visitor's page is told of it is a hidden tab without content. Neither that nor a private
event protects anything: every handler in here asks `door` first.
"""

import html
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import gradio as gr

from chatbot.errors import PermissionDenied
from chatbot.ui.locales.en import Texts


class OwnerSignIn(Protocol):
    """What the area shows of the sign-in it was opened by."""

    @property
    def name(self) -> str:
        """The Hugging Face user, "" after a sign-in by password."""
        ...

    @property
    def expires_at(self) -> datetime: ...


class OwnerDoor(Protocol):
    """Says who is the owner; both methods raise PermissionDenied for everybody else."""

    async def require_owner(self, request: gr.Request) -> OwnerSignIn: ...

    def require_owner_now(self, request: gr.Request) -> OwnerSignIn: ...


class OwnerTabs(Protocol):
    """Builds the tabs inside the area, on a worker thread, each time the owner opens the page.

    It makes components where it is called, and their events, which belong to this one page. Each
    handler has a `gr.Request` and awaits `door.require_owner(request)` before anything else.
    """

    def __call__(self, request: gr.Request, door: OwnerDoor) -> None: ...


class OwnerArea:
    """Adds the owner's tab to a page that is being built.

    `find_risk` says why the data would not survive the end of this machine, "" when it would.
    """

    def __init__(
        self,
        door: OwnerDoor,
        build_tabs: OwnerTabs,
        texts: Texts,
        find_risk: Callable[[], str] = lambda: "",
    ) -> None:
        self._find_risk = find_risk
        self._door = door
        self._build_tabs = build_tabs
        self._texts = texts

    def build(self, page: gr.Blocks) -> None:
        """To be called inside the page's `gr.Tabs`."""
        common: dict[str, Any] = {"queue": False, "show_progress": "hidden"}
        with gr.Tab(self._texts.owner, elem_id="owner", visible=False) as tab:
            gr.render(triggers=[page.load], concurrency_limit=None, **common)(self.fill_owner_tab)
        page.load(self.show_owner_tab, outputs=tab, api_visibility="private", **common)

    async def show_owner_tab(self, request: gr.Request) -> Any:
        try:
            await self._door.require_owner(request)
        except PermissionDenied:
            return gr.skip()
        return gr.update(visible=True)

    def fill_owner_tab(self, request: gr.Request) -> None:
        try:
            sign_in = self._door.require_owner_now(request)
        except PermissionDenied:
            return
        with gr.Column(elem_id="owner-area", min_width=0):
            # Escaped here: a sanitizer would take the form away, and `gr.HTML` needs `eval`.
            gr.Markdown(self._head(sign_in), elem_id="owner-head", sanitize_html=False)
            self._build_tabs(request, self._door)

    def _head(self, sign_in: OwnerSignIn) -> str:
        texts = self._texts
        name = html.escape(sign_in.name)
        who = texts.by_user.format(name=name) if name else texts.by_password
        until = f"{sign_in.expires_at:%H:%M} UTC"
        return (
            f'<div class="cc-owner-head"><h2>{texts.owner_area}</h2>'
            f"<p>{texts.signed_in.format(who=who, until=until)}</p>"
            '<form method="post" action="/owner/sign-out">'
            f'<button type="submit">{texts.sign_out}</button>'
            f'<button type="submit" name="everywhere" value="yes">{texts.sign_out_everywhere}'
            f"</button></form></div>{self._warning()}"
        )

    def _warning(self) -> str:
        """The banner; the page's script keeps it up to date while the page is open."""
        risk, words = self._find_risk(), self._texts.not_durable
        state = "" if risk else " hidden"
        shown = words.format(reason=html.escape(risk)) if risk else ""
        return (
            f'<div class="cc-banner cc-risk" role="alert" data-words="{html.escape(words)}"{state}>'
            f"{shown}</div>"
        )
