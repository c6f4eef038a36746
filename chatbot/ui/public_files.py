"""Files at fixed addresses that other sites, search engines and agents load."""

from functools import cache

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from chatbot.ui.discovery import LLMS_PATH, PREVIEW_PATH, build_llms_text, draw_preview
from chatbot.ui.values import PageValues
from chatbot.ui.widget import WIDGET_PATH, build_widget

PUBLIC_PATHS = frozenset({WIDGET_PATH, LLMS_PATH, PREVIEW_PATH})
# Sites load these without a version in the address: a change must reach them within the hour.
_AN_HOUR = {"cache-control": "public, max-age=3600"}


def build_public_router(values: PageValues, site_url: str) -> APIRouter:
    """The widget's script, the page for agents, and the picture of link previews."""
    router = APIRouter(include_in_schema=False)
    widget, agents = build_widget(values), build_llms_text(values, site_url)
    # Drawn when it is first asked for: that takes a tenth of a second.
    preview = cache(lambda: draw_preview(values))

    @router.get(WIDGET_PATH)
    async def show_widget() -> Response:
        return Response(widget, media_type="text/javascript", headers=_AN_HOUR)

    @router.get(LLMS_PATH)
    async def show_agents() -> Response:
        return PlainTextResponse(agents, headers=_AN_HOUR)

    @router.get(PREVIEW_PATH)
    def show_preview() -> Response:
        return Response(preview(), media_type="image/png", headers=_AN_HOUR)

    return router
