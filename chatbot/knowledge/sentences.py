"""Cuts a text that is still being written into sentences, each as soon as it has surely ended."""

import re

# A sentence ends before what begins the next: citation marks and quotes after its full stop are
# part of it, and so is the space, so that the pieces together are the text again.
_END = re.compile(
    r"(?P<stop>[.!?…]+[\"”’')\]*_]*(?:\s*\[\s*S?\d[\dS\s,;]*\])*(?P<space>[ \t]+)(?=[^\s\[a-z]))"
    r"|(?P<wide>[。！？]+)"
    r"|(?P<line>\n+)"
)
_SHORT = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|Dr|Prof|Mr|Mrs|Ms|St|Inc|Ltd|Co|Corp|No|vs|approx|ca|resp|etc"
    r"|Sr|Jr|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|z\.B|bzw|u\.a|\d{1,2})\.$"
)
# A sentence without end is cut: nobody waits for more words than this.
LONGEST = 400


class SentenceCutter:
    """Takes a text in pieces and gives back its whole sentences, nothing lost or changed."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that have ended with this piece."""
        self._held += piece
        found: list[str] = []
        start, search = 0, 0
        while match := _END.search(self._held, search):
            search = match.end()
            if match["line"] is not None and match.end() == len(self._held):
                # More empty lines, or the marks of this very sentence, may follow.
                break
            if match["stop"] is not None and _SHORT.search(self._held[start : match.start() + 1]):
                continue
            found.append(self._held[start : match.end()])
            start = match.end()
        self._held = self._held[start:]
        while len(self._held) > LONGEST:
            cut = max(self._held.rfind(mark, 1, LONGEST) for mark in (", ", "; ", ": ", " – "))
            cut = cut + 2 if cut > LONGEST // 3 else self._held.rfind(" ", 1, LONGEST) + 1
            cut = cut or LONGEST
            found.append(self._held[:cut])
            self._held = self._held[cut:]
        return found

    def finish(self) -> list[str]:
        """What is left at the end of the text."""
        rest, self._held = self._held, ""
        return [rest] if rest else []
