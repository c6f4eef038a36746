"""Puts page, routes and the outermost layer together into one ASGI application."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.routing import Mount

from chatbot.doors import add_doors, add_public_files
from chatbot.foundations import find_page_url, has_hugging_face, list_trusted_proxies
from chatbot.page_setup import build_page_values
from chatbot.services import Services
from chatbot.settings import Settings
from chatbot.ui.gradio_settings import (
    count_event_values,
    count_late_event_values,
    offer_hugging_face,
    prepare_gradio,
    tune,
)
from chatbot.web.client_address import TrustedProxies
from chatbot.web.hardening import Hardening, HardeningValues
from chatbot.web.origins import Origins

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

    from chatbot.ui.owner_area import OwnerTabs
    from chatbot.ui.values import PageValues
    from chatbot.web.bell_route import BellCallers


@dataclass(frozen=True)
class Site:
    """The whole application; and what `Blocks.launch` needs: its page, the part of Gradio that
    serves it, and the page's options. `wind_down` stores running answers and takes no more."""

    app: Hardening
    page: Any
    mounted: Any
    options: dict[str, Any]
    wind_down: Callable[[], Awaitable[None]]


def build_site(
    settings: Settings, services: Services, *, build_owner_tabs: "OwnerTabs | None" = None
) -> Hardening:
    """The whole application, ready to be served; its lifespan starts and stops the services.

    `build_owner_tabs` takes the place of the tabs in the owner's area.
    """
    return build_whole_site(settings, services, build_owner_tabs=build_owner_tabs).app


def build_whole_site(
    settings: Settings, services: Services, *, build_owner_tabs: "OwnerTabs | None" = None
) -> Site:
    """As `build_site`, for both ways to start."""
    prepare_gradio()
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError

    from chatbot.people.fit_links import FIT_PATH
    from chatbot.ui.assets import build_assets_router
    from chatbot.ui.discovery import discovery_head
    from chatbot.ui.layout import build_page
    from chatbot.ui.locales.en import ENGLISH
    from chatbot.ui.owner_area import OwnerArea
    from chatbot.ui.theme import page_head, page_options
    from chatbot.web.api import build_api_router
    from chatbot.web.bell_route import build_bell_router
    from chatbot.web.call_routes import CALL_PATH
    from chatbot.web.contacts_import import IMPORT_BODIES
    from chatbot.web.fit_routes import FIT_BODIES
    from chatbot.web.owner_calls import GuardedCalls
    from chatbot.web.privacy_routes import PRIVACY_PATH
    from chatbot.web.refusals import refuse_invalid
    from chatbot.web.visitor_routes import RETURN_PATH

    access = services.access
    values = build_page_values(
        settings,
        services.profile,
        has_owner_area=access is not None,
        call_address=services.calls.address,
    )
    area = calls = None
    if access is not None:
        tabs = build_owner_tabs or _build_owner_tabs(services, values)
        area = OwnerArea(access, tabs, ENGLISH, services.find_risk)
        calls = GuardedCalls(access, lambda session: count_late_event_values(page, session))
    page = build_page(values, services.chat, services.live, area, services.calls)
    tune(page)
    origins = Origins()
    site = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(services),
        exception_handlers={RequestValidationError: refuse_invalid},
    )
    site.include_router(build_bell_router(services.live, origins, _build_bell_callers(services)))
    site.include_router(
        build_api_router(_ask_owner(services), services.read_health, services.find_risk)
    )
    site.include_router(build_assets_router(values))
    _add_privacy_routes(site, services, values)
    visitor_paths = _add_call_routes(site, services, values) + _add_fit_routes(
        site, services, values
    )
    owner_paths = _add_owner_routes(site, settings, services, values)
    secret_prefixes = _add_action_routes(site, settings, services, values)
    site_url = find_page_url(settings)
    public_paths = add_public_files(site, values, site_url)
    is_owner = _ask_owner(services)
    add_doors(site, services, values, is_owner=is_owner, origins=origins, site_url=site_url)
    options = page_options(values)
    gr.mount_gradio_app(site, page, path="/", auth_dependency=_identify(services), **options)
    mounted = next(route.app for route in reversed(site.routes) if isinstance(route, Mount))
    hardening = HardeningValues(
        title=str(page.title),
        description=ENGLISH.page_description.format(owner=values.name, name=values.first_name),
        head=page_head(values) + discovery_head(values, site_url),
        embed_origins=tuple(settings.embed_origins),
        origins=origins,
        events=count_event_values(page),
        own_paths=owner_paths | public_paths | {PRIVACY_PATH},
        secret_prefixes=(*secret_prefixes, f"{CALL_PATH}/", f"{RETURN_PATH}/", f"{FIT_PATH}/"),
        large_bodies=IMPORT_BODIES | FIT_BODIES,
        visitor_paths=visitor_paths,
        owner_calls=calls,
        proxies=TrustedProxies(list_trusted_proxies(settings)),
        max_open_requests=settings.max_open_requests,
    )
    return Site(Hardening(site, hardening), page, mounted, options, services.engine.close)


def _build_bell_callers(services: Services) -> "BellCallers":
    from chatbot.web.bell_route import BellCallers

    return BellCallers(
        typing=services.takeover,
        note_seen=services.presence.note_seen,
        is_owner=services.access.holds if services.access is not None else None,
    )


def _build_owner_tabs(services: Services, values: "PageValues") -> "OwnerTabs":
    from chatbot.people.booking_desk import BookingDesk
    from chatbot.people.notification_desk import NotificationDesk
    from chatbot.ui.faults import word_error
    from chatbot.ui.locales.en import ENGLISH
    from chatbot.ui.owner_tabs import OwnerTabs
    from dashboards.analytics import Analytics

    return OwnerTabs(
        contacts=services.contacts,
        inbox=services.inbox,
        knowledge=services.knowledge_desk,
        exam=services.exam,
        tailor=services.tailor,
        notifications=NotificationDesk(database=services.database, outbox=services.outbox),
        bookings=BookingDesk(services.calls, database=services.database),
        analytics=Analytics(services.database),
        privacy=services.privacy,
        word_error=partial(word_error, texts=ENGLISH),
        accent_color=values.accent_color,
        make_ticket=services.live.make_owner_ticket,
    )


def _add_privacy_routes(site: "FastAPI", services: Services, values: "PageValues") -> None:
    from chatbot.ui.locales.privacy_en import ENGLISH_PRIVACY
    from chatbot.ui.privacy_page import PrivacyPage
    from chatbot.ui.visitor_data_file import VisitorDataFile
    from chatbot.web.privacy_routes import build_privacy_router

    page = PrivacyPage(values, ENGLISH_PRIVACY)
    write_file = VisitorDataFile(values, ENGLISH_PRIVACY)
    site.include_router(build_privacy_router(services.privacy, page=page, write_file=write_file))


def _add_call_routes(site: "FastAPI", services: Services, values: "PageValues") -> tuple[str, ...]:
    """Adds the pages around calls; returns the paths that they begin with."""
    from chatbot.ui.call_frame import CallFrame
    from chatbot.ui.call_pages import CallPages
    from chatbot.ui.locales.calls_en import ENGLISH_CALLS
    from chatbot.web import call_routes, visitor_routes
    from chatbot.web.call_api import build_call_api

    calls = services.calls
    pages = CallPages(CallFrame(values, ENGLISH_CALLS), sends_email=values.sends_email)
    parts = call_routes.CallSite(calls.desk, calls.codes, pages, calls.zone)
    if calls.calendar_url:
        site.include_router(call_routes.build_elsewhere_router(pages, calls.calendar_url))
    elif calls.takes_bookings:
        site.include_router(call_routes.build_book_router(parts))
        site.include_router(build_call_api(calls.desk, calls.zone))
    site.include_router(call_routes.build_call_router(parts))
    site.include_router(visitor_routes.build_verify_router(parts))
    site.include_router(visitor_routes.build_return_router(parts, calls.links))
    return (
        call_routes.BOOK_PATH,
        call_routes.CALL_PATH,
        visitor_routes.VERIFY_PATH,
        visitor_routes.RETURN_PATH,
    )


def _add_fit_routes(site: "FastAPI", services: Services, values: "PageValues") -> tuple[str, ...]:
    """Adds the fit sheet's pages; returns the path that they begin with."""
    from chatbot.people.fit_links import FIT_PATH
    from chatbot.ui.call_frame import CallFrame
    from chatbot.ui.fit_pages import FitPages
    from chatbot.ui.locales.calls_en import ENGLISH_CALLS
    from chatbot.ui.locales.fit_en import ENGLISH_FIT
    from chatbot.web.fit_routes import build_fit_router

    pages = FitPages(CallFrame(values, ENGLISH_CALLS), ENGLISH_FIT)
    site.include_router(build_fit_router(services.fit, services.calls.desk, pages))
    return (FIT_PATH,)


def _add_owner_routes(
    site: "FastAPI", settings: Settings, services: Services, values: "PageValues"
) -> frozenset[str]:
    """Adds the ways in and out that are set up; returns the paths of their routes."""
    from chatbot.people.booking_desk import BookingDesk
    from chatbot.ui.contacts_import_page import ContactsImportPage
    from chatbot.ui.locales.en import ENGLISH
    from chatbot.ui.locales.owner_contacts_en import ENGLISH_IMPORT
    from chatbot.ui.sign_in_page import SignInPage
    from chatbot.web.contacts_import import IMPORT_BODIES, build_contacts_import_router
    from chatbot.web.owner_files import build_owner_calls_router, build_owner_files_router
    from chatbot.web.owner_routes import (
        HUGGING_FACE_PATHS,
        OWNER_PATHS,
        build_hugging_face_router,
        build_owner_router,
    )

    access = services.access
    if access is None:
        return frozenset()
    is_vouched = has_hugging_face(settings) and access.has_usernames and offer_hugging_face(site)
    page = SignInPage(
        values, ENGLISH, has_password=access.has_password, has_hugging_face=is_vouched
    )
    site.include_router(build_owner_router(access, page))
    site.include_router(build_owner_files_router(services.contacts, access.find))
    site.include_router(
        build_contacts_import_router(
            services.contacts,
            access.find,
            ContactsImportPage(values, ENGLISH_IMPORT),
            ENGLISH_IMPORT.no_file,
        )
    )
    own_paths = OWNER_PATHS | frozenset(IMPORT_BODIES)
    calls = BookingDesk(services.calls, database=services.database)
    site.include_router(build_owner_calls_router(calls, access.find))
    if not is_vouched:
        return own_paths
    site.include_router(build_hugging_face_router(access, page))
    return own_paths | HUGGING_FACE_PATHS


def _ask_owner(services: Services) -> "Callable[[Mapping[str, str]], Awaitable[bool]]":
    """Whether a request with these headers is the owner's; it never raises."""
    from chatbot.web.access import OWNER

    access = services.access

    async def is_owner(headers: Mapping[str, str]) -> bool:
        return access is not None and await access.identify(headers) == OWNER

    return is_owner


def _add_action_routes(
    site: "FastAPI", settings: Settings, services: Services, values: "PageValues"
) -> tuple[str, ...]:
    """Adds what the links in notifications open; returns how the paths of it begin."""
    from chatbot.hours import parse_zone
    from chatbot.ui.action_page import ActionPage
    from chatbot.ui.locales.action_en import ACTIONS_IN_ENGLISH
    from chatbot.web.action_routes import ACTION_PREFIX, build_action_router

    if services.actions is None:
        return ()
    page = ActionPage(values, ACTIONS_IN_ENGLISH, parse_zone(settings.time_zone))
    site.include_router(build_action_router(services.actions, page))
    return (ACTION_PREFIX,)


def _identify(services: Services) -> "Callable[[Request], Awaitable[str]]":
    """What Gradio is to call the sender of a request: "owner" or "visitor"."""
    from chatbot.web.access import VISITOR

    access = services.access

    async def identify(request: "Request") -> str:
        return VISITOR if access is None else await access.identify(request.headers)

    return identify


def _lifespan(services: Services) -> Callable[[object], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_site: object) -> AsyncIterator[None]:
        await services.start()
        yield
        await services.stop()

    return lifespan
