"""Makes the page's HTML ours: its title and description, its language, and hashes of its scripts.

Gradio sets these in the browser, where link previews and search engines do not see them.
"""

import base64
import hashlib
import html
import re
from dataclasses import dataclass

_TITLE = re.compile(r"<title>.*?</title>\s*", re.IGNORECASE | re.DOTALL)
_NAMED_META = re.compile(
    r'<meta\s+(?:property|name)="(?:og:|twitter:|description)[^>]*?/?>\s*',
    re.IGNORECASE | re.DOTALL,
)
_INLINE_SCRIPT = re.compile(
    r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script\s*>", re.IGNORECASE | re.DOTALL
)
_SOURCE = re.compile(r"\ssrc\s*=", re.IGNORECASE)
_HTML_LANG = re.compile(r'(<html\b[^>]*?\slang=")[^"]*(")', re.IGNORECASE | re.DOTALL)
_MODULE = re.compile(r'<script type="module"', re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """A page ready to send; `script_hashes` are what a policy must name for it to run."""

    body: bytes
    script_hashes: tuple[str, ...]


def harden_document(page: str, *, title: str, description: str, lang: str, head: str) -> Document:
    """The page with our own head.

    `head` comes right before the first module script, so that its scripts run after the inline
    configuration and before Gradio.
    """
    page = _NAMED_META.sub("", _TITLE.sub("", page))
    page = _HTML_LANG.sub(lambda match: f"{match[1]}{html.escape(lang)}{match[2]}", page, count=1)
    own = _own_meta(title, description)
    page = page.replace("<head>", f"<head>{own}", 1)
    place = _MODULE.search(page)
    cut = place.start() if place else page.find("</head>")
    page = page[:cut] + head + page[cut:] if cut >= 0 else page
    return Document(body=page.encode(), script_hashes=_script_hashes(page))


def _own_meta(title: str, description: str) -> str:
    title, description = html.escape(title), html.escape(description)
    return (
        f"<title>{title}</title>"
        f'<meta name="description" content="{description}">'
        f'<meta property="og:title" content="{title}">'
        f'<meta property="og:description" content="{description}">'
        '<meta property="og:type" content="profile">'
        '<meta name="twitter:card" content="summary_large_image">'
        f'<meta name="twitter:title" content="{title}">'
        f'<meta name="twitter:description" content="{description}">'
    )


def _script_hashes(page: str) -> tuple[str, ...]:
    hashes = []
    for match in _INLINE_SCRIPT.finditer(page):
        if _SOURCE.search(match["attributes"]) or not match["code"].strip():
            continue
        # A browser hashes the code after it has made every line end a single "\n".
        code = match["code"].replace("\r\n", "\n").replace("\r", "\n")
        digest = hashlib.sha256(code.encode()).digest()
        hashes.append(f"sha256-{base64.b64encode(digest).decode()}")
    return tuple(hashes)
