"""Makes the model's Markdown safe to show: no HTML, no images, links only to known hosts.

The browser's Markdown renderer decides what is code and what is not by rules of its own. So that
no text is taken as code here and as markup there, every piece of code leaves this module as
finished HTML and no backtick reaches the renderer.
"""

import html
import re
from collections.abc import Callable
from urllib.parse import urlsplit

_CODE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<block>.*?)(?:\n[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?P<ticks>`+)(?P<span>[^`]|[^`].*?[^`])(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(
    r"!?\[(?P<label>[^\[\]\n]{0,300})\]\(\s*<?(?P<url>[^()<>\s]{0,1000})[^()\n]{0,300}\)"
)
_BARE_URL = re.compile(
    r"\b(?:https?|ftp)://[^\s<>\"'\\)\]]+|\bwww\.[^\s<>\"'\\)\]]+", re.IGNORECASE
)
_MAIL = re.compile(r"\b(?:mailto:)?([A-Za-z0-9][\w.+-]{0,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+)")
_MARKER = re.compile(r"( ?)\[(\d{1,3})\]([.,;:!?]?)")
_HEADING = re.compile(r"^( {0,3})#{1,6}(?=\s)", re.MULTILINE)
_SPECIAL = re.compile(r"[^\w\s]|_|\n", re.ASCII)
# A fit sheet of this site: what its link opens is checked where it leads.
_SHEET = re.compile(r"/fit/[\w.-]{20,200}", re.ASCII)
_HELD = re.compile("\ue000(\\d+)\ue001")

Marker = Callable[[int], str | None]


class SafeMarkdown:
    """Rewrites Markdown so that only text, emphasis, lists, tables, code and known links remain.

    `hosts` are the hosts that a link may lead to, `paths` the paths of this site; a link to
    anywhere else becomes plain text.
    """

    def __init__(self, hosts: frozenset[str], paths: frozenset[str] = frozenset()) -> None:
        self._hosts = hosts
        self._paths = paths

    def render(self, text: str, marker: Marker) -> str:
        """The Markdown to hand to the page; `marker(n)` is the HTML for `[n]`, or None."""
        held: list[str] = []

        def hold(markup: str) -> str:
            held.append(markup)
            return f"\ue000{len(held) - 1}\ue001"

        text = text.replace("\ue000", "").replace("\ue001", "")
        if "`" in text or "~~~" in text:
            text = _CODE.sub(lambda match: hold(_code_html(match)), text).replace("`", "&#96;")
        if "](" in text:
            text = _LINK.sub(lambda match: self._link(match, hold), text)
        if "[" in text:
            text = _MARKER.sub(lambda match: _hold_marker(match, marker, hold), text)
            text = text.replace("[", "&#91;").replace("]", "&#93;")
        if "://" in text or "www." in text.lower():
            text = _BARE_URL.sub(lambda match: self._bare_url(match, hold), text)
        if "@" in text:
            text = _MAIL.sub(lambda match: hold(_anchor(f"mailto:{match[1]}", match[1])), text)
            text = text.replace("@", "&#64;")
        text = _HEADING.sub(r"\1####", text.replace("<", "&lt;"))
        return _HELD.sub(lambda match: held[int(match[1])], text)

    def is_allowed(self, url: str) -> bool:
        """True for http and https addresses on a known host, and for mail addresses."""
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            return False
        if parts.scheme in ("http", "https"):
            return host in self._hosts and parts.username is None
        return parts.scheme == "mailto" and "?" not in url

    def _link(self, match: re.Match[str], hold: Callable[[str], str]) -> str:
        label, url = match["label"], match["url"]
        if match[0].startswith("!"):
            return hold(escape_all(label or url))
        if _SHEET.fullmatch(url):
            link = f'<a href="{url}" target="_blank" rel="noopener">{escape_all(label)}</a>'
            return hold(link)
        if url in self._paths:
            return hold(f'<a class="cc-inside" href="{html.escape(url)}">{escape_all(label)}</a>')
        if self.is_allowed(url):
            return hold(_anchor(url, label or url))
        return label if label == url or not url else f"{label} ({url})"

    def _bare_url(self, match: re.Match[str], hold: Callable[[str], str]) -> str:
        url = match[0].rstrip(".,;:!?*_")
        rest = match[0][len(url) :]
        address = f"https://{url}" if url.lower().startswith("www.") else url
        markup = _anchor(address, url) if self.is_allowed(address) else escape_all(url)
        return hold(markup) + rest


def escape_all(text: str) -> str:
    """HTML in which no character means anything to HTML or to Markdown."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", text)


def plain_html(text: str) -> str:
    """What a person typed, as one line of HTML that keeps their line breaks."""
    return html.escape(text).replace("\r\n", "\n").replace("\n", "<br>").replace("\r", "")


def _anchor(url: str, label: str) -> str:
    link = html.escape(url, quote=True)
    return f'<a href="{link}" target="_blank" rel="noopener noreferrer">{escape_all(label)}</a>'


def _hold_marker(match: re.Match[str], marker: Marker, hold: Callable[[str], str]) -> str:
    markup = marker(int(match[2]))
    if markup is None:
        return match[0]
    # A marker belongs to the word before it, and no full stop starts a line.
    space = "&nbsp;" if match[1] else ""
    return hold(f'{space}<span class="cc-mark">{markup}{match[3]}</span>')


def _code_html(match: re.Match[str]) -> str:
    if match["fence"]:
        return f"\n<pre><code>{escape_all(match['block'])}</code></pre>\n"
    return f"<code>{escape_all(match['span'].replace(chr(10), ' '))}</code>"
