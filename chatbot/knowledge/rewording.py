"""The program's own sentences with gaps for what they speak of, and which rewordings they allow.

A model may word them more readably, and nothing else. What a sentence is about, a requirement, a
quote, a figure, stands in its gaps; the rest is small words. So a rewording is taken only when it
has the same gaps in the same order and no word that could claim anything. A sentence that denies
something or tells a status may only take another of the few forms that say the same. A gap stays a
gap, whatever a job description orders; a good sentence that is refused loses only its polish.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

LONGEST = 400
_GAP = re.compile(r"\{(\d{1,2})\}")
_TOKEN = re.compile(r"\{\d{1,2}\}|[^\W\d_]+(?:'[^\W\d_]+)?|[,;:.!?()\u2013\u2014-]")
# No digit, quote, link or markup.
_PLAIN = re.compile(r"[^\W\d_]|[ ,;:.!?()'\u2019\u2013\u2014-]")

# Words that claim nothing about a person; whatever else a rewording uses must be in the original.
SMALL_WORDS = frozenset(
    """
    a about above according add adding after again also am among an and appear appears are as ask
    asked asks at be because been before below beside besides both by call calls come concerning
    describe described description did direct directly do does each entry find for following found
    from further give given gives go had has have having her here him his hold holds how i in
    include included includes including into is it its itself job keep let letter like line list
    listed lists make me mention mentioned mentions move my name named namely names next note now of
    on one open or order other our out own page place please point points position post posting
    present profile put question read reading record records regarding role room same say says
    section see set she show showing shown shows since so speak spell stand stands state stated
    states still take tell term terms than that the their them then there these they thing things
    this those through to today together too topic topics toward towards under up use used uses
    using was way we were what when where which while who with word wording words work would write
    you your
    """.split()
)
_DENIALS = frozenset(
    "no not none nothing never without cannot lack lacks missing silent against".split()
)
# What a sentence says of how far something is met.
_STATUS_WORDS = frozenset(
    "met meet meets part partly partially gap gaps must wish if whether person".split()
)
_DEGREES = frozenset({"must", "wish"})
_JOINING = frozenset({",", ";", "and", "or"})

# What a model may make of a sentence that denies something or tells a status: these forms and no
# other, since a single small word can turn such a sentence round. In them G stands for the gaps, N
# for the owner's name and [,] for a mark.
_RECORDS = "(?:(?:the|her|his|their|my|your|N) records?|the records of N|they)"
_SHOW = "(?:say|show|mention|name|cover|include|contain|list|state|hold|describe|tell of)"
_SHOWN = "(?:named|mentioned|listed|shown|covered|found|stated|documented|described|included)"
_DO_NOT = (
    f"do(?:es)? not {_SHOW}(?: anything)?(?: about| of| on)? G|"
    "(?:says? nothing (?:about|of|on)|lacks?) G"
)
_NOT_HELD = (
    f"(?:{_RECORDS} (?:{_DO_NOT}|(?:is|are) silent (?:about|on) G)|"
    f"G (?:is|are) not (?:{_SHOWN} )?in {_RECORDS}|G (?:is|are) not {_SHOWN} by {_RECORDS})"
)
_COVER = f"{_RECORDS} (?:do )?cover (?:the|this|that) topic"
_ASKED = "N is asked"
_JUDGE = "(?:please )?judge"
_IT = "(?:it|them|this|that|these)"
_HERE = "(?:here|for this (?:job|role)|in this (?:job|role))"
_LEARN = "(?:so )?learn it[,] or be plain about it"
_FORMS = (
    # Not in the records, which cover the topic.
    f"not (?:{_SHOWN} )?in {_RECORDS}[,] (?:al)?though {_COVER}[,] G",
    f"(?:al)?though {_COVER}[,] {_NOT_HELD}",
    f"{_COVER}[,] but (?:they )?(?:{_DO_NOT})",
    f"{_NOT_HELD}[,] (?:(?:al)?though|but) {_COVER}",
    # Not in the records, and asked.
    f"{_RECORDS} do not say[,] (?:so|and) {_ASKED}(?: about)?[,] G",
    f"{_NOT_HELD}[,] (?:so|and) {_ASKED}(?: about {_IT})?",
    f"{_ASKED} about G[,] (?:as|because|since) {_RECORDS} do not say"
    f"(?: anything)?(?: about {_IT})?",
    # Met in part.
    "(?:only )?(?:met in part|partly met|partially met)[,] G",
    "G (?:is|are) (?:only )?(?:met in part|partly met|partially met|met partly|met partially)",
    # Nothing that a record could show.
    f"no record can show {_IT}[,] (?:so|and) {_JUDGE} {_IT} in person[,] G",
    f"no record can show G[,] (?:so|and) {_JUDGE} {_IT} in person",
    f"{_JUDGE} G in person[,] (?:as|because|since) no record can show {_IT}",
    f"G[,] no record can show {_IT}[,] (?:so|and) {_JUDGE} {_IT} in person",
    # The letter: what is not brought.
    "to be plain[,] i do not (?:bring|have) G(?: today| yet)?",
    "i do not (?:bring|have) G(?: today| yet)?[,] to be plain",
    # Advice.
    f"G is a gap(?:[,] it is| and|[,]) a (?:must|wish) {_HERE}[,] {_LEARN}",
    f"{_NOT_HELD}[,] (?:so )?if you have it[,] (?:please )?add it",
    f"{_NOT_HELD}[,] (?:so )?(?:please )?add it if you have it",
    "(?:your|the) records speak against G[,] (?:so )?say early what you (?:could|can) offer",
)
# Forms that may stand for each other, by their places above.
_MEANINGS = ((0, 4), (4, 7), (7, 9), (9, 13), (13, 15), (15, 16), (16, 18), (18, 19))


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
    if (set(original) | set(tokens)) & (_DENIALS | _STATUS_WORDS):
        if [t for t in original if t in _DEGREES] != [t for t in tokens if t in _DEGREES]:
            return False
        return _mean_the_same(_form(original, names), _form(tokens, names))
    return {token for token in tokens if token[0].isalpha()} <= SMALL_WORDS | own


def _mean_the_same(original: str, told: str) -> bool:
    """Whether two sentences are forms of one meaning."""
    return any(
        any(form.fullmatch(original) for form in forms)
        and any(form.fullmatch(told) for form in forms)
        for forms in _compile_meanings()
    )


@cache
def _compile_meanings() -> tuple[tuple[re.Pattern[str], ...], ...]:
    marks = "(?: [,;:.\u2013\u2014-])?"
    forms = [re.compile(form.replace("[,]", marks)) for form in _FORMS]
    return tuple(tuple(forms[first:end]) for first, end in _MEANINGS)


def _form(tokens: Sequence[str], names: Sequence[str]) -> str:
    """A sentence as the forms tell it: its gaps as one G, the owner's name as N."""
    gaps = [place for place, token in enumerate(tokens) if token[0] == "{"]
    if not gaps or not {t for t in tokens[gaps[0] : gaps[-1]] if t[0] != "{"} <= _JOINING:
        return ""
    text = " ".join([*tokens[: gaps[0]], "G", *tokens[gaps[-1] + 1 :]])
    for name in names:
        text = re.sub(rf"(?<!\S){re.escape(' '.join(_tokens(name)))}(?!\S)", "N", text)
    return text.removesuffix(" .")


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
