"""The look of the page: its style sheet with the owner's accent, its script, its addresses."""

import hashlib
import html
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr

from chatbot.ui.color import Rgb, css, mix, parse_color, readable_on, text_on
from chatbot.ui.values import PageValues

_STATIC = Path(__file__).parent / "static"
_FONTS = ["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
_MONO_FONTS = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
LIGHT_GROUND: Rgb = (255, 255, 255)
DARK_GROUND: Rgb = (19, 21, 26)
_ROUNDS = 5
_SHEETS = (
    *("page.css", "forms.css", "your-data.css", "owner.css", "embed.css"),
    *("owner-contacts.css", "owner-inbox.css", "owner-knowledge.css"),
)
_SCRIPTS = (
    "bell.js",
    "page.js",
    "forms.js",
    "your-data.js",
    "owner-live.js",
    "owner.js",
    "owner-contacts.js",
    "owner-inbox.js",
    "embed.js",
)


def page_options(values: PageValues) -> dict[str, Any]:
    """What `gr.mount_gradio_app` is to be told so that nothing of Gradio's own page remains."""
    theme = gr.themes.Base(font=_FONTS, font_mono=_MONO_FONTS)
    theme.set(color_accent=css(readable_on(parse_color(values.accent_color), LIGHT_GROUND)))
    return {
        "theme": theme,
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "ssr_mode": False,
        "max_file_size": "1mb",
        "pwa": False,
    }


def page_head(values: PageValues) -> str:
    """What belongs into the `<head>` of the page, as the server sends it."""
    return (
        f'<link rel="icon" type="image/svg+xml" href="{_favicon(values)}">'
        f'<link rel="stylesheet" href="{_address("page.css", page_css(values))}">'
        f'<script src="{_address("page.js", page_script())}"></script>'
    )


def sign_in_head(values: PageValues) -> str:
    """What belongs into the `<head>` of the owner's sign-in page."""
    return (
        f'<link rel="icon" type="image/svg+xml" href="{_favicon(values)}">'
        f'<link rel="stylesheet" href="{_address("sign-in.css", sign_in_css(values))}">'
    )


def call_head(values: PageValues) -> str:
    """What belongs into the `<head>` of the pages around calls."""
    return (
        f'<link rel="icon" type="image/svg+xml" href="{_favicon(values)}">'
        f'<link rel="stylesheet" href="{_address("calls.css", call_css(values))}">'
        f'<script src="{_address("calls.js", call_script())}" defer></script>'
    )


def api_head(values: PageValues) -> str:
    """What belongs into the `<head>` of the page that documents the API."""
    return (
        f'<link rel="icon" type="image/svg+xml" href="{_favicon(values)}">'
        f'<link rel="stylesheet" href="{_address("api.css", api_css(values))}">'
    )


def api_css(values: PageValues) -> str:
    """The style sheet of the page that documents the API."""
    return f"{sign_in_css(values)}\n{_read('api.css')}"


def call_css(values: PageValues) -> str:
    """The style sheet of the pages around calls: that of the sign-in page, and what is added."""
    return f"{sign_in_css(values)}\n{_read('calls.css')}"


def call_script() -> str:
    """The script of the pages around calls, which work without it too."""
    return _read("calls.js")


def sign_in_css(values: PageValues) -> str:
    """The style sheet of the sign-in page, which without a script goes by the system's scheme."""
    accent = parse_color(values.accent_color)
    light, dark = accent_shades(accent, LIGHT_GROUND), accent_shades(accent, DARK_GROUND)
    return (
        f":root{{{_variables(light)}}}\n"
        f"@media (prefers-color-scheme: dark){{:root{{{_variables(dark)}}}}}\n"
        f"{_read('sign-in.css')}"
    )


def page_css(values: PageValues) -> str:
    """The whole style sheet: icons and accent as variables, then the rules."""
    return "\n".join([_accent_css(values), _icon_css(), *map(_read, _SHEETS)])


def page_script() -> str:
    """The page's own script; it is served as a file, so that a strict CSP allows it."""
    return "\n".join(map(_read, _SCRIPTS))


def _accent_css(values: PageValues) -> str:
    accent = parse_color(values.accent_color)
    light, dark = accent_shades(accent, LIGHT_GROUND), accent_shades(accent, DARK_GROUND)
    return f":root{{{_variables(light)}}}\nbody.dark{{{_variables(dark)}}}"


def accent_shades(accent: Rgb, ground: Rgb) -> dict[str, Rgb]:
    """The accent and its relatives on `ground`: its text reads on `ground` and on "accent-soft"."""
    share = 0.9 if ground == LIGHT_GROUND else 0.82
    shade = readable_on(accent, ground)
    soft = mix(shade, ground, share)
    for _ in range(_ROUNDS):
        # A deeper accent makes its soft ground deeper too, by a tenth: it settles at once.
        shade = readable_on(shade, soft)
        soft = mix(shade, ground, share)
    return {
        "accent": shade,
        "accent-strong": mix(shade, text_on(ground), 0.16),
        "on-accent": text_on(shade),
        "accent-soft": soft,
        "accent-line": mix(shade, ground, 0.7),
    }


def _variables(shades: dict[str, Rgb]) -> str:
    return "".join(f"--cc-{name}:{css(color)};" for name, color in shades.items())


@cache
def _icon_css() -> str:
    icons = (
        f'--icon-{path.stem}:url("data:image/svg+xml,{quote(path.read_text().strip())}");'
        for path in sorted((_STATIC / "icons").glob("*.svg"))
    )
    return f":root{{{''.join(icons)}}}"


@cache
def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def _address(name: str, content: str) -> str:
    version = hashlib.sha256(content.encode()).hexdigest()[:12]
    return f"/page/{name}?v={version}"


def _favicon(values: PageValues) -> str:
    accent = readable_on(parse_color(values.accent_color), LIGHT_GROUND)
    image = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="18" fill="{css(accent)}"/>'
        f'<text x="32" y="42" font-family="system-ui,sans-serif" font-size="27" font-weight="600" '
        f'text-anchor="middle" fill="{css(text_on(accent))}">{html.escape(values.initials)}</text>'
        "</svg>"
    )
    return f"data:image/svg+xml,{quote(image)}"
