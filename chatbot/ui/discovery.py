"""What programs read of the page without running it: link previews, search engines, agents."""

import html
import json
from io import BytesIO
from typing import TYPE_CHECKING

from chatbot.ui.color import mix, parse_color, readable_on, text_on
from chatbot.ui.theme import LIGHT_GROUND
from chatbot.ui.values import PageValues

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = FreeTypeFont | ImageFont

PREVIEW_PATH, LLMS_PATH = "/preview.png", "/llms.txt"
# What link previews show whole (https://ogp.me, and the larger card of X).
PREVIEW_SIZE = (1200, 630)
_FACE, _LINE_WIDTH = 300, 690

LLMS = """\
# {name}

> {headline}This is the page of {name}'s AI stand-in: it answers questions about {name}'s work \
from {name}'s own records, names its sources, and says when something is not in them.

## For agents

- [MCP server]({site}/api/mcp): streamable HTTP; tools `ask`, `fit`, `availability`, \
`leave_contact`
- [REST API]({site}/api/docs): `POST {site}/api/chats` with `{{"question": "..."}}` asks, \
without a key
- [OpenAPI document]({site}/api/openapi.json)

## For people

- [Chat, contact form, talk to {first} in person]({site}/)
{booking}- [What is stored, and how to delete it]({site}/privacy)
{links}"""


def discovery_head(values: PageValues, site_url: str) -> str:
    """Tags for the page's head; `site_url` is its address, "" when it is not known."""
    image = f"{site_url}{PREVIEW_PATH}"
    alt = f"{values.name}. {values.headline}".strip()
    tags = {
        "og:image": image,
        "og:image:width": str(PREVIEW_SIZE[0]),
        "og:image:height": str(PREVIEW_SIZE[1]),
        "og:image:alt": alt,
        "og:site_name": values.name,
        **({"og:url": f"{site_url}/"} if site_url else {}),
    }
    meta = "".join(
        f'<meta property="{name}" content="{html.escape(text)}">' for name, text in tags.items()
    )
    canonical = f'<link rel="canonical" href="{html.escape(site_url)}/">' if site_url else ""
    return (
        f'{meta}<meta name="twitter:image" content="{html.escape(image)}">{canonical}'
        f'<script type="application/ld+json">{person_data(values, site_url)}</script>'
    )


def person_data(values: PageValues, site_url: str) -> str:
    """Who the owner is, as https://schema.org/Person, in JSON that may stand in a script."""
    data = {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": values.name,
        "jobTitle": values.headline,
        "url": f"{site_url}/" if site_url else "",
        "image": f"{site_url}{PREVIEW_PATH}" if site_url else "",
        "sameAs": [link.url for link in values.links],
        "address": {"@type": "PostalAddress", "addressLocality": values.place}
        if values.place
        else None,
    }
    kept = {name: value for name, value in data.items() if value}
    return json.dumps(kept, ensure_ascii=False).replace("<", "\\u003c")


def build_llms_text(values: PageValues, site_url: str) -> str:
    """The page for agents, in the form of https://llmstxt.org."""
    booking = f"- [Book a call]({_whole(values.call_address, site_url)})\n"
    links = "".join(f"- [{link.label}]({link.url})\n" for link in values.links)
    return LLMS.format(
        name=values.name,
        first=values.first_name,
        headline=f"{values.headline}. " if values.headline else "",
        site=site_url,
        booking=booking if values.call_address else "",
        links=links,
    )


def draw_preview(values: PageValues) -> bytes:
    """The picture of a link preview, as PNG: the owner's portrait or initials, name, headline."""
    from PIL import Image, ImageDraw, ImageFont

    accent = readable_on(parse_color(values.accent_color), LIGHT_GROUND)
    ink = text_on(accent)
    picture = Image.new("RGB", PREVIEW_SIZE, accent)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((80, 165, 380, 465), fill=mix(accent, ink, 0.16))
    face = _load_face(values)
    if face is not None:
        picture.paste(face, (80, 165), _circle())
    elif _can_draw(values.initials, ImageFont.load_default(120)):
        font = ImageFont.load_default(120)
        draw.text((230, 315), values.initials, fill=ink, font=font, anchor="mm")
    y = 200
    for text, size, color in (
        (values.name, 68, ink),
        (values.headline, 36, mix(ink, accent, 0.15)),
        (f"Ask {values.first_name}\u2019s AI stand-in", 30, mix(ink, accent, 0.25)),
    ):
        font = ImageFont.load_default(size)
        for line in _wrap(text, font) if _can_draw(text, font) else ():
            draw.text((430, y), line, fill=color, font=font)
            y += round(size * 1.3)
        y += 20
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _whole(address: str, site_url: str) -> str:
    return f"{site_url}{address}" if address.startswith("/") else address


def _load_face(values: PageValues) -> "Image | None":
    """The portrait as a square; None without one, or when it is no picture."""
    from PIL import Image, ImageOps

    if values.portrait is None:
        return None
    try:
        with Image.open(values.portrait) as picture:
            whole = ImageOps.exif_transpose(picture).convert("RGB")
            return ImageOps.fit(whole, (_FACE, _FACE))
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _circle() -> "Image":
    from PIL import Image, ImageDraw

    # Four times as large first, so that its edge is smooth.
    mask = Image.new("L", (4 * _FACE, 4 * _FACE), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, 4 * _FACE, 4 * _FACE), fill=255)
    return mask.resize((_FACE, _FACE))


def _wrap(text: str, font: "Font") -> list[str]:
    """The first two lines of a text that fit beside the face."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= _LINE_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines[:2]


def _can_draw(text: str, font: "Font") -> bool:
    """Whether the font has all of these letters: boxes in their place say less than nothing."""
    missing = bytes(font.getmask("\uffff"))
    return all(letter.isspace() or bytes(font.getmask(letter)) != missing for letter in text)
