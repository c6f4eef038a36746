"""Serves the page's own files: style sheet, script and portrait."""

import mimetypes

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from chatbot.ui.frame import PORTRAIT_PATH
from chatbot.ui.theme import api_css, call_css, call_script, page_css, page_script, sign_in_css
from chatbot.ui.values import PageValues

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_A_DAY = {"Cache-Control": "public, max-age=86400"}


def build_assets_router(values: PageValues) -> APIRouter:
    """Routes under `/page/`; the addresses in the page carry a version, so browsers keep them."""
    router = APIRouter(include_in_schema=False)
    sheet, script, own_sheet = page_css(values), page_script(), sign_in_css(values)
    calls_sheet, calls_script = call_css(values), call_script()
    api_sheet = api_css(values)

    @router.get("/page/page.css")
    def style_sheet() -> Response:
        return Response(sheet, media_type="text/css", headers=_FOREVER)

    @router.get("/page/sign-in.css")
    def own_page_style_sheet() -> Response:
        return Response(own_sheet, media_type="text/css", headers=_FOREVER)

    @router.get("/page/page.js")
    def page_js() -> Response:
        return Response(script, media_type="text/javascript", headers=_FOREVER)

    @router.get("/page/calls.css")
    def calls_style_sheet() -> Response:
        return Response(calls_sheet, media_type="text/css", headers=_FOREVER)

    @router.get("/page/api.css")
    def api_style_sheet() -> Response:
        return Response(api_sheet, media_type="text/css", headers=_FOREVER)

    @router.get("/page/calls.js")
    def calls_js() -> Response:
        return Response(calls_script, media_type="text/javascript", headers=_FOREVER)

    if values.portrait is not None:
        portrait = values.portrait
        kind = mimetypes.guess_type(portrait.name)[0] or "application/octet-stream"

        @router.get(PORTRAIT_PATH)
        def portrait_image() -> FileResponse:
            return FileResponse(portrait, media_type=kind, headers=_A_DAY)

    return router
