"""The doors for programs, put together: REST, its documentation, and what it is told."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from chatbot.services import Services

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from chatbot.engine.program_chat import ProgramChat
    from chatbot.ui.values import PageValues
    from chatbot.web.origins import Origins

IsOwner = Callable[[Mapping[str, str]], Awaitable[bool]]


def add_public_files(site: "FastAPI", values: "PageValues", site_url: str) -> frozenset[str]:
    """Adds what other sites, search engines and agents load; returns the paths."""
    from chatbot.ui.public_files import PUBLIC_PATHS, build_public_router

    site.include_router(build_public_router(values, site_url))
    return PUBLIC_PATHS


def build_program_chat(services: Services) -> "ProgramChat":
    """What programs can do with chats, on the use cases of the page."""
    from chatbot.engine.program_chat import ProgramChat, ProgramParts

    return ProgramChat(
        ProgramParts(
            chat=services.chat,
            inbox=services.inbox,
            privacy=services.privacy,
            ending=services.ending,
            engine=services.engine,
            bell=services.live,
            database=services.database,
            fit=services.fit,
            tailor=services.tailor,
            context=services.context,
            confirming=services.confirming,
        )
    )


def add_doors(
    site: "FastAPI",
    services: Services,
    values: "PageValues",
    *,
    is_owner: IsOwner,
    origins: "Origins",
    site_url: str,
) -> None:
    """Adds everything for programs under `/api`; call it after the other routes of the site.

    `site_url` is the address of the site as others reach it, "" when it is not known.
    """
    from starlette.exceptions import HTTPException

    from chatbot.errors import ChatbotError
    from chatbot.ui.api_page import ApiPage
    from chatbot.web.api_document import build_document_router, build_end_router
    from chatbot.web.api_errors import answer_error, answer_http_error

    site.add_exception_handler(ChatbotError, answer_error)
    site.add_exception_handler(HTTPException, answer_http_error)
    routers = _build_routers(services, is_owner, origins, site_url)
    for router in routers:
        site.include_router(router)
    site.include_router(build_document_router(site, name=values.name, page=ApiPage(values)))
    site.include_router(build_end_router(site))


def _build_routers(
    services: Services, is_owner: IsOwner, origins: "Origins", site_url: str
) -> "list[APIRouter]":
    from chatbot.people.program_forms import ProgramForms
    from chatbot.web.callers import Callers
    from chatbot.web.chat_api import build_chat_api
    from chatbot.web.chat_socket import build_socket_router
    from chatbot.web.mcp import address_of_caller, build_mcp_router
    from chatbot.web.mcp_tools import McpTools
    from chatbot.web.owner_api import build_analytics_api, build_token_api
    from chatbot.web.people_api import build_people_api
    from dashboards.analytics import Analytics

    callers = Callers(is_owner)
    forms = ProgramForms(
        database=services.database,
        bell=services.live,
        book=services.book,
        limits=services.limits,
        confirming=services.confirming,
    )
    chats = build_program_chat(services)
    tools = McpTools(
        chats,
        forms,
        services.calls,
        site_url=site_url,
        find_address=address_of_caller.get,
    )
    routers = [
        build_chat_api(chats, services.inbox, callers),
        build_socket_router(chats, services.live, callers, origins),
        build_people_api(forms, services.knowledge_desk, callers),
        build_analytics_api(Analytics(services.database), callers),
        build_mcp_router(tools, name=services.profile.name),
    ]
    if services.access is not None and services.access.has_password:
        routers.append(build_token_api(services.access, callers))
    return routers
