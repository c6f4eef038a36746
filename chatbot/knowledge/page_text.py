"""The text of an HTML page: what a reader sees, line by line, lists with their bullets."""

from html.parser import HTMLParser

_UNSEEN = frozenset(
    "script style noscript template svg head nav header footer form button select iframe".split()
)
_LINES = frozenset(
    "p div section article main aside ul ol li h1 h2 h3 h4 h5 h6 br tr table dd dt dl blockquote "
    "pre hr".split()
)
_VOID = frozenset("br hr img input meta link source".split())


def read_page_text(source: str) -> str:
    """The lines of a page, empty ones left out; never raises for what it holds."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return "\n".join(line for line in lines if line.strip("-# "))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _UNSEEN and tag not in _VOID:
            self._hidden.append(tag)
        elif tag in _LINES:
            self.parts.append("\n- " if tag == "li" else "\n## " if tag in _HEADS else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            # What was left open inside is closed with it.
            del self._hidden[self._hidden.index(tag) :]
        elif tag in _LINES:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


_HEADS = frozenset("h1 h2 h3 h4 h5 h6".split())
