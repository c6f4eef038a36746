"""The program's own sentences with gaps for what they speak of, and which rewordings they allow.

A model may word them more readably, and nothing else. What a sentence is about, a requirement, a
quote, a figure, stands in its gaps; the rest is small words. So a rewording is taken only when it
has the same gaps in the same order, no word that could claim anything, and the same words of status
as the original. A denial is the delicate part: it must stay, once, right at the gaps that it
denies, and nothing may be affirmed beside it that the original does not affirm. A gap stays a gap,
whatever a job description orders; a good sentence that is refused costs nothing but its polish.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LONGEST = 400
_GAP = re.compile(r"\{(\d{1,2})\}")
_TOKEN = re.compile(r"\{\d{1,2}\}|[^\W\d_]+(?:'[^\W\d_]+)?|[,;:.!?()\u2013\u2014-]")
# No digit, quote, link or markup.
_PLAIN = re.compile(r"[^\W\d_]|[ ,;:.!?()'\u2019\u2013\u2014-]")

# Words that claim nothing about a person; whatever else a rewording uses must be in the original.
SMALL_WORDS = frozenset(
    """
    a about above according add adding after again also although am among an and any anything appear
    appears are as at available be because been before below beside besides both but by call calls
    can clear clearly come concerning contain contains covered covering covers cv describe described
    description did direct directly do document documented does each entry everything evidence
    explicitly find for following found from further give given gives go had has have having her
    here him his hold holds how i in include included includes including into is it its itself job
    keep let letter like line list listed lists make me mention mentioned mentions move my name
    named namely names next note now of on one open or order other our out over own page place
    please point points position post posting present profile put question read reading record
    records regarding role room same say says section see set she show showing shown shows since so
    speak spell stand stands state stated states still take tell term terms than that the their
    them then there these they thing things this those though through to today together too topic
    topics toward towards under up use used uses using was way we were what when where which while
    who with word wording words work would write you your
    """.split()
)
# The few that may stand beside a denial.
_DENYING_WORDS = frozenset(
    """
    a about although and any anything are as been but cover covers do does documented for found from
    has have her his i in included is listed mention mentioned my name named of on or record records
    say says she he show shown so state stated the their they though today topic was were while you
    your yet
    """.split()
)
_DENIALS = frozenset("no not none nothing never without cannot lack lacks missing silent".split())
# A verb that affirms, unless a denial stands beside it.
_AFFIRMING = frozenset(
    """
    am are be been bring bringing brings contain contains cover covered covering covers describe
    described did document documented does do find found give given gives had has have held hold
    holds include included includes is list listed lists mention mentioned mentions met meet meets
    name named names prove proves say says show showing shown shows state stated states was were
    """.split()
)
_HELPING = frozenset("am are be been can did do does has have is was were".split())
_JOINING = frozenset({",", ";", "and", "or"})
_CLAUSE_ENDS = frozenset(", ; . ! ? and but though although while so as".split())
# Whatever of these stands in the original stands in the rewording as often, in any of its forms.
_STATUS_WORDS = (
    frozenset({"met", "meet", "meets"}),
    frozenset({"part", "partly", "partially"}),
    frozenset({"gap", "gaps"}),
    frozenset({"must"}),
    frozenset({"wish"}),
    frozenset({"if", "whether"}),
    frozenset({"ask", "asks", "asked"}),
    frozenset({"person"}),
)
_BOUND = frozenset(word for words in _STATUS_WORDS for word in words)
_IN_PART = re.compile(
    r"\b(?:partly|partially) (?:met|meets?)\b|\bmet (?:in part|partly|partially)\b"
)


@dataclass(frozen=True)
class Phrase:
    """A sentence with gaps `{1}`, `{2}`, ..., and what stands in them.

    One that `is_fixed` is never given to a model.
    """

    template: str
    slots: tuple[str, ...] = ()
    is_fixed: bool = False

    @property
    def text(self) -> str:
        """The whole sentence."""
        filled = _GAP.sub(lambda gap: self.slots[int(gap[1]) - 1], self.template)
        return filled.replace("\u2026.", "\u2026")


def quoted(text: str) -> str:
    """Words from elsewhere as they stand in a gap."""
    return f"\u201c{text}\u201d"


def list_gaps(count: int, *, start: int = 1, separator: str = "; ") -> str:
    """So many gaps in a row."""
    return separator.join(f"{{{number}}}" for number in range(start, start + count))


def reword(
    phrase: Phrase,
    told: str,
    *,
    names: Sequence[str] = (),
    is_supported: Callable[[str], bool] = lambda _text: True,
) -> Phrase | None:
    """The phrase as a model words it, or None when that says anything else.

    `names` are words that name the owner. `is_supported` is the check of sentences against the
    records: a rewording must pass it where the original does.
    """
    told = " ".join(told.split())
    if phrase.is_fixed or not _says_the_same(phrase.template, told, names):
        return None
    changed = Phrase(told, phrase.slots)
    if is_supported(phrase.text) and not is_supported(changed.text):
        return None
    return changed


def _says_the_same(template: str, told: str, names: Sequence[str]) -> bool:
    if len(told) > LONGEST or _GAP.findall(told) != _GAP.findall(template):
        return False
    if _PLAIN.sub("", _GAP.sub("", told)):
        return False
    original, tokens = _tokens(template), _tokens(told)
    own = set(original) | {word for name in names for word in _tokens(name)}
    denies = _count(original, _DENIALS)
    small = _DENYING_WORDS if denies else SMALL_WORDS
    if not {token for token in tokens if token[0].isalpha()} <= small | own | _DENIALS | _BOUND:
        return False
    if any(_count(tokens, words) != _count(original, words) for words in _STATUS_WORDS):
        return False
    if "in part" in template and not _IN_PART.search(told.lower()):
        return False
    if denies == 0:
        return _count(tokens, _DENIALS) == 0
    return denies == _count(tokens, _DENIALS) == 1 and _denies_the_same(original, tokens)


def _denies_the_same(original: Sequence[str], tokens: Sequence[str]) -> bool:
    """Whether the one denial is about the gaps, and nothing is affirmed but what was."""
    gaps = [place for place, token in enumerate(tokens) if token[0] == "{"]
    if not gaps:
        return False
    place = next(place for place, token in enumerate(tokens) if token in _DENIALS)
    if not set(tokens[gaps[0] : gaps[-1]]) <= _JOINING | {tokens[gap] for gap in gaps}:
        return False
    if place < gaps[0]:
        between = tokens[place + 1 : gaps[0]]
        is_near = not _CLAUSE_ENDS & set(between)
    else:
        is_near = set(tokens[gaps[-1] + 1 : place]) <= _HELPING
    affirmed = Counter(
        token
        for number, token in enumerate(tokens)
        if token in _AFFIRMING and abs(number - place) > 1
    )
    return is_near and not affirmed - Counter(original)


def _tokens(text: str) -> list[str]:
    """Words in small letters, gaps and marks; "don't" as "do not", "Mara's" as "mara"."""
    found: list[str] = []
    for token in _TOKEN.findall(text.lower().replace("\u2019", "'")):
        stem, _, ending = token.partition("'")
        if ending == "t" and stem.endswith("n"):
            found += ["can" if stem == "can" else stem.removesuffix("n"), "not"]
        else:
            found.append(stem if ending in ("", "s") else token)
    return found


def _count(tokens: Sequence[str], words: frozenset[str]) -> int:
    return sum(token in words for token in tokens)
