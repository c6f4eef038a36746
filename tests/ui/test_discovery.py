"""What link previews, search engines and agents are told."""

import json
import re
from dataclasses import replace
from io import BytesIO

import httpx
import pytest
from PIL import Image

from chatbot.services import build_services
from chatbot.site import build_site
from chatbot.ui.discovery import (
    PREVIEW_SIZE,
    build_llms_text,
    discovery_head,
    draw_preview,
    person_data,
)
from chatbot.ui.values import PageLink, PageValues
from tests.fakes import make_settings

SITE = "https://me.example"
MARA = PageValues(
    name="Mara Lindqvist",
    first_name="Mara",
    headline="Staff Engineer",
    place="Gothenburg",
    links=(PageLink("GitHub", "https://github.example.com/mara"),),
    call_address="/book",
)
HOSTILE = replace(MARA, name="</script><b>\"'", headline='" onload=x')


def test_a_person_is_described_as_schema_org_has_it() -> None:
    data = json.loads(person_data(MARA, SITE))
    assert (data["@type"], data["name"], data["jobTitle"]) == (
        "Person",
        "Mara Lindqvist",
        "Staff Engineer",
    )
    assert data["url"] == "https://me.example/"
    assert data["image"] == "https://me.example/preview.png"
    assert data["sameAs"] == ["https://github.example.com/mara"]
    assert data["address"]["addressLocality"] == "Gothenburg"
    bare = json.loads(person_data(PageValues(name="X", first_name="X"), ""))
    assert set(bare) == {"@context", "@type", "name"}


def test_what_the_profile_says_cannot_leave_its_place_in_the_head() -> None:
    head = discovery_head(HOSTILE, SITE)
    assert head.count("<script") == head.count("</script>") == 1
    assert "<b>" not in head
    assert '" onload' not in head.partition("<script")[0]
    data = re.search(r'ld\+json">(.*)</script>', head)
    assert data is not None
    assert json.loads(data[1])["name"] == HOSTILE.name


def test_agents_are_told_where_to_ask() -> None:
    text = build_llms_text(MARA, SITE)
    assert text.startswith("# Mara Lindqvist\n\n> Staff Engineer. This is the page of")
    for address in ("/api/mcp", "/api/docs", "/api/openapi.json", "/book", "/privacy", "/"):
        assert f"({SITE}{address})" in text
    assert "Book a call" not in build_llms_text(replace(MARA, call_address=""), SITE)
    assert "(https://cal.example/x)" in build_llms_text(
        replace(MARA, call_address="https://cal.example/x"), SITE
    )


def read_picture(values: PageValues) -> Image.Image:
    picture = Image.open(BytesIO(draw_preview(values)))
    assert (picture.format, picture.size) == ("PNG", PREVIEW_SIZE)
    return picture.convert("RGB")


def test_the_preview_shows_initials_or_the_portrait(tmp_path) -> None:
    initials = read_picture(MARA)
    portrait = tmp_path / "portrait.png"
    Image.new("RGB", (50, 80), (200, 30, 40)).save(portrait)
    face = read_picture(replace(MARA, portrait=portrait))
    assert face.getpixel((230, 315)) == (200, 30, 40)
    assert initials.getpixel((230, 180)) != (200, 30, 40)
    portrait.write_bytes(b"no picture")
    assert read_picture(replace(MARA, portrait=portrait)).tobytes() == initials.tobytes()


def test_letters_that_cannot_be_drawn_are_left_out() -> None:
    nameless = replace(MARA, name="\u674e\u660e", first_name="\u660e")
    empty = replace(MARA, name="", first_name="\u660e")
    assert read_picture(nameless).tobytes() == read_picture(empty).tobytes()


@pytest.mark.parametrize("public_url", [SITE, None])
async def test_the_page_carries_it_for_programs_that_run_no_script(
    sqlite_values, public_url
) -> None:
    settings = make_settings(sqlite_values, public_url=public_url)
    services = build_services(settings)
    transport = httpx.ASGITransport(app=build_site(settings, services))
    async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
        page = (await client.get("/")).text
        site = public_url or ""
        assert f'<meta property="og:image" content="{site}/preview.png">' in page
        assert page.count('property="og:title"') == 1
        assert ('rel="canonical"' in page) == bool(public_url)
        picture = await client.get("/preview.png")
        assert picture.headers["content-type"] == "image/png"
        agents = await client.get("/llms.txt")
        assert agents.headers["content-type"].startswith("text/plain")
        assert f"({site}/api/mcp)" in agents.text
        assert (
            (await client.get("/widget.js")).headers["content-type"].startswith("text/javascript")
        )
    services.database.close()
